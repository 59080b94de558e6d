import ArgumentParser
import Glibc
import Transport

/// The program as its `main` sees it.
public enum Program {
    /// Runs with the process's own arguments and streams, and ends the process.
    ///
    /// This is not an `async` main: signals are to be caught on the main thread, before the runtime has made another.
    public static func main() -> Never {
        let console = Console.standard
        do throws(TransportError) {
            try ProcessMemory.keepPrivate()
        } catch {
            console.report("warning: a crash may leave keys in a core dump: \(error)")
        }
        let parsed = Result { try RootCommand.parseAsRoot(Array(CommandLine.arguments.dropFirst())) }
        switch parsed {
        case .success(is ServeCommand): Signals.prepare()
        case .success(let status as StatusCommand) where status.watch: Signals.prepare()
        default: break
        }
        Task.detached { exit(await run(parsed, console).rawValue) }
        while true { pause() }
    }

    /// Runs one command line.
    static func run(arguments: [String], console: Console) async -> ExitStatus {
        await run(Result { try RootCommand.parseAsRoot(arguments) }, console)
    }

    private static func run(_ parsed: Result<any ParsableCommand, any Error>, _ console: Console) async -> ExitStatus {
        do {
            var command = try parsed.get()
            if let subcommand = command as? any Subcommand { return try await subcommand.execute(console) }
            guard !(command is RootCommand) else {
                console.report(RootCommand.helpMessage())
                return .usage
            }
            // ArgumentParser's own `help`, which throws what there is to show.
            try command.run()
            return .success
        } catch let error as FileError {
            console.report("error: \(error)")
            return .failure
        } catch {
            return explain(error, console)
        }
    }

    /// Help and usage errors, which ArgumentParser throws; help was asked for and is not an error.
    private static func explain(_ error: any Error, _ console: Console) -> ExitStatus {
        let message = RootCommand.fullMessage(for: error)
        guard RootCommand.exitCode(for: error) == .success else {
            console.report(message)
            return .usage
        }
        do throws(FileError) {
            try console.write(message + "\n")
            return .success
        } catch {
            console.report("error: \(error)")
            return .failure
        }
    }
}

/// A sub-command that can be run against stand-ins of the standard streams.
///
/// ArgumentParser's own `run()` prints and exits by itself, which no test could watch.
protocol Subcommand: ParsableCommand {
    /// Does the work.
    ///
    /// - Throws: ``FileError`` where it stops the whole command, or ArgumentParser's `ValidationError` where the command
    ///   line turns out to be wrong.
    func execute(_ console: Console) async throws -> ExitStatus
}

/// `vernemq-operator`, or `kubectl vernemq` for an executable that is called `kubectl-vernemq`.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: calledName(CommandLine.arguments.first ?? ""),
        abstract: "Runs VerneMQ clusters on Kubernetes.",
        discussion: """
            Exit status: 0 done; 1 findings, a refusal or a failure, told on standard error; 2 wrong usage.
            """,
        version: Release.summary,
        subcommands: [
            ServeCommand.self, InjectCommand.self, ValidateCommand.self, ExplainCommand.self, CertificatesCommand.self,
            StatusCommand.self, VersionCommand.self,
        ]
    )

    /// How users call an executable: kubectl runs `kubectl-NAME` for `kubectl NAME`.
    static func calledName(_ path: String) -> String {
        path.split(separator: "/").last == "kubectl-vernemq" ? "kubectl vernemq" : "vernemq-operator"
    }
}

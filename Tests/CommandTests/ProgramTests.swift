import Document
import Testing

@testable import Command

@Suite("The command line")
struct ProgramTests {
    @Test(
        "wrong usage is status 2 and told on standard error",
        arguments: [
            [], ["bogus"], ["inject"], ["inject", "--bogus"], ["inject", "-f", "-", "-f", "-"],
            ["inject", "-f", "-", "--diff", "-o", "json"], ["inject", "-f", "-", "-o", "toml"],
            ["inject", "-f", "-", "--uninject", "--label", "a"], ["validate"], ["version", "-o", "yaml"],
            ["serve", "--certificates", "files"],
            ["serve", "--tls-cert", "c"], ["serve", "--tls-cert", "c", "--tls-key", "k", "--loops", "0"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--listen", "localhost"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--log-level", "loud"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--idle-timeout", "soon"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--header-timeout", "0s"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--max-body-bytes", "10"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--client-name", "x"],
            ["serve", "--certificates", "self", "--tls-cert", "c", "--tls-key", "k"],
            ["serve", "--controllers-only", "--webhook-only"], ["serve", "--renew-deadline", "1m"],
            ["serve", "--retry-period", "0s"], ["serve", "--workers", "0"], ["serve", "--api-rate", "0"],
            ["serve", "--tls-cert", "c", "--tls-key", "k", "--allow-plugin-source", "http://git.example.org/*"],
            ["validate", "-f", "-", "--allow-plugin-source", "git.example.org"],
            ["status", "-n", "demo", "-A"], ["status", "--interval", "10ms"], ["status", "-o", "text"],
        ] as [[String]]
    )
    func usage(arguments: [String]) async {
        let captured = CapturedConsole()
        #expect(await Program.run(arguments: arguments, console: captured.console) == .usage)
        #expect(captured.output.isEmpty)
        #expect(captured.reports.contains("--help"), "\(captured.reports)")
    }

    @Test(
        "help and version are asked for, so they go to standard output",
        arguments: [
            (["--help"], "SUBCOMMANDS"), (["help", "inject"], "--uninject"), (["serve", "-h"], "--max-connections"),
            (["--version"], "vernemq-operator \(Release.version) ("),
            (["version"], "vernemq-operator \(Release.version) ("),
        ] as [([String], String)]
    )
    func help(arguments: [String], words: String) async {
        let captured = CapturedConsole()
        #expect(await Program.run(arguments: arguments, console: captured.console) == .success)
        #expect(captured.output.contains(words), "\(captured.output)")
        #expect(captured.reports.isEmpty)
    }

    @Test("the version for programs")
    func version() async throws {
        let captured = CapturedConsole()
        #expect(await captured.run("version", "--output", "json") == .success)
        let version = try JSONValue(parsing: captured.output)
        #expect(version["version"]?.stringValue == Release.version)
        #expect(version["platform"]?.stringValue?.hasPrefix("linux/") == true)
    }

    @Test("an output that cannot be written is a failure with its reason")
    func unwritableOutput() async {
        let captured = CapturedConsole(input: "a: 1\n")
        var console = captured.console
        console.writeOutput = { (_) throws(FileError) in throw FileError("write", "standard output", "it is full") }
        for arguments in [["inject", "-f", "-"], ["version"], ["--help"]] {
            #expect(await Program.run(arguments: arguments, console: console) == .failure)
        }
        #expect(captured.reports.contains("error: cannot write standard output: it is full"))
    }

    @Test("a serve that cannot start says why in a sentence, and is status 1")
    func startErrors() async throws {
        let scratch = try Scratch()
        #expect(await CapturedConsole().run("certs", "--out", scratch.path, "--ip", "127.0.0.1") == .success)
        let certificate = "\(scratch.path)/tls.crt"
        let key = "\(scratch.path)/tls.key"
        let missing = "\(scratch.path)/missing"
        let cases: [(arguments: [String], words: String)] = [
            (["--tls-cert", missing, "--tls-key", key], "\(missing) cannot be read"),
            (["--tls-cert", certificate, "--tls-key", missing], "\(missing) cannot be read"),
            (["--tls-cert", certificate, "--tls-key", "\(scratch.path)/ca.key"], "not that of the certificate"),
            (["--tls-cert", certificate, "--tls-key", certificate], "key"),
            (["--tls-cert", certificate, "--tls-key", key, "--client-ca", key], "cert"),
            (["--tls-cert", certificate, "--tls-key", key, "--listen", "192.0.2.1:1"], "does not have that address"),
        ]
        for (arguments, words) in cases {
            let captured = CapturedConsole()
            let line =
                ["serve", "--webhook-only", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"] + arguments
            #expect(await Program.run(arguments: line, console: captured.console) == .failure)
            #expect(captured.reports.hasPrefix("error: "), "\(captured.reports)")
            #expect(captured.reports.contains(words), "\(captured.reports)")
        }
    }

    @Test(
        "durations are read and shown alike",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("15s", .seconds(15)), ("1m30s", .seconds(90)),
            ("1h", .seconds(3600)),
            ("0s", .zero),
        ]
    )
    func durations(text: String, duration: Duration) throws {
        let argument = try #require(DurationArgument(argument: text))
        #expect(argument.duration == duration)
        #expect(argument.defaultValueDescription == text)
        for wrong in ["", "5", "-1s", "1.5s", "ms", "1d"] { #expect(DurationArgument(argument: wrong) == nil) }
    }
}

import BrokerDouble
import Document
import Foundation
import Testing

@testable import Injection

/// A bench for `build-plugin`: real git, a bare repository on disk, the volumes, and Erlang with rebar3, real ones or
/// stand-ins that need no installation.
final class PluginBench {
    /// What stands for Erlang and rebar3.
    enum Tools {
        case standIns, real
    }

    let root: URL
    let shell: Sandbox.Shell
    var repository: URL { root.appendingPathComponent("plugin's repository $(touch pwned).git") }
    var bin: URL { root.appendingPathComponent("bin") }
    private var work: URL { root.appendingPathComponent("work") }
    private var children: [Int32] = []
    static let path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin"

    /// The scripts as a container gets them: embedded, doubled `$`s undone by kubelet.
    static let scripts: [String: String] = Dictionary(
        uniqueKeysWithValues: ScriptLibrary.files(withPlugins: true).map { file in
            (file.name, KubeletExpansion.expand(file.argument.stringValue ?? "") { _ in nil })
        }
    )

    /// Makes it. The repository has a first commit for the stand-ins.
    init(shell: Sandbox.Shell, tools: Tools = .standIns) throws {
        self.shell = shell
        root = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "vernemq-plugin-\(UUID().uuidString)"
        )
        for directory in [
            "bin", "home", "plugins", "build", "data", "work", "otp/crypto-5.0", "otp/kernel-9.0", "otp/stdlib-5.0",
        ] {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent(directory),
                withIntermediateDirectories: true
            )
        }
        try write("", to: "termination-log")
        for (name, text) in Self.scripts { try write(text, to: "home/\(name)") }
        for shell in Sandbox.Shell.allCases {
            let target = shell == .dash ? "/usr/bin/dash" : "/usr/bin/busybox"
            let fallback = shell == .dash ? "/bin/dash" : "/bin/busybox"
            try FileManager.default.createSymbolicLink(
                atPath: bin.appendingPathComponent(shell.rawValue).path,
                withDestinationPath: FileManager.default.fileExists(atPath: target) ? target : fallback
            )
        }
        try git("init", "--quiet", "--initial-branch=main", work.path)
        try git("init", "--quiet", "--bare", "--initial-branch=main", repository.path)
        guard tools == .standIns else { return }
        try standIns()
        try commit(["makes": "my_auth\n", "needs": ",crypto"])
    }

    /// A machine of release `otp`, whose look at the applications gives what the stand-in for rebar3 wrote beside them.
    func erlang(otp: Int) throws {
        try executable(
            "erl",
            """
            case " $* " in *' -extra '*)
                while [ "$1" != -extra ]; do shift; done
                cat "$2"/*/ebin/facts
                exit ;;
            esac
            printf '\(otp)\\n%s\\n' '\(root.path)/otp'
            """
        )
    }

    private func standIns() throws {
        try erlang(otp: 27)
        // Compiles what its source says: the applications in `makes`, the first with what `needs` names.
        try executable(
            "rebar3",
            """
            [ "$*" = compile ] || exit 9
            echo "===> Compiling"; [ ! -e broken ] || { echo "===> src/a.erl:1: syntax error before: '.'"; exit 1; }
            needs=$(tr , ' ' <needs)
            for application in $(cat makes); do
                library=_build/default/lib/$application
                mkdir -p "$library/ebin" "$library/priv"
                echo "{application, $application, []}." >"$library/ebin/$application.app"
                echo beam >"$library/ebin/$application.beam"
                if [ -e link ]; then ln -sf "$(cat link)" "$library/priv/link"; fi
                if [ -e private ]; then cp private "$library/priv/"; fi
                {
                    echo "application $application"
                    for need in kernel stdlib $needs; do echo "needs $application $need"; done
                    echo "module $application $application"
                    if [ -e extra ]; then sed "s/^module /module $application /" extra; fi
                } >"$library/ebin/facts"
                needs=
            done
            """
        )
    }

    /// A server of the bench's own, ended with it.
    ///
    /// - Returns: the first line that it writes.
    func serve(_ arguments: [String]) throws -> String {
        let log = root.appendingPathComponent("server-\(children.count).log")
        try Data().write(to: log)
        let handle = try FileHandle(forWritingTo: log)
        children.append(
            try ChildProcess.spawn(
                arguments,
                environment: ["PATH": Self.path, "HOME": root.path],
                output: handle.fileDescriptor
            )
        )
        for _ in 0..<500 {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            if let line = text.split(separator: "\n", omittingEmptySubsequences: false).first, text.contains("\n") {
                return String(line)
            }
            usleep(20_000)
        }
        throw ChildProcess.SpawnError(description: "\(arguments) said nothing")
    }

    /// Ends every server of the bench.
    func endServers() {
        for child in children {
            kill(child, SIGKILL)
            for _ in 0..<100 where ChildProcess.exitStatus(child) == nil { usleep(5_000) }
        }
        children = []
    }

    deinit {
        endServers()
        try? FileManager.default.removeItem(at: root)
    }

    func write(_ text: String, to file: String) throws {
        let target = root.appendingPathComponent(file)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: target)
    }

    func executable(_ name: String, _ body: String) throws {
        try write("#!/bin/sh\n\(body)\n", to: "bin/\(name)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: bin.appendingPathComponent(name).path
        )
    }

    func text(_ file: String) -> String {
        (try? String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)) ?? ""
    }

    /// The lines of a file, sorted.
    func lines(_ file: String) -> [String] { text(file).split(separator: "\n").map(String.init).sorted() }

    func exists(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(file).path)
    }

    /// Commits files, pushes them to branch main, and gives the commit's id.
    @discardableResult
    func commit(_ files: [String: String], tag: String? = nil) throws -> String {
        for (name, text) in files { try write(text, to: "work/\(name)") }
        try git("-C", work.path, "add", "--all")
        try git("-C", work.path, "commit", "--quiet", "--allow-empty", "-m", "change")
        if let tag { try git("-C", work.path, "tag", tag) }
        try git("-C", work.path, "push", "--quiet", "--tags", repository.path, "main")
        return try git("-C", work.path, "rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Puts a symbolic link into the work tree.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: work.appendingPathComponent(name).path,
            withDestinationPath: target
        )
    }

    /// Pushes a tree of `levels` levels, each with `width` names for the same thing below; at the bottom a file.
    func bomb(levels: Int, width: Int, size: Int) throws {
        try Data(count: size).write(to: root.appendingPathComponent("blob"))
        let directory = work.path
        var (kind, id) = (
            "100644 blob",
            try git("-C", directory, "hash-object", "-w", root.appendingPathComponent("blob").path)
        )
        for _ in 0..<levels {
            let entries = (0..<width).map { "\(kind) \(id.trimmingCharacters(in: .whitespacesAndNewlines))\tn\($0)\n" }
                .joined()
            try write(entries, to: "entries")
            id = try git("-C", directory, "mktree", input: "entries")
            kind = "040000 tree"
        }
        let tree = id.trimmingCharacters(in: .whitespacesAndNewlines)
        let commit = try git("-C", directory, "commit-tree", "-m", "bomb", tree)
        try git(
            "-C",
            directory,
            "push",
            "--quiet",
            "--force",
            repository.path,
            "\(commit.trimmingCharacters(in: .whitespacesAndNewlines)):refs/heads/main"
        )
    }

    @discardableResult
    func git(_ arguments: String..., input: String? = nil) throws -> String {
        let redirection = input.map { "exec <'\(root.appendingPathComponent($0).path)';" } ?? ""
        let result = ChildProcess.run(
            ["sh", "-c", "\(redirection) exec git \"$@\"", "git"] + arguments,
            environment: [
                "PATH": Self.path, "HOME": root.path, "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b",
            ],
            seconds: 30
        )
        guard result.status == 0 else {
            throw ChildProcess.SpawnError(description: "git \(arguments): \(result.output)")
        }
        return result.output
    }

    /// Runs the builder.
    func build(
        type: String = "branch",
        ref: String = "main",
        subdirectory: String = "",
        name: String = "my_auth",
        url: String? = nil,
        environment: [String: String] = [:],
        under prefix: [String] = []
    ) -> (status: Int32?, output: String) {
        var variables = [
            "PATH": "\(bin.path):\(Self.path)",
            "HOME": "/nowhere",
            "VMQ_OPERATOR_DATA": root.appendingPathComponent("data").path,
            "VMQ_OPERATOR_STORAGE": "persistent",
            "VMQ_OPERATOR_PLUGIN_NAME": name,
            "VMQ_OPERATOR_PLUGIN_URL": url ?? repository.path,
            "VMQ_OPERATOR_PLUGIN_REF_TYPE": type,
            "VMQ_OPERATOR_PLUGIN_REF": ref,
            "VMQ_OPERATOR_PLUGIN_PATH": subdirectory,
            "VMQ_OPERATOR_PLUGINS_DIR": root.appendingPathComponent("plugins").path,
            "VMQ_OPERATOR_BUILD_DIR": root.appendingPathComponent("build").path,
            "VMQ_OPERATOR_GIT_DIR": root.appendingPathComponent("credentials").path,
            "VMQ_OPERATOR_GIT_PROTOCOLS": "file",
            "VMQ_OPERATOR_TERMINATION_LOG": root.appendingPathComponent("termination-log").path,
        ]
        for (key, value) in environment { variables[key] = value }
        return ChildProcess.run(
            prefix + [
                bin.appendingPathComponent(shell.rawValue).path, root.appendingPathComponent("home/build-plugin").path,
            ],
            environment: variables,
            seconds: 60
        )
    }
}

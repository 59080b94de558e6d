import BrokerDouble
import Foundation

/// A bench for `build-plugin`: real git, a bare repository on disk, stand-ins for Erlang and rebar3, and the volumes.
final class PluginBench {
    let root: URL
    let shell: Sandbox.Shell
    var repository: URL { root.appendingPathComponent("plugin's repository $(touch pwned).git") }
    private var work: URL { root.appendingPathComponent("work") }
    private let bin: URL

    /// Makes it.
    init(shell: Sandbox.Shell) throws {
        self.shell = shell
        root = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "vernemq-plugin-\(UUID().uuidString)"
        )
        bin = root.appendingPathComponent("bin")
        for directory in [
            "bin", "home", "plugins", "build", "data", "work/src", "otp/crypto-5.0", "otp/kernel-9.0", "otp/stdlib-5.0",
        ] {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent(directory),
                withIntermediateDirectories: true
            )
        }
        try write("", to: "termination-log")
        for (name, text) in Scenario.scripts { try write(text, to: "home/\(name)") }
        try executable("erl", "printf '27\\n%s\\n' '\(root.path)/otp'")
        // Compiles what its source says: the applications in `makes`, the first with what `needs` names.
        try executable(
            "rebar3",
            """
            [ "$*" = compile ] || exit 9
            echo "===> Compiling"; [ ! -e broken ] || { echo "===> src/a.erl:1: syntax error before: '.'"; exit 1; }
            needs=$(cat needs)
            for application in $(cat makes); do
                ebin=_build/default/lib/$application/ebin
                mkdir -p "$ebin" "_build/default/lib/$application/priv"
                printf '%%%% generated\\n{application, %s,\\n [{applications, [kernel,\\n   stdlib%s]},\\n  {modules, []}]}.\\n' \
                    "$application" "$needs" >"$ebin/$application.app"
                echo beam >"$ebin/$application.beam"
                needs=
            done
            """
        )
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
        try commit(["makes": "my_auth\n", "needs": ",crypto"])
    }

    deinit { try? FileManager.default.removeItem(at: root) }

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

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let result = ChildProcess.run(
            ["git"] + arguments,
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": root.path, "GIT_CONFIG_NOSYSTEM": "1",
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
        environment: [String: String] = [:]
    ) -> (status: Int32?, output: String) {
        var variables = [
            "PATH": "\(bin.path):/usr/local/bin:/usr/bin:/bin",
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
            [bin.appendingPathComponent(shell.rawValue).path, root.appendingPathComponent("home/build-plugin").path],
            environment: variables,
            seconds: 60
        )
    }
}

import BrokerDouble
import Foundation
import Testing

@Suite("Building plugins, with stand-ins for Erlang and rebar3")
struct BuilderTests {
    private let beam = "plugins/my_auth/lib/my_auth/ebin/my_auth.beam"

    @Test(
        "a branch, a tag, a full and a short commit id are fetched, compiled and laid out",
        arguments: Sandbox.Shell.allCases
    )
    func refs(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        let commit = try bench.commit(["README": "1"], tag: "1.0.0")
        try bench.commit(["README": "2"])
        for (type, ref) in [
            ("branch", "main"), ("tag", "1.0.0"), ("commit", commit), ("commit", String(commit.prefix(8))),
        ] {
            try? FileManager.default.removeItem(at: bench.root.appendingPathComponent("plugins/my_auth"))
            try? FileManager.default.removeItem(at: bench.root.appendingPathComponent("data/.vmq"))
            let result = bench.build(type: type, ref: ref)
            #expect(result.status == 0, "\(type) \(ref): \(result.output)")
            #expect(bench.exists(beam), "\(type) \(ref)")
            #expect(bench.exists("plugins/my_auth/lib/my_auth/priv"))
            if type != "branch" { #expect(result.output.contains("commit \(commit) built for OTP 27")) }
        }
        #expect(!bench.exists("pwned") && !bench.exists("home/pwned") && !bench.exists("build/my_auth/pwned"))
    }

    @Test("a sub-directory is compiled, and its libraries come along", arguments: Sandbox.Shell.allCases)
    func subdirectory(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try bench.commit(["apps/my other/makes": "my_auth jsone\n", "apps/my other/needs": ",jsone,cowboy"])
        let result = bench.build(subdirectory: "apps/my other")
        #expect(result.status == 0, "\(result.output)")
        #expect(bench.exists(beam) && bench.exists("plugins/my_auth/lib/jsone/ebin/jsone.app"))
    }

    @Test("what was built once needs no network, and is not built again", arguments: Sandbox.Shell.allCases)
    func cache(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        let commit = try bench.commit(["README": "1"])
        #expect(bench.build().status == 0)
        let other = try bench.commit(["README": "2"])
        #expect(bench.build().output.contains("commit \(other) built for"), "a branch that went on is built anew")
        try FileManager.default.removeItem(at: bench.repository)
        try FileManager.default.removeItem(at: bench.root.appendingPathComponent("plugins/my_auth"))

        let exact = bench.build(type: "commit", ref: commit)
        #expect(exact.status == 0 && exact.output.contains("commit \(commit), OTP 27, built before"), "\(exact.output)")
        #expect(bench.exists(beam))
        let branch = bench.build()
        #expect(branch.status == 0 && branch.output.contains("the last build of it is used"), "\(branch.output)")
        #expect(branch.output.contains(other))
        // Another OTP release, or no volume to keep it on: not what was built.
        try bench.erlang(otp: 28)
        #expect(bench.build(type: "commit", ref: commit).status == 1)
        try bench.erlang(otp: 27)
        #expect(
            bench.build(type: "commit", ref: commit, environment: ["VMQ_OPERATOR_STORAGE": "ephemeral"]).status == 1
        )
    }

    @Test("a branch that has been deleted does not keep a broker from coming back", arguments: Sandbox.Shell.allCases)
    func deleted(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        #expect(bench.build().status == 0)
        try bench.git("-C", bench.repository.path, "update-ref", "-d", "refs/heads/main")
        let result = bench.build()
        #expect(result.status == 0 && result.output.contains("it is not there any more"), "\(result.output)")
        try FileManager.default.removeItem(at: bench.root.appendingPathComponent("data/.vmq"))
        #expect(bench.build().status == 1)
    }

    @Test("a project without any application is told so")
    func nothing() throws {
        let bench = try PluginBench(shell: .ash)
        try bench.commit(["makes": ""])
        #expect(bench.build().status == 1)
        #expect(bench.text("termination-log").contains("made no application my_auth (it made: none)"))
    }

    /// A build that cannot succeed, and what its last words must say.
    struct Failure: Sendable, CustomTestStringConvertible {
        var name: String
        var files: [String: String] = [:]
        var ref = "main"
        var type = "branch"
        var application = "my_auth"
        var subdirectory = ""
        var url: String?
        var words: [String]
        var testDescription: String { name }
    }

    static let failures = [
        Failure(
            name: "a compiler error",
            files: ["broken": ""],
            words: ["compile: rebar3 compile failed", "syntax error before"]
        ),
        Failure(
            name: "another application name",
            files: ["makes": "your_auth\n"],
            words: ["made no application my_auth", "your_auth"]
        ),
        Failure(
            name: "a missing dependency",
            files: ["needs": ",crypto,jsone"],
            words: ["applications are missing", "jsone (needed by my_auth)"]
        ),
        Failure(name: "a ref that is not there", ref: "nosuch", words: ["fetch: there is no branch nosuch"]),
        Failure(
            name: "a sub-directory that is not there",
            subdirectory: "apps/none",
            words: ["there is no directory 'apps/none'"]
        ),
        Failure(name: "a sub-directory that leaves", subdirectory: "a/../../b", words: ["leaves the source"]),
        Failure(name: "an option as URL", url: "--upload-pack=touch pwned", words: ["begins with -"]),
        Failure(name: "a program as URL", url: "ext::sh -c touch% pwned", words: ["has ::"]),
        Failure(
            name: "a protocol that is not allowed",
            url: "git://127.0.0.1:1/x",
            words: ["cannot be fetched", "not allowed"]
        ),
        Failure(name: "an option as ref", ref: "--exec=touch pwned", words: ["begins with -"]),
        Failure(name: "a command as ref", ref: "$(touch${IFS}pwned)", words: ["there is no branch"]),
        Failure(name: "a commit that is no id", ref: "main;id", type: "commit", words: ["not a hexadecimal id"]),
        Failure(name: "a name that is a path", application: "../etc", words: ["not the name of an Erlang application"]),
    ]

    @Test("what cannot be built says so in the pod's status", arguments: Sandbox.Shell.allCases, failures)
    func failing(shell: Sandbox.Shell, failure: Failure) throws {
        let bench = try PluginBench(shell: shell)
        try bench.commit(failure.files)
        let result = bench.build(
            type: failure.type,
            ref: failure.ref,
            subdirectory: failure.subdirectory,
            name: failure.application,
            url: failure.url
        )
        #expect(result.status == 1, "\(result.output)")
        let words = bench.text("termination-log")
        for word in failure.words { #expect(words.contains(word), "last words: \(words)\n\(result.output)") }
        #expect(words.utf8.count <= 4096)
        #expect(!bench.exists(beam) && !bench.exists("pwned") && !bench.exists("build/my_auth/pwned"))
    }

    @Test("an ssh key without known_hosts is refused", arguments: [Sandbox.Shell.dash])
    func knownHosts(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try bench.write("key", to: "credentials/ssh-privatekey")
        #expect(bench.build().status == 1)
        #expect(bench.text("termination-log").contains("no known_hosts"))
    }

    @Test("a builder image without rebar3 is named as the fault", arguments: [Sandbox.Shell.dash])
    func lacking(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try FileManager.default.removeItem(at: bench.root.appendingPathComponent("bin/rebar3"))
        let directories = "\(bench.root.path)/bin:\(bench.root.path)/tools"
        try FileManager.default.createDirectory(
            at: bench.root.appendingPathComponent("tools"),
            withIntermediateDirectories: true
        )
        for tool in ["git", "timeout", "sha256sum", "awk", "tail", "mkdir", "tr"] {
            try FileManager.default.createSymbolicLink(
                atPath: bench.root.appendingPathComponent("tools/\(tool)").path,
                withDestinationPath: "/usr/bin/\(tool)"
            )
        }
        #expect(bench.build(environment: ["PATH": directories]).status == 1)
        #expect(bench.text("termination-log").contains("the builder image has no rebar3"))
    }
}

import BrokerDouble
import Foundation
import Testing

@Suite("Plugins and the broker's own applications")
struct BrokerFactsTests {
    /// Writes what prepare would have seen in the broker's image.
    private func describe(
        _ bench: PluginBench,
        otp: String = "27\n",
        applications: String = "kernel\nstdlib\ncrypto\nvmq_server\njsx\n",
        modules: String = "vmq_reg vmq_server\njsx jsx\n"
    ) throws {
        try bench.write(otp, to: "home/broker/otp")
        try bench.write(applications, to: "home/broker/applications")
        try bench.write(modules, to: "home/broker/modules")
    }

    @Test("prepare writes down what the broker's release holds", arguments: Sandbox.Shell.allCases)
    func prepare(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        for file in [
            "kernel-10.2/ebin/gen_server.beam", "vmq_server-2.2.0/ebin/vmq_reg.beam",
            "vmq_server-2.2.0/ebin/vmq_queue.beam", "jsx-3.1.0/ebin/jsx.beam", "empty-1/ebin/empty.app",
        ] {
            try bench.write("", to: "release/lib/\(file)")
        }
        try bench.write("", to: "release/erts-15.2.3/bin/beam.smp")
        let result = ChildProcess.run(
            [
                bench.bin.appendingPathComponent(shell.rawValue).path,
                bench.root.appendingPathComponent("home/prepare").path,
            ],
            environment: [
                "PATH": PluginBench.path, "VMQ_OPERATOR_PLUGINS": "my_auth", "VMQ_OPERATOR_STORAGE": "container",
                "VMQ_OPERATOR_RELEASE": bench.root.appendingPathComponent("release").path,
            ],
            seconds: 30
        )
        #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
        #expect(bench.text("home/broker/otp") == "27\n")
        #expect(
            bench.text("home/passwd").contains(":x:10000:") && bench.text("home/passwd").contains(":x:\(getuid()):")
        )
        #expect(bench.lines("home/broker/applications") == ["empty", "jsx", "kernel", "vmq_server"])
        let modules = bench.lines("home/broker/modules")
        #expect(modules == ["gen_server kernel", "jsx jsx", "vmq_queue vmq_server", "vmq_reg vmq_server"])
    }

    @Test("an image that shows no release is said so, and stops nobody")
    func noRelease() throws {
        let bench = try PluginBench(shell: .dash)
        let result = ChildProcess.run(
            [bench.bin.appendingPathComponent("dash").path, bench.root.appendingPathComponent("home/prepare").path],
            environment: [
                "PATH": PluginBench.path, "VMQ_OPERATOR_PLUGINS": "my_auth", "VMQ_OPERATOR_STORAGE": "container",
                "VMQ_OPERATOR_RELEASE": "/nowhere",
            ],
            seconds: 30
        )
        #expect(result.status == 0 && result.output.contains("shows no VerneMQ release"), "\(result.output)")
        #expect(bench.build().output.contains("not compared"))
    }

    @Test(
        "the builder's OTP release may be the broker's or one of the two before it",
        arguments: [
            (29, false, "does not load"), (27, true, ""), (26, true, "which loads it"),
            (24, false, "builderImage with OTP 27"),
        ]
    )
    func releases(builder: Int, isGood: Bool, words: String) throws {
        let bench = try PluginBench(shell: .dash)
        try bench.erlang(otp: builder)
        try describe(bench)
        let result = bench.build()
        #expect(result.status == (isGood ? 0 : 1), "\(result.output)")
        if !words.isEmpty { #expect(result.output.contains(words), "\(result.output)") }
        if !isGood {
            #expect(bench.text("termination-log").contains("otp: the builder image has Erlang/OTP \(builder)"))
        }
    }

    @Test(
        "what the broker brings along is left out, so that its own modules stay its own",
        arguments: Sandbox.Shell.allCases
    )
    func leftOut(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try describe(bench)
        try bench.commit(["makes": "my_auth jsx jsone\n", "needs": ",jsx,jsone"])
        let result = bench.build()
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("jsx is left out"))
        #expect(bench.exists("plugins/my_auth/lib/jsone/ebin/jsone.app"))
        #expect(!bench.exists("plugins/my_auth/lib/jsx"))
    }

    @Test("a cached build is held against the broker of today", arguments: Sandbox.Shell.allCases)
    func otherBroker(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try describe(bench)
        let commit = try bench.commit(["makes": "my_auth jsx\n", "needs": ",jsx"])
        #expect(bench.build(type: "commit", ref: commit).status == 0)
        #expect(!bench.exists("plugins/my_auth/lib/jsx"))
        try describe(bench, applications: "kernel\nstdlib\ncrypto\nvmq_server\n", modules: "vmq_reg vmq_server\n")
        let result = bench.build(type: "commit", ref: commit)
        #expect(result.status == 0 && result.output.contains("built before"), "\(result.output)")
        #expect(bench.exists("plugins/my_auth/lib/jsx/ebin/jsx.app"), "the broker has no jsx of its own any more")
        try describe(bench, modules: "my_auth vmq_server\n")
        #expect(bench.build(type: "commit", ref: commit).status == 1)
        #expect(bench.text("termination-log").contains("my_auth (in my_auth and in vmq_server of the broker)"))
        #expect(!bench.exists("plugins/my_auth/lib"), "what is refused must not be found by the broker")
    }

    @Test("an application that only the builder has is missing")
    func onlyHere() throws {
        let bench = try PluginBench(shell: .dash)
        try describe(bench, applications: "kernel\nstdlib\nvmq_server\n")
        #expect(bench.build().status == 1)
        #expect(bench.text("termination-log").contains("crypto (needed by my_auth)"))
    }

    /// A build whose modules or name are taken, and by whom.
    struct Taken: Sendable {
        var files: [String: String] = [:]
        var modules = "vmq_reg vmq_server\n"
        var words: String
    }

    @Test(
        "a module that somebody else has is refused by name",
        arguments: [
            Taken(modules: "my_auth vmq_server\n", words: "my_auth (in my_auth and in vmq_server of the broker)"),
            Taken(files: ["extra": "module vmq_reg\n"], words: "vmq_reg (in my_auth and in vmq_server of the broker)"),
            Taken(
                files: ["makes": "my_auth helper\n", "extra": "module twice\n"],
                words: "twice (in my_auth and in helper)"
            ),
            Taken(files: ["extra": "clash my_auth lists\n"], words: "lists (in my_auth and in Erlang/OTP)"),
            Taken(
                files: ["extra": "module other_module\n"],
                words: "other_module (in my_auth and in other of another plugin)"
            ),
        ]
    )
    func taken(_ example: Taken) throws {
        let bench = try PluginBench(shell: .ash)
        try describe(bench, modules: example.modules)
        try bench.write("", to: "plugins/other/lib/other/ebin/other_module.beam")
        try bench.commit(example.files)
        let result = bench.build()
        #expect(result.status == 1, "\(result.output)")
        let words = bench.text("termination-log")
        #expect(words.contains(example.words), "\(words)")
    }

    @Test("two plugins may share a library")
    func shared() throws {
        let bench = try PluginBench(shell: .dash)
        try describe(bench)
        try bench.write("", to: "plugins/other/lib/jsone/ebin/jsone.beam")
        try bench.commit(["makes": "my_auth jsone\n", "needs": ",jsone"])
        let result = bench.build()
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("a plugin of the name of one of the broker's applications is refused")
    func ownName() throws {
        let bench = try PluginBench(shell: .dash)
        try describe(bench, applications: "kernel\nstdlib\ncrypto\nmy_auth\n")
        #expect(bench.build().status == 1)
        #expect(bench.text("termination-log").contains("the broker has an application my_auth of its own"))
    }
}

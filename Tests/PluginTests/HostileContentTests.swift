import BrokerDouble
import Foundation
import Testing

@Suite("What a repository may hold")
struct HostileContentTests {
    private func refused(_ bench: PluginBench, _ words: String, subdirectory: String = "") {
        let result = bench.build(subdirectory: subdirectory)
        #expect(result.status == 1, "\(result.output)")
        let last = bench.text("termination-log")
        #expect(last.contains(words), "last words: \(last)\n\(result.output)")
        #expect(!bench.exists("plugins/my_auth/lib"))
        #expect(bench.lines("termination-log").joined().utf8.allSatisfy { $0 < 0x80 })
    }

    @Test("a sub-directory that is a symbolic link out of the source is refused", arguments: Sandbox.Shell.allCases)
    func linkedDirectory(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try bench.write("my_auth", to: "data/secrets/makes")
        try bench.link("apps", to: bench.root.appendingPathComponent("data/secrets").path)
        try bench.commit([:])
        refused(bench, "leads out of the source", subdirectory: "apps")
    }

    @Test(
        "a link in the built application that leads out of the source is refused, its target never copied",
        arguments: Sandbox.Shell.allCases
    )
    func linkedFile(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try bench.write("hunter2", to: "credentials/token")
        for target in [
            bench.root.appendingPathComponent("credentials/token").path, "/dev/zero", "/nowhere/at/all", "/etc",
        ] {
            try bench.commit(["link": target])
            refused(bench, "application my_auth:")
        }
        #expect(
            ChildProcess.run(
                [
                    "grep", "-r", "hunter2", bench.root.appendingPathComponent("plugins").path,
                    bench.root.appendingPathComponent("data").path,
                ],
                environment: ["PATH": PluginBench.path],
                seconds: 10
            ).output.isEmpty
        )
        try bench.commit(["link": "../../../../../README", "README": "inside"])
        #expect(bench.build().status == 0)
        #expect(bench.text("plugins/my_auth/lib/my_auth/priv/link") == "inside")
    }

    @Test("a few kilobytes that stand for more files or bytes than a disk has are counted, not written")
    func bomb() throws {
        let bench = try PluginBench(shell: .dash)
        // Nine levels of ten names for the same tree below: a thousand million files.
        try bench.bomb(levels: 9, width: 10, size: 1)
        refused(bench, "more than 50000 files or 1024 MiB")
        // Three hundred names for the same ten million bytes.
        try bench.bomb(levels: 1, width: 300, size: 10_000_000)
        refused(bench, "more than 50000 files or 1024 MiB")
    }

    @Test("pointers of Git LFS are named, instead of being shipped in the place of files")
    func largeFiles() throws {
        let bench = try PluginBench(shell: .dash)
        try bench.commit(["private": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"])
        refused(bench, "Git LFS")
    }

    @Test("submodules are not fetched, and the log says so", arguments: Sandbox.Shell.allCases)
    func submodules(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        let head = try bench.commit([".gitmodules": "[submodule \"x\"]\npath = x\nurl = -u./pwned\n"])
        try bench.git(
            "-C",
            bench.root.appendingPathComponent("work").path,
            "update-index",
            "--add",
            "--cacheinfo",
            "160000,\(head),x"
        )
        try bench.git("-C", bench.root.appendingPathComponent("work").path, "commit", "--quiet", "-m", "submodule")
        try bench.git(
            "-C",
            bench.root.appendingPathComponent("work").path,
            "push",
            "--quiet",
            bench.repository.path,
            "main"
        )
        let result = bench.build()
        #expect(result.status == 0 && result.output.contains("submodules, which are not fetched"), "\(result.output)")
    }

    @Test(
        "no hook, filter, fsmonitor or template of anybody's runs while git works",
        arguments: Sandbox.Shell.allCases
    )
    func noHooks(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        // The machine's own configuration would run all of them, and does when git is used as it comes.
        let marker = bench.root.appendingPathComponent("pwned").path
        try bench.write("#!/bin/sh\ntouch '\(marker)'\n", to: "template/hooks/post-checkout")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: bench.root.appendingPathComponent("template/hooks/post-checkout").path
        )
        let template = bench.root.appendingPathComponent("template").path
        try bench.write(
            "[init]\ntemplateDir = \(template)\n[core]\nhooksPath = \(template)/hooks\n[filter \"evil\"]\nsmudge = touch '\(marker)'\nrequired\n",
            to: "evil/.gitconfig"
        )
        try bench.commit([".gitattributes": "* filter=evil\n"])
        let careless = ChildProcess.run(
            ["git", "clone", "--quiet", bench.repository.path, bench.root.appendingPathComponent("careless").path],
            environment: ["PATH": PluginBench.path, "HOME": bench.root.appendingPathComponent("evil").path],
            seconds: 30
        )
        #expect(bench.exists("pwned"), "the bait must work: \(careless.output)")
        try FileManager.default.removeItem(atPath: marker)
        let result = bench.build(environment: [
            "HOME": bench.root.appendingPathComponent("evil").path, "GIT_TEMPLATE_DIR": template,
            "XDG_CONFIG_HOME": bench.root.appendingPathComponent("evil").path,
        ])
        #expect(result.status == 0, "\(result.output)")
        #expect(!bench.exists("pwned"))
    }

    @Test(
        "what a server or a compiler says cannot drive a terminal or break the pod's status",
        arguments: Sandbox.Shell.allCases
    )
    func words(shell: Sandbox.Shell) throws {
        let bench = try PluginBench(shell: shell)
        try bench.executable("rebar3", "printf '\\033]0;owned\\007 \\377\\376 f\\303\\274r %5000s\\n' x; exit 1")
        let result = bench.build()
        #expect(result.status == 1)
        let last = bench.text("termination-log")
        #expect(last.contains("rebar3 compile failed") && last.utf8.count <= 4096)
        #expect(
            (last + result.output).unicodeScalars.allSatisfy {
                ($0.value >= 0x20 && $0.value < 0x7F) || $0 == "\n" || $0 == "\t"
            }
        )
    }

    @Test("only the newest builds of a plugin are kept, and the one in use is among them")
    func kept() throws {
        let bench = try PluginBench(shell: .dash)
        for round in 0..<7 {
            try bench.commit(["README": "\(round)"])
            #expect(bench.build().status == 0)
        }
        let cache = bench.root.appendingPathComponent("data/.vmq/plugins/my_auth")
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.path)
        #expect(names.count { !$0.hasPrefix("last-") } == 5, "\(names)")
        #expect(!names.contains { $0.hasSuffix(".new") })
        try FileManager.default.removeItem(at: bench.repository)
        #expect(bench.build().status == 0)
        #expect(bench.text("termination-log").contains("CANNOT BE FETCHED"))
    }
}

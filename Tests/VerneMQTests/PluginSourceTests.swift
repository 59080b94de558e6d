import Document
import Testing
import VerneMQ

@Suite("Plugin sources")
struct PluginSourceTests {
    static let good: JSONValue = [
        "applicationName": "my_auth", "repoURL": "https://git.example.org/my_auth.git", "versionType": "commit",
        "version": "0123456789abcdef0123456789abcdef01234567",
    ]

    private func errors(_ change: (inout JSONValue) -> Void) -> [String] {
        var source = Self.good
        change(&source)
        let result = PluginSource.read([source], at: "p")
        let errors = result.findings.filter { $0.severity == .error }
        #expect(errors.isEmpty == (result.sources.count == 1))
        return errors.map(\.path)
    }

    @Test(
        "URLs by https and ssh are allowed",
        arguments: [
            "https://git.example.org/a.git", "https://git.example.org:8443/a/b", "ssh://git.example.org/a",
            "ssh://git@git.example.org:22/a",
            "git@git.example.org:a/b.git", "https://[2001:db8::1]/a", "HTTPS://Git.Example.org/a",
            "https://192.0.2.1/a", "https://git.example.org/My%20Project/a", "git@git.example.org:/srv/a.git",
            "ssh://git.example.org/~me/a/",
        ]
    )
    func goodURL(url: String) {
        #expect(errors { $0["repoURL"] = .string(url) } == [])
    }

    @Test(
        "everything that runs programs, reads files, talks in the clear or looks like an option is not",
        arguments: [
            "", "x", "/etc", "../x", "file:///etc/passwd", "http://git.example.org/a", "git://git.example.org/a",
            "ftp://x.example/a",
            "ext::sh -c touch% /tmp/x", "ext::sh", "fd::7", "a::b", "--upload-pack=x", "-x", "ssh://-oProxyCommand=x/a",
            "ssh://git@-x/a", "git@-x:a", "-git@x:a", "git@host:-x", "git@host:", "https://", "https:///a",
            "https://host", "https://host/",
            "https://user:secret@host.example/a", "https://token@host.example/a", "ssh://git:secret@host.example/a",
            "https://host.example/a?x=1",
            "https://host.example/a#x", "https://host.example/a b", "https://host.example/a\nb",
            "https://host.example/a\u{7F}", "https://hôst.example/a",
            "https://host.example:0/a", "https://host.example:99999/a", "https://host.example:x/a",
            "ssh://a b@host.example/x", "https://ho_st.example/a",
            "https://$(x).example/a", "@host.example:a", "https://[::1/a", "https://[x]/a",
            "https://host.example/a/../b", "https://host.example/./a", "https://host.example//a",
            "https://host.example/a/%2e%2e/b", "https://host.example/a%2Fb", "https://host.example/a%5cb",
            "https://host.example/a%", "https://host.example/a%0a", "https://host.example/a%252e",
            "https://host.example/a\\b", "git@host.example:../a", "git@host.example:/a/./b",
            "https://good.example@host.example/a", "https://good.example\\@host.example/a",
        ]
    )
    func badURL(url: String) {
        #expect(errors { $0["repoURL"] = .string(url) } == ["p[0].repoURL"])
    }

    @Test("a URL with a password is not shown")
    func secret() {
        var source = Self.good
        source["repoURL"] = "https://user:hunter2@git.example.org/a"
        let findings = PluginSource.read([source], at: "p").findings
        #expect(findings.count == 1)
        #expect(!findings.description.contains("hunter2"))
        #expect(findings.first?.remedy.contains("credentialsSecretRef") == true)
    }

    @Test("names that Erlang, Kubernetes and the image all take are allowed", arguments: ["a", "vmq_x", "a1_b2", "aB"])
    func goodName(name: String) {
        #expect(errors { $0["applicationName"] = .string(name) } == [])
    }

    @Test(
        "other names are not",
        arguments: [
            "", "A", "1a", "_a", "a_", "a__b", "a-b", "a.b", "a b", "a@b", "é", "a/b", "a$b", "aKUBERNETES",
            "aDISCOVERY_NODE", "vmq_server", "vmq_acl", "kernel",
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq",
        ]
    )
    func badName(name: String) {
        #expect(errors { $0["applicationName"] = .string(name) } == ["p[0].applicationName"])
    }

    @Test(
        "names of branches and tags are those of git check-ref-format",
        arguments: ["main", "release/2.1", "v1.0", "a@b", "feature_x", "1.2.3"]
    )
    func goodReference(name: String) {
        #expect(
            errors {
                $0["version"] = .string(name); $0["versionType"] = "branch"
            } == []
        )
    }

    @Test(
        "other names are not",
        arguments: [
            "", "-x", "--x", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "/a", "a/", "a//b", ".a",
            "a/.b", "a.", "a.lock",
            "a.lock/b", "@", "a@{1}", "a\u{1}", "a\u{7F}", "a\n",
        ]
    )
    func badReference(name: String) {
        #expect(
            errors {
                $0["version"] = .string(name); $0["versionType"] = "tag"
            } == ["p[0].version"]
        )
    }

    @Test(
        "a commit is given by its id",
        arguments: [
            ("abcdef1", true), ("abcdef", false), ("ABCDEF1", false), ("main", false), ("-bcdef1", false), ("", false),
        ]
    )
    func commit(id: String, isGood: Bool) {
        #expect(errors { $0["version"] = .string(id) }.isEmpty == isGood)
    }

    @Test(
        "a sub-directory stays inside the repository",
        arguments: [
            ("apps/x", true), (".", true), ("", true), ("a b", true), ("..", false), ("a/../b", false), ("/a", false),
            ("a//b", false), ("./a", false), ("-a", false), ("a\nb", false), (".git", false), ("a/.git/hooks", false),
        ]
    )
    func subdirectory(path: String, isGood: Bool) {
        #expect(errors { $0["subdirectory"] = .string(path) }.isEmpty == isGood)
    }

    @Test("structure: unknown, missing and mistyped fields")
    func structure() {
        #expect(errors { $0["version"] = nil } == ["p[0].version"])
        #expect(errors { $0["version"] = 2 } == ["p[0].version"])
        #expect(errors { $0["repoUrl"] = "x" } == ["p[0].repoUrl"])
        #expect(errors { $0["versionType"] = "head" } == ["p[0].versionType"])
        #expect(errors { $0["credentialsSecretRef"] = [:] } == ["p[0].credentialsSecretRef.name"])
        #expect(errors { $0["credentialsSecretRef"] = ["name": "No"] } == ["p[0].credentialsSecretRef.name"])
        #expect(errors { $0["builderImage"] = "a b" } == ["p[0].builderImage"])
        #expect(errors { $0 = "x" } == ["p[0]"])
        #expect(PluginSource.read([Self.good, Self.good], at: "p").findings.map(\.path) == ["p[1].applicationName"])
        #expect(PluginSource.read("x", at: "p").findings.map(\.path) == ["p"])
    }

    @Test("an abbreviated commit draws a warning, a whole one none", arguments: [("abcdef1", 1), (nil, 0)])
    func abbreviated(id: String?, warnings: Int) {
        var source = Self.good
        if let id { source["version"] = .string(id) }
        let result = PluginSource.read([source], at: "p")
        #expect(result.sources.count == 1)
        #expect(result.findings.map(\.severity) == Array(repeating: .warning, count: warnings))
    }

    @Test("what can move draws a warning", arguments: ["branch", "tag"])
    func moving(type: String) {
        var source = Self.good
        source["versionType"] = .string(type)
        let result = PluginSource.read([source], at: "p")
        #expect(result.sources.count == 1)
        #expect(result.findings.map(\.severity) == [.warning])
    }
}

import Document
import Testing
import VerneMQ

@Suite("Where plugins may come from")
struct PluginPolicyTests {
    /// A pattern, a URL, and whether they match.
    struct Case: Sendable, CustomTestStringConvertible {
        var pattern: String
        var url: String
        var isAllowed: Bool
        var testDescription: String { "\(pattern) \(isAllowed ? "allows" : "refuses") \(url)" }

        init(_ pattern: String, _ url: String, _ isAllowed: Bool) {
            (self.pattern, self.url, self.isAllowed) = (pattern, url, isAllowed)
        }
    }

    static let cases = [
        Case("git.example.org/team/*", "https://git.example.org/team/a.git", true),
        Case("git.example.org/team/*", "https://GIT.example.org/team/a/", true),
        Case("git.example.org/team/*", "ssh://git@git.example.org/team/a", true),
        Case("git.example.org/team/*", "git@git.example.org:team/a.git", true),
        Case("git.example.org/team/*", "git@git.example.org:/team/a.git", true),
        Case("git.example.org/team/*", "https://git.example.org/team/a/b", false),
        Case("git.example.org/team/**", "https://git.example.org/team/a/b", true),
        Case("git.example.org/team/*", "https://git.example.org/teams/a", false),
        Case("git.example.org/team/*", "https://git.example.org/Team/a", false),
        Case("git.example.org/team/*", "https://git.example.org/x/team/a", false),
        Case("git.example.org/team/*", "https://git.example.org.evil.example/team/a", false),
        Case("git.example.org/team/*", "https://evil.example/git.example.org/team/a", false),
        Case("git.example.org/team/*", "https://git.example.org:8443/team/a", false),
        Case("git.example.org:8443/team/*", "https://git.example.org:8443/team/a", true),
        Case("git.example.org:*/team/*", "ssh://git.example.org:2222/team/a", true),
        Case("git.example.org:443/a", "https://git.example.org/a", true),
        Case("git.example.org:443/a", "ssh://git.example.org/a", false),
        Case("https://git.example.org/**", "git@git.example.org:team/a", false),
        Case("ssh://git.example.org/**", "git@git.example.org:team/a", true),
        Case("ssh://git.example.org/**", "https://git.example.org/team/a", false),
        Case("git.example.org/a.git", "https://git.example.org/a", true),
        Case("git.example.org/a", "https://git.example.org/a.git", true),
        Case("git.example.org/a", "https://git.example.org/a.gitx", false),
        Case("*.example.org/**", "https://git.example.org/a", true),
        Case("*.example.org/**", "https://a.b.example.org/a", true),
        Case("*.example.org/**", "https://example.org/a", false),
        Case("*.example.org/**", "https://evilexample.org/a", false),
        Case("*/**", "https://anything.example/a/b", true),
        Case("git.example.org/*/vmq-*", "https://git.example.org/x/vmq-a.git", true),
        Case("git.example.org/*/vmq-*", "https://git.example.org/x/a", false),
        Case("git.example.org/**/plugins/*", "https://git.example.org/x/y/plugins/a", true),
        Case("[2001:db8::1]/a", "https://[2001:DB8::1]/a", true),
        Case("git.example.org/a?", "https://git.example.org/ab", false),
    ]

    @Test("a pattern matches what it says and nothing beside it", arguments: cases)
    func match(example: Case) throws {
        let policy = PluginPolicy(patterns: [try PluginSourcePattern(example.pattern)])
        #expect(policy.allows(example.url) == example.isAllowed)
        var source = PluginSourceTests.good
        source["repoURL"] = .string(example.url)
        let result = PluginSource.read([source], at: "p", policy: policy)
        #expect(result.sources.count == (example.isAllowed ? 1 : 0), "\(result.findings)")
        #expect(result.findings.map(\.path) == (example.isAllowed ? [] : ["p[0].repoURL"]))
    }

    @Test("without patterns everything safe is allowed, with several what one of them matches")
    func several() throws {
        #expect(PluginPolicy.unrestricted.allows("https://a.example/x"))
        let policy = PluginPolicy(
            patterns: [try PluginSourcePattern("a.example/*"), try PluginSourcePattern("b.example/*")]
        )
        #expect(policy.allows("https://a.example/x") && policy.allows("https://b.example/x"))
        #expect(!policy.allows("https://c.example/x"))
    }

    @Test("the refusal names what would be allowed")
    func remedy() throws {
        let policy = PluginPolicy(patterns: [try PluginSourcePattern("a.example/*")])
        let findings = PluginSource.read([PluginSourceTests.good], at: "p", policy: policy).findings
        #expect(findings.count == 1)
        #expect(findings.first?.remedy.contains("a.example/*") == true)
    }

    @Test(
        "what is no pattern is refused with what is wrong",
        arguments: [
            ("", "no path"), ("git.example.org", "no path"), ("git.example.org/", "no path"), ("/team/*", "no host"),
            ("http://git.example.org/*", "neither https nor ssh"), ("git@git.example.org/*", "user name"),
            ("git.example.org:x/*", "port"), ("git.example.org:0/*", "port"), ("git.example.org/a b", "white space"),
            ("git.example.org/a/../b", "part"), ("git.example.org/a//b", "part"),
        ]
    )
    func noPattern(text: String, words: String) {
        let error = #expect(throws: PluginPolicyError.self) { try PluginSourcePattern(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test("a pattern of many stars is not slow")
    func stars() throws {
        let pattern = try PluginSourcePattern("a.example/" + String(repeating: "*a", count: 400))
        let policy = PluginPolicy(patterns: [pattern])
        #expect(!policy.allows("https://a.example/" + String(repeating: "a", count: 1500) + "b"))
    }

    @Test("the external plugins of a resource are judged as those of the annotation are")
    func resource() throws {
        let policy = PluginPolicy(patterns: [try PluginSourcePattern("other.example/*")])
        let resource: JSONValue = [
            "apiVersion": .string(VerneMQStructure.apiVersion), "kind": .string(VerneMQStructure.kind),
            "metadata": ["name": "mqtt"],
            "spec": ["version": "2.1.1", "externalPlugins": [PluginSourceTests.good]],
        ]
        let path = "spec.externalPlugins[0].repoURL"
        let judged = VerneMQResource.validate(resource, pluginPolicy: policy)
        #expect(judged.contains { $0.path == path && $0.severity == .error })
        #expect(!VerneMQResource.validate(resource).contains { $0.path == path })
    }
}

import Document
import Testing
import VerneMQ

@Suite("Suggestions, names and listeners")
struct SuggestionTests {
    @Test(
        "the nearest candidate is suggested, and none where none is near",
        arguments: [
            ("sise", "size"), ("SIZE", "size"), ("resoruces", "resources"), ("leaveTimeout", "leave-timeout"),
            ("xyz", nil), ("", nil),
        ] as [(String, String?)]
    )
    func nearest(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, among: ["size", "resources", "leave-timeout", "storage"]) == expected)
    }

    @Test("without a near one all are named")
    func remedy() {
        #expect(Suggestion.remedy(for: "q", among: ["auto", "never"]) == "allowed are \"auto\", \"never\"")
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 10_000), among: ["a"]) == nil)
    }

    @Test(
        "labels and subdomains",
        arguments: [
            ("a", true, true), ("a-1", true, true), ("a.b", false, true), ("", false, false), ("-a", false, false),
            ("a-", false, false),
            ("A", false, false), ("a_b", false, false), ("a..b", false, false), ("a.", false, false),
            ("é", false, false),
            (String(repeating: "a", count: 63), true, true), (String(repeating: "a", count: 64), false, false),
            (String(repeating: "a.", count: 126) + "a", false, true),
            (String(repeating: "a.", count: 127) + "a", false, false),
        ]
    )
    func names(text: String, isLabel: Bool, isSubdomain: Bool) {
        #expect(DNSName.isLabel(text) == isLabel)
        #expect(DNSName.isSubdomain(text) == isSubdomain)
    }

    @Test(
        "the HTTP port is the one that the image opens",
        arguments: [
            (nil, 8888, false), ("0.0.0.0:9000", 9000, false), ("$(MY_POD_IP):9000", 9000, false),
            ("127.0.0.1:8888", 8888, true),
            ("localhost:1", 1, true), ("9000", 8888, false), ("0.0.0.0:x", 8888, false), ("0.0.0.0:0", 8888, false),
            ("0.0.0.0:70000", 8888, false),
        ] as [(String?, Int, Bool)]
    )
    func httpPort(value: String?, port: Int, isLoopback: Bool) {
        var environment: [JSONValue] = [["name": "DOCKER_VERNEMQ_LISTENER__HTTP__DEFAULT", "value": "0.0.0.0:1"]]
        if let value {
            environment.append(["name": "DOCKER_VERNEMQ_LISTENER__HTTP__METRICS", "value": "0.0.0.0:2"])
            environment.append(["name": "DOCKER_VERNEMQ_LISTENER__HTTP__METRICS", "value": .string(value)])
        }
        #expect(ListenerEnvironment.http(in: environment) == (port, isLoopback))
    }
}

import Document
import Membership
import Testing

@Suite("What is read from outside")
struct ReadingTests {
    static let node = Situation.node(0)
    static let other = Situation.node(1)

    @Test("a view is read from the node's own part of /status.json")
    func view() throws {
        let text = """
            [{"\(Self.node)":{"num_online":1,"num_offline":2,"num_retained":3,"num_subscriptions":4,"version":"2.2.0",
            "mystatus":[{"\(Self.other)":false,"\(Self.node)":true}],
            "listeners":[{"type":"mqtt","status":"running"},{"type":"http","status":"running"}]},
            "\(Self.other)":{"mystatus":[{"\(Self.other)":true}]}}]
            """
        let view = try BrokerView(parsing: Array(text.utf8), of: Self.node)
        #expect(
            view
                == BrokerView(
                    node: Self.node,
                    members: [Self.node: true, Self.other: false],
                    version: "2.2.0",
                    load: 10
                )
        )
        let suspended = text.replacing("\"mqtt\",\"status\":\"running\"", with: "\"mqtt\",\"status\":\"suspended\"")
        #expect(try BrokerView(parsing: Array(suspended.utf8), of: Self.node).isSuspended)
    }

    static let garbage: [(String, BrokerViewError?)] = [
        ("", nil), ("<html>", nil), ("\u{0}", nil),
        ("{}", .unexpectedShape(path: "/0", expected: "object of nodes")),
        ("[]", .unexpectedShape(path: "/0", expected: "object of nodes")),
        ("[7]", .unexpectedShape(path: "/0", expected: "object of nodes")),
        ("[{}]", .notListed(node)),
        ("[{\"VerneMQ@127.0.0.1\":{}}]", .otherNode(found: "VerneMQ@127.0.0.1", expected: node)),
        ("[{\"\(node)\":{}}]", .unexpectedShape(path: "/0/\(node)/mystatus", expected: "array")),
        ("[{\"\(node)\":null}]", .unexpectedShape(path: "/0/\(node)/mystatus", expected: "array")),
        ("[{\"\(node)\":{\"mystatus\":[]}}]", .notListed(node)),
        ("[{\"\(node)\":{\"mystatus\":[{\"\(other)\":true}]}}]", .notListed(node)),
        (
            "[{\"\(node)\":{\"mystatus\":[[]]}}]",
            .unexpectedShape(path: "/0/\(node)/mystatus", expected: "object from node to truth value")
        ),
        (
            "[{\"\(node)\":{\"mystatus\":[{\"x\":1}]}}]",
            .unexpectedShape(path: "/0/\(node)/mystatus/0/x", expected: "truth value")
        ),
    ]

    @Test("what is no view is a typed error", arguments: garbage)
    func notAView(text: String, expected: BrokerViewError?) {
        do {
            _ = try BrokerView(parsing: Array(text.utf8), of: Self.node)
            Issue.record("\(text) was read as a view")
        } catch {
            if let expected {
                #expect(error == expected)
            } else if case .notJSON = error {
            } else {
                Issue.record("\(error)")
            }
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test("a view of too many members is refused, and one with absurd counts is not")
    func absurd() throws {
        let rows = (0...1000).map { "\"n\($0)\":true" }.joined(separator: ",")
        #expect(throws: BrokerViewError.tooManyMembers(1001)) {
            try BrokerView(parsing: Array("[{\"\(Self.node)\":{\"mystatus\":[{\(rows)}]}}]".utf8), of: Self.node)
        }
        let text =
            "[{\"\(Self.node)\":{\"num_online\":\(Int64.max),\"num_offline\":\(Int64.max),\"num_retained\":-5,"
            + "\"mystatus\":[{\"\(Self.node)\":true}]}}]"
        #expect(try BrokerView(parsing: Array(text.utf8), of: Self.node).load == .max)
    }

    @Test("a truncated answer never traps")
    func truncated() {
        let text = Array("[{\"\(Self.node)\":{\"mystatus\":[{\"\(Self.node)\":true}],\"listeners\":[{}]}}]".utf8)
        for count in 0..<text.count {
            #expect(throws: BrokerViewError.self) {
                try BrokerView(parsing: Array(text.prefix(count)), of: Self.node)
            }
        }
    }

    @Test(
        "ordinals are read only from names that the set gives",
        arguments: [
            ("mqtt-0", 0), ("mqtt-12", 12), ("mqtt-", nil), ("mqtt-01", nil), ("mqtt--1", nil), ("mqtt-x", nil),
            ("other-1", nil), ("mqtt-99999999999", nil), ("mqtt-a-1", nil),
        ] as [(String, Int?)]
    )
    func ordinals(name: String, ordinal: Int?) {
        let naming = Situation.naming
        #expect(naming.ordinal(ofPod: name) == ordinal)
        #expect(naming.ordinal(ofNode: "VerneMQ@\(name)\(naming.suffix)") == ordinal)
        #expect(naming.ordinal(ofNode: "VerneMQ@\(name).elsewhere") == nil)
        if let ordinal { #expect(naming.pod(ordinal) == name) }
    }

    @Test("a memory survives being written and read, and damage is said")
    func memory() throws {
        var memory = MembershipMemory()
        memory.set = "uid"
        memory.since = ["GhostMember a": 5, "ViewsDisagree": 7]
        memory.pending = .init(node: "a", isJoin: true, at: 9)
        memory.acted = 8
        memory.executor = "b"
        memory.tries = ["a": 2]
        memory.unmigrated = ["c": "claim"]
        memory.joined = ["d": "pod"]
        #expect(try MembershipMemory(memory.json) == memory)
        #expect(try MembershipMemory(MembershipMemory().json) == MembershipMemory())
        for text in [
            "null", "{}", #"{"v":2,"set":"x"}"#, #"{"v":1}"#, #"{"v":1,"set":"x","since":[]}"#,
            #"{"v":1,"set":"x","since":{"a":"b"}}"#, #"{"v":1,"set":"x","pending":{}}"#,
        ] {
            let json = try JSONValue(parsing: text)
            #expect(throws: MembershipMemoryError.self, "\(text)") { try MembershipMemory(json) }
        }
    }
}

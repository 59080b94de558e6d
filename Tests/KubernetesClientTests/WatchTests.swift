import Document
import HTTP
import Synchronization
import Testing
import Transport

@testable import KubernetesClient

@Suite("A watch", .timeLimit(.minutes(3)))
struct WatchTests {
    @Test("lines come out whole, wherever the chunks end", arguments: 1...12)
    func splitting(_ size: Int) throws {
        let bytes = Array("{\"a\":1}\n\n{\"b\":2}\r\n{\"c\"".utf8)
        var splitter = LineSplitter(limit: 20)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.append(Array(bytes[start..<min(bytes.count, start + size)]))
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(lines == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(splitter.hasPartialLine)
    }

    @Test("a line that never ends is refused at the limit")
    func lineLimit() throws {
        var splitter = LineSplitter(limit: 10)
        splitter.append(Array("0123456789".utf8))
        #expect(try splitter.next() == nil)
        splitter.append(Array("x".utf8))
        #expect(throws: LineSplitter.LineTooLong.self) { _ = try splitter.next() }
    }

    private static func event(_ type: String, _ object: JSONValue) -> String {
        JSONValue.object(["type": .string(type), "object": object]).serializedString() + "\n"
    }

    /// A list of one object at version 10, and watches that go wrong in every way, one after the other.
    @Test("an informer follows through drops, errors, partial lines and a 410")
    func informer() async throws {
        let watches = Shared<[String]>([])
        let lists = Shared(0)
        try await FakeAPIServer.run { request, connection in
            guard request.queryValue("watch") != nil else {
                lists.change { $0 += 1 }
                let item = lists.current == 1 ? object("a", version: 9) : object("z", version: 29)
                let list: JSONValue = [
                    "kind": "ConfigMapList", "apiVersion": "v1",
                    "metadata": ["resourceVersion": .string(lists.current == 1 ? "10" : "30")], "items": [item],
                ]
                return try await connection.answer(200, list.serializedString())
            }
            watches.change { $0.append(request.queryValue("resourceVersion") ?? "") }
            switch watches.current.count {
            case 1:
                // Two events in one chunk, the third in pieces, and then the line breaks.
                try await connection.beginChunks()
                let third = Self.event("ADDED", object("d", version: 13))
                try await connection.chunk(
                    Self.event("ADDED", object("b", version: 11)) + Self.event("MODIFIED", object("a", version: 12))
                        + third.prefix(20)
                )
                try await connection.chunk(String(third.dropFirst(20)))
                try await connection.chunk(String(Self.event("ADDED", object("lost", version: 14)).prefix(30)))
                throw FakeAPIServer.HangUp()
            case 2:
                try await connection.answer(500, status: "InternalError", "etcd is away")
            case 3:
                try await connection.beginChunks()
                try await connection.chunk(Self.event("DELETED", object("b", version: 15)))
                let bookmark: JSONValue = ["kind": "ConfigMap", "metadata": ["resourceVersion": "20"]]
                try await connection.chunk(Self.event("BOOKMARK", bookmark))
                try await connection.endChunks()
            case 4:
                try await connection.beginChunks()
                let gone: JSONValue = ["kind": "Status", "code": 410, "reason": "Expired", "message": "too old"]
                try await connection.chunk(Self.event("ERROR", gone))
                try await connection.endChunks()
            default:
                try await connection.beginChunks()
                try await connection.chunk(Self.event("ADDED", object("end", version: 31)))
                _ = try await connection.stream.read(until: .never) { _ in }
            }
        } _: { server in
            let quick = WatcherTiming(backoff: Backoff(minimum: .milliseconds(1), maximum: .milliseconds(2)))
            let informer = Informer(server.client(), .configMaps, timing: quick, logger: silent)
            let changes = Shared<[String]>([])
            informer.onChange { change in
                let kind = change.old == nil ? "+" : change.new == nil ? "-" : "~"
                changes.change { $0.append(kind + change.key.name) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await informer.run() }
                try await informer.waitUntilSynced(until: .after(patience))
                #expect(informer.count >= 1)
                try await eventually(server.loop) { informer[ObjectKey(namespace: "ns", name: "end")] != nil }
                group.cancelAll()
            }
            #expect(informer.store.keys.map(\.name).sorted() == ["end", "z"])
            #expect(watches.current == ["10", "13", "13", "20", "30"])
            #expect(Array(changes.current.prefix(5)) == ["+a", "+b", "~a", "+d", "-b"])
            #expect(changes.current.dropFirst(5).sorted() == ["+end", "+z", "-a", "-d"])
        }
    }

    @Test("an informer keeps no managedFields unless it is asked to")
    func trimming() {
        var whole = object("a", version: 1)
        var metadata = whole["metadata"]
        metadata?["managedFields"] = [["manager": "kubectl"]]
        whole["metadata"] = metadata
        #expect(Informer.withoutManagedFields(whole) == object("a", version: 1))
        #expect(Informer.whole(whole) == whole)
    }
}

@Suite("Interning")
struct InterningTests {
    @Test("changes nothing of an object, not even bytes that Unicode calls equivalent")
    func fidelity() throws {
        var interner = StringInterner()
        let texts = [
            #"{"a":"a text of more than fifteen bytes","b":["a text of more than fifteen bytes",1.0,null,{"c":true}]}"#,
            #"{"a":"caf\u00e9 of more than fifteen bytes","b":"cafe\u0301 of more than fifteen bytes"}"#,
        ]
        for text in texts {
            let value = try JSONValue(parsing: text)
            var interned = value
            interner.intern(&interned)
            #expect(interned == value)
            #expect(interned.serialized() == value.serialized())
        }
    }
}

import Testing
import Transport

@testable import HTTP

private struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var error: WebSocketHandshakeError
    var answer: WebSocketServer.Answer
    var protocols: [String] = []
    var testDescription: String { name }

    /// A 101 with some of its text replaced.
    init(_ name: String, _ error: WebSocketHandshakeError, replacing text: String, with other: String) {
        (self.name, self.error) = (name, error)
        answer = { WebSocketServer.accept(nil)($0).replacing(text, with: other) }
    }

    init(_ name: String, _ error: WebSocketHandshakeError, protocols: [String], chosen: String?) {
        (self.name, self.error, self.protocols) = (name, error, protocols)
        answer = WebSocketServer.accept(chosen)
    }
}

private let refusals: [Refusal] = [
    Refusal("no Upgrade", .notUpgraded, replacing: "Upgrade: WebSocket\r\n", with: ""),
    Refusal("another Upgrade", .notUpgraded, replacing: "Upgrade: WebSocket", with: "Upgrade: SPDY/3.1"),
    Refusal("no Connection", .notConnected, replacing: "keep-alive, Upgrade", with: "keep-alive"),
    Refusal("no Accept", .wrongAccept, replacing: "Sec-WebSocket-Accept", with: "X-Accept"),
    Refusal("an Accept of another key", .wrongAccept, replacing: "Accept: ", with: "Accept: A"),
    Refusal(
        "an extension",
        .unknownExtension,
        replacing: "Upgrade: WebSocket",
        with: "Upgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate"
    ),
    Refusal("a protocol that was not offered", .unknownProtocol, protocols: ["a", "b"], chosen: "c"),
    Refusal("two protocols", .unknownProtocol, protocols: ["a", "b"], chosen: "a, b"),
    Refusal("a protocol although none was offered", .unknownProtocol, protocols: [], chosen: "a"),
    Refusal("no protocol", .noProtocol, protocols: ["a"], chosen: nil),
]

@Suite("WebSocket")
struct WebSocketTests {
    @Test("SHA-1 is that of FIPS 180, and the accept value that of RFC 6455")
    func digest() {
        let vectors = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ]
        for (text, expected) in vectors {
            let hexadecimal = SHA1.digest(Array(text.utf8)).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            #expect(hexadecimal.joined() == expected)
        }
        #expect(WebSocketHandshake.accept(key: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test("a 101 that is no answer to the handshake is refused", arguments: refusals)
    private func refusal(_ given: Refusal) async throws {
        try await WebSocketServer.run(answer: given.answer) { server in
            await #expect(throws: WebSocketError.handshake(given.error)) {
                _ = try await server.open(protocols: given.protocols)
            }
        }
    }

    @Test("any other answer is handed over with its body")
    func otherAnswer() async throws {
        try await WebSocketServer.run(
            answer: { _ in "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno" }
        ) { server in
            let error = await #expect(throws: WebSocketError.self) { _ = try await server.open() }
            guard case .refused(let response) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(response.status == 403)
            #expect(response.text == "no")
        }
    }

    @Test("messages go both ways, and both sides agree on the end", arguments: [false, true])
    func echo(overTLS: Bool) async throws {
        let pki = try TestPKI()
        let tls = overTLS ? try TLSContext(TLSConfiguration(identity: try pki.serverIdentity())) : nil
        let clientTLS = overTLS ? try pki.clientContext() : nil
        let messages: [WebSocketMessage] = [
            .text(""), .text("héllo"), .binary([]), .binary((0..<300_000).map { UInt8(truncatingIfNeeded: $0) }),
        ]
        try await WebSocketServer.run(tls: tls, answer: WebSocketServer.accept("b")) { stream in
            let socket = stream.serverWebSocket()
            while let message = try await socket.receive(until: .after(patience)) {
                try await socket.send(message, until: .after(patience))
            }
            #expect(socket.closure == WebSocketClosure(code: 1000, reason: "done"))
        } client: { server in
            let socket = try await server.open(protocols: ["a", "b"], tls: clientTLS)
            #expect(socket.subprotocol == "b")
            for message in messages {
                try await socket.send(message, until: .after(patience))
                #expect(try await socket.receive(until: .after(patience)) == message)
            }
            try await socket.close(WebSocketClosure(code: 1000, reason: "done"), until: .after(patience))
            #expect(try await socket.receive(until: .after(patience)) == nil)
            #expect(socket.closure == WebSocketClosure(code: 1000, reason: "done"))
            await #expect(throws: WebSocketError.closed) {
                try await socket.send(.text("late"), until: .after(patience))
            }
        }
    }

    @Test("frames that come with the answer to the handshake are kept")
    func earlyFrames() async throws {
        try await WebSocketServer.run(
            answer: { WebSocketServer.accept(nil)($0) + "\u{01}\u{03}abc\u{00}\u{01}d" }
        ) { stream in
            try await stream.write([0x80, 0x01, 0x65], until: .after(patience))
        } client: { server in
            let socket = try await server.open()
            #expect(try await socket.receive(until: .after(patience)) == .text("abcde"))
            await #expect(throws: WebSocketError.violation(.endedWithoutClose)) {
                try await socket.receive(until: .after(patience))
            }
        }
    }

    @Test("pings are answered, also while a message waits for the peer to read")
    func pings() async throws {
        let size = 8 * 1024 * 1024
        try await WebSocketServer.run(server: { stream in
            try await stream.write([0x89, 0x01, 0x07, 0x82, 0x00], until: .after(patience))
            var decoder = WebSocketFrameDecoder(role: .server, payloadLimit: size)
            var frames: [WebSocketFrame] = []
            while frames.count < 3 {
                if let frame = try decoder.next() {
                    frames.append(frame)
                } else {
                    let count = try await stream.read(until: .after(patience)) { decoder.receive($0) }
                    try #require(count > 0)
                }
            }
            #expect(frames.filter { $0.opcode == .pong }.map(\.payload) == [[7]])
            #expect(frames.filter { $0.opcode == .binary }.map(\.payload.count) == [size])
            #expect(frames.last?.opcode == .close)
        }) { server in
            let socket = LoopBound(
                try await server.open(limits: WebSocket.Limits(frameSize: 16, messageSize: 16)),
                on: server.loop
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: server.loop) {
                    try await socket.value.send(
                        .binary([UInt8](repeating: 1, count: size)),
                        until: .after(patience)
                    )
                }
                group.addTask(executorPreference: server.loop) {
                    _ = try await socket.value.receive(until: .after(patience))
                }
                try await group.waitForAll()
            }
            try await socket.value.close(until: .after(patience))
        }
    }

    @Test("a violation is told to the peer with its code, and ends the connection")
    func failing() async throws {
        try await WebSocketServer.run(server: { stream in
            try await stream.write([0x81, 0x01, 0xFF], until: .after(patience))
            let socket = stream.serverWebSocket()
            #expect(try await socket.receive(until: .after(patience)) == nil)
            #expect(socket.closure == WebSocketClosure(code: 1007))
        }) { server in
            let socket = try await server.open()
            await #expect(throws: WebSocketError.violation(.invalidUTF8)) {
                try await socket.receive(until: .after(patience))
            }
            await #expect(throws: WebSocketError.closed) { try await socket.receive(until: .after(patience)) }
        }
    }

    @Test("a deadline ends a wait and leaves the WebSocket usable; one sender at a time")
    func deadlines() async throws {
        try await WebSocketServer.run(server: { stream in
            let socket = stream.serverWebSocket()
            #expect(try await socket.receive(until: .after(patience)) == .text("go on"))
            try await socket.send(.text("here"), until: .after(patience))
        }) { server in
            let socket = try await server.open()
            await #expect(throws: WebSocketError.transport(.timedOut)) {
                try await socket.receive(until: .after(.milliseconds(5)))
            }
            try await socket.send(.text("go on"), until: .after(patience))
            #expect(try await socket.receive(until: .after(patience)) == .text("here"))
        }
    }
}

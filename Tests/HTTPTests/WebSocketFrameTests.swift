import Testing

@testable import HTTP

/// What a receiver makes of bytes.
private struct Reception: Equatable {
    var events: [WebSocketAssembler.Event] = []
    var violation: WebSocketViolation?

    init(_ pieces: [ArraySlice<UInt8>], as role: WebSocketRole, frameLimit: Int = 1 << 20, messageLimit: Int = 1 << 20)
    {
        var decoder = WebSocketFrameDecoder(role: role, payloadLimit: frameLimit)
        var assembler = WebSocketAssembler(messageLimit: messageLimit)
        do throws(WebSocketViolation) {
            for piece in pieces {
                decoder.receive(piece.span)
                while let frame = try decoder.next() {
                    if let event = try assembler.take(frame) { events.append(event) }
                }
            }
        } catch {
            violation = error
        }
    }
}

extension [UInt8] {
    /// The bytes in random pieces.
    fileprivate func split(using generator: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < count {
            let size = Int.random(in: 1...(Bool.random(using: &generator) ? 3 : 4096), using: &generator)
            let end = Swift.min(count, start + size)
            pieces.append(self[start..<end])
            start = end
        }
        return pieces
    }
}

private struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var violation: WebSocketViolation
    var role = WebSocketRole.client
    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ violation: WebSocketViolation, role: WebSocketRole = .client) {
        (self.name, self.bytes, self.violation, self.role) = (name, bytes, violation, role)
    }
}

private let violations: [Case] = [
    Case("the first reserved bit", [0xC2, 0x00], .reservedBits),
    Case("the third reserved bit", [0x92, 0x00], .reservedBits),
    Case("data opcode 3", [0x83, 0x00], .unknownOpcode(3)),
    Case("control opcode 11", [0x8B, 0x00], .unknownOpcode(11)),
    Case("a mask from a server", [0x82, 0x80, 1, 2, 3, 4], .wrongMasking),
    Case("no mask from a client", [0x82, 0x00], .wrongMasking, role: .server),
    Case("a ping in pieces", [0x09, 0x00], .fragmentedControl),
    Case("a ping of 126 bytes", [0x89, 126, 0, 126], .controlTooLarge),
    Case("a close of 2^16 bytes", [0x88, 127], .controlTooLarge),
    Case("a length of 125 in two bytes", [0x82, 126, 0, 125], .badLength),
    Case("a length of 65535 in eight bytes", [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .badLength),
    Case("a length with the highest bit", [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], .badLength),
    Case("a length of 2^62", [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0], .frameTooLarge),
    Case("a frame beyond the limit", [0x82, 126, 0x04, 0x01], .frameTooLarge),
    Case("a close of one byte", [0x88, 0x01, 0x03], .badClosePayload),
    Case("close code 999", [0x88, 0x02, 0x03, 0xE7], .badCloseCode(999)),
    Case("close code 1004", [0x88, 0x02, 0x03, 0xEC], .badCloseCode(1004)),
    Case("close code 1005", [0x88, 0x02, 0x03, 0xED], .badCloseCode(1005)),
    Case("close code 1006", [0x88, 0x02, 0x03, 0xEE], .badCloseCode(1006)),
    Case("close code 1015", [0x88, 0x02, 0x03, 0xF7], .badCloseCode(1015)),
    Case("close code 5000", [0x88, 0x02, 0x13, 0x88], .badCloseCode(5000)),
    Case("a close reason that is no UTF-8", [0x88, 0x03, 0x03, 0xE8, 0xFF], .invalidUTF8),
    Case("a continuation of nothing", [0x80, 0x00], .unexpectedContinuation),
    Case("a continuation after the end", [0x81, 0x00, 0x80, 0x00], .unexpectedContinuation),
    Case("a message inside of another", [0x01, 0x00, 0x82, 0x00], .interleavedMessage),
    Case("text that is no UTF-8", [0x81, 0x02, 0xC3, 0x28], .invalidUTF8),
    Case("text that ends inside of a character", [0x01, 0x01, 0xE2, 0x80, 0x01, 0x82], .invalidUTF8),
    Case("a surrogate", [0x81, 0x03, 0xED, 0xA0, 0x80], .invalidUTF8),
    Case(
        "a message beyond the limit",
        [0x02, 126, 0x02, 0x00] + [UInt8](repeating: 0, count: 512) + [0x00, 126, 0x02, 0x00]
            + [UInt8](repeating: 0, count: 512) + [0x80, 126, 0x02, 0x00] + [UInt8](repeating: 0, count: 512),
        .messageTooLarge
    ),
]

@Suite("WebSocket frames")
struct WebSocketFrameTests {
    @Test("each violation has its error, however the bytes come", arguments: violations)
    private func violation(_ given: Case) {
        let whole = Reception([given.bytes[...]], as: given.role, frameLimit: 1024, messageLimit: 1280)
        #expect(whole.violation == given.violation)
        let bytewise = given.bytes.indices.map { given.bytes[$0...$0] }
        #expect(Reception(bytewise, as: given.role, frameLimit: 1024, messageLimit: 1280) == whole)
    }

    @Test("the examples of RFC 6455, section 5.7, are read")
    func examples() {
        let cases: [(WebSocketRole, [UInt8], WebSocketAssembler.Event)] = [
            (.client, [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], .message(.text("Hello"))),
            (
                .server, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
                .message(.text("Hello"))
            ),
            (.client, [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f], .message(.text("Hello"))),
            (.client, [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], .ping(Array("Hello".utf8))),
            (
                .server, [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
                .pong(Array("Hello".utf8))
            ),
        ]
        for (role, bytes, event) in cases {
            #expect(Reception([bytes[...]], as: role).events == [event])
        }
        let closes: [([UInt8], WebSocketClosure)] = [
            ([0x88, 0x00], WebSocketClosure(code: 1005)),
            ([0x88, 0x02, 0x03, 0xE8], .normal),
            ([0x88, 0x04, 0x0F, 0xA0, 0x6f, 0x6b], WebSocketClosure(code: 4000, reason: "ok")),
        ]
        for (bytes, closure) in closes {
            #expect(Reception([bytes[...]], as: .client).events == [.close(closure)])
        }
    }

    @Test("the three forms of length are written as section 5.7 shows them")
    func lengths() {
        for (count, head) in [
            (0, [0x82, 0x00]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (256, [0x82, 0x7E, 0x01, 0x00]),
            (65_535, [0x82, 126, 0xFF, 0xFF]), (65_536, [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])] {
            let payload = [UInt8](repeating: 7, count: count)
            #expect(WebSocketFrame(opcode: .binary, payload: payload).encode(mask: nil) == head + payload)
        }
    }

    @Test(
        "decoding undoes encoding, whatever the pieces and whoever sends",
        arguments: [1, 2, 3, UInt64.random(in: 100 ... .max)]
    )
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let role: WebSocketRole = Bool.random(using: &generator) ? .client : .server
            var expected: [WebSocketAssembler.Event] = []
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let message = Self.message(using: &generator)
                bytes += Self.encode(message, for: role, &expected, using: &generator)
            }
            #expect(Reception(bytes.split(using: &generator), as: role).events == expected, "seed \(seed)")
        }
    }

    @Test("damaged bytes are refused or read, and never trap", arguments: [1, 2, 3, UInt64.random(in: 100 ... .max)])
    func damage(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<500 {
            var ignored: [WebSocketAssembler.Event] = []
            var bytes = Self.encode(Self.message(using: &generator), for: .client, &ignored, using: &generator)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<min(bytes.count, 16), using: &generator)
                bytes[index] = .random(in: .min ... .max, using: &generator)
            }
            let whole = Reception([bytes[...]], as: .client)
            #expect(Reception(bytes.split(using: &generator), as: .client) == whole, "seed \(seed)")
            if whole.violation != nil { refused += 1 }
        }
        #expect(refused > 0)
    }

    private static func message(using generator: inout SeededGenerator) -> WebSocketMessage {
        let size = Int.random(in: 0...([3, 130, 70_000].randomElement(using: &generator) ?? 3), using: &generator)
        if Bool.random(using: &generator) {
            let characters: [Character] = ["a", "ß", "€", "😀", "\0"]
            return .text(String((0..<(size / 4)).map { _ in characters.randomElement(using: &generator) ?? "a" }))
        }
        return .binary((0..<size).map { _ in .random(in: .min ... .max, using: &generator) })
    }

    /// A message in random fragments, with control frames between them.
    private static func encode(
        _ message: WebSocketMessage,
        for receiver: WebSocketRole,
        _ events: inout [WebSocketAssembler.Event],
        using generator: inout SeededGenerator
    ) -> [UInt8] {
        let (first, payload): (WebSocketFrame.Opcode, [UInt8]) =
            switch message {
            case .text(let text): (.text, Array(text.utf8))
            case .binary(let bytes): (.binary, bytes)
            }
        var frames: [WebSocketFrame] = []
        var rest = payload[...]
        repeat {
            let part = rest.prefix(Int.random(in: 0...max(1, payload.count), using: &generator))
            rest = rest.dropFirst(part.count)
            let opcode = frames.contains { !$0.opcode.isControl } ? .continuation : first
            frames.append(WebSocketFrame(opcode: opcode, isFinal: rest.isEmpty, payload: Array(part)))
            if !rest.isEmpty, Bool.random(using: &generator) {
                let ping = (0..<Int.random(in: 0...125, using: &generator)).map { UInt8($0) }
                frames.append(WebSocketFrame(opcode: .ping, payload: ping))
                events.append(.ping(ping))
            }
        } while !rest.isEmpty
        events.append(.message(message))
        return frames.flatMap { frame in
            frame.encode(mask: receiver == .server ? WebSocketMask(.random(in: .min ... .max, using: &generator)) : nil)
        }
    }
}

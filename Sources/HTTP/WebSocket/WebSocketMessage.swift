/// What applications exchange over a WebSocket (RFC 6455, section 5.6).
public enum WebSocketMessage: Sendable, Hashable {
    /// Text in UTF-8.
    case text(String)
    /// Bytes.
    case binary([UInt8])
}

/// How the peer closed the connection (RFC 6455, section 7.1.5).
public struct WebSocketClosure: Sendable, Hashable {
    /// The peer's code, 1005 where it gave none.
    public var code: UInt16
    /// The peer's words, which may be empty.
    public var reason: String

    /// Describes a closure.
    public init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// 1000: the purpose is fulfilled.
    public static let normal = WebSocketClosure(code: 1000)

    /// Reads the payload of a close frame.
    init(payload: [UInt8]) throws(WebSocketViolation) {
        guard let high = payload.first else {
            self.init(code: 1005)
            return
        }
        guard payload.count >= 2 else { throw .badClosePayload }
        let code = UInt16(high) << 8 | UInt16(payload[1])
        guard Self.isSendable(code) else { throw .badCloseCode(code) }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .invalidUTF8 }
        self.init(code: code, reason: reason)
    }

    /// The payload of a close frame; a reason that is too long is cut at a character.
    var payload: [UInt8] {
        guard Self.isSendable(code) else { return [] }
        var bytes = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        for character in reason {
            guard bytes.count + character.utf8.count <= WebSocketFrame.controlLimit else { break }
            bytes += character.utf8
        }
        return bytes
    }

    /// Section 7.4.2, and the IANA registry: 1012 to 1014 were added later.
    private static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// Puts messages together from frames (RFC 6455, section 5.4), sans I/O.
struct WebSocketAssembler: Sendable {
    enum Event: Sendable, Hashable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClosure)
    }

    private let messageLimit: Int
    /// Whether the message that has begun is text; nil outside of a message.
    private var isText: Bool?
    /// What there is of it.
    private var payload: [UInt8] = []

    init(messageLimit: Int) {
        self.messageLimit = messageLimit
    }

    /// Takes a frame in.
    ///
    /// - Returns: what it completes; nil for a part of a message.
    mutating func take(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(frame.payload)
        case .pong: return .pong(frame.payload)
        case .close: return .close(try WebSocketClosure(payload: frame.payload))
        case .text, .binary:
            guard isText == nil else { throw .interleavedMessage }
            return try add(frame, isText: frame.opcode == .text)
        case .continuation:
            guard let isText else { throw .unexpectedContinuation }
            return try add(frame, isText: isText)
        }
    }

    private mutating func add(_ frame: WebSocketFrame, isText: Bool) throws(WebSocketViolation) -> Event? {
        guard frame.payload.count <= messageLimit - payload.count else { throw .messageTooLarge }
        payload += frame.payload
        guard frame.isFinal else {
            self.isText = isText
            return nil
        }
        let whole = payload
        (self.isText, payload) = (nil, [])
        guard isText else { return .message(.binary(whole)) }
        guard let text = String(validating: whole, as: UTF8.self) else { throw .invalidUTF8 }
        return .message(.text(text))
    }
}

/// What a peer did that RFC 6455 forbids, or that is beyond the limits agreed on. The texts never repeat its bytes.
public enum WebSocketViolation: Error, Sendable, Hashable {
    // Frames
    /// A reserved bit is set, and no extension gives it a meaning (section 5.2).
    case reservedBits
    /// The opcode has no meaning (section 5.2).
    case unknownOpcode(UInt8)
    /// A client's frame without a mask, or a server's with one (section 5.1).
    case wrongMasking
    /// A length in more bytes than it needs, or with its highest bit set (section 5.2).
    case badLength
    /// The payload of a frame is longer than the limit.
    case frameTooLarge
    // Control frames
    /// A control frame in pieces (section 5.5).
    case fragmentedControl
    /// A control frame with more than 125 bytes (section 5.5).
    case controlTooLarge
    /// The payload of a close frame is one byte, so that it cannot hold a code (section 5.5.1).
    case badClosePayload
    /// A code that must not be sent (section 7.4).
    case badCloseCode(UInt16)
    // Messages
    /// A continuation without a message that it continues (section 5.4).
    case unexpectedContinuation
    /// A new message inside of another one (section 5.4).
    case interleavedMessage
    /// A message is longer than the limit.
    case messageTooLarge
    /// Text, or the reason of a close frame, is not UTF-8 (section 8.1).
    case invalidUTF8
    /// The stream ended without a close frame, perhaps inside of a message (section 7.1.5).
    case endedWithoutClose
}

extension WebSocketViolation {
    /// The code with which the connection is to be failed (section 7.4.1).
    public var closeCode: UInt16 {
        switch self {
        case .frameTooLarge, .messageTooLarge: 1009
        case .invalidUTF8: 1007
        case .endedWithoutClose: 1006
        default: 1002
        }
    }

    /// A short name out of a closed set, fit for metric labels and tests.
    public var code: String {
        switch self {
        case .reservedBits: "reserved-bits"
        case .unknownOpcode: "unknown-opcode"
        case .wrongMasking: "wrong-masking"
        case .badLength: "bad-length"
        case .frameTooLarge: "frame-too-large"
        case .fragmentedControl: "fragmented-control"
        case .controlTooLarge: "control-too-large"
        case .badClosePayload: "bad-close-payload"
        case .badCloseCode: "bad-close-code"
        case .unexpectedContinuation: "unexpected-continuation"
        case .interleavedMessage: "interleaved-message"
        case .messageTooLarge: "message-too-large"
        case .invalidUTF8: "invalid-utf8"
        case .endedWithoutClose: "ended-without-close"
        }
    }
}

extension WebSocketViolation: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .reservedBits: "a reserved bit is set without an extension"
        case .unknownOpcode(let opcode): "the opcode \(opcode) has no meaning"
        case .wrongMasking: "a client must mask its frames, and a server must not"
        case .badLength: "a length is not written in the shortest form"
        case .frameTooLarge: "a frame is larger than the limit"
        case .fragmentedControl: "a control frame is in pieces"
        case .controlTooLarge: "a control frame has more than 125 bytes"
        case .badClosePayload: "the payload of a close frame is one byte"
        case .badCloseCode(let code): "the close code \(code) must not be sent"
        case .unexpectedContinuation: "a frame continues a message that has not begun"
        case .interleavedMessage: "a message begins inside of another one"
        case .messageTooLarge: "a message is larger than the limit"
        case .invalidUTF8: "text is not UTF-8"
        case .endedWithoutClose: "the stream ended without a close frame"
        }
    }
}

/// One frame (RFC 6455, section 5.2), unmasked.
struct WebSocketFrame: Sendable, Hashable {
    enum Opcode: UInt8, Sendable, Hashable, CaseIterable {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    var opcode: Opcode
    /// Whether the message ends with this frame.
    var isFinal = true
    var payload: [UInt8] = []

    /// The most that the payload of a control frame may have.
    static let controlLimit = 125
}

/// Which end of a connection one is: only clients mask.
enum WebSocketRole: Sendable, Hashable {
    case client, server
}

/// Four bytes that a payload is combined with (section 5.3), so that a client cannot choose what goes over the wire.
struct WebSocketMask: Sendable, Hashable {
    private let bytes: (UInt8, UInt8, UInt8, UInt8)

    init(_ key: UInt32) {
        bytes = (
            UInt8(truncatingIfNeeded: key >> 24), UInt8(truncatingIfNeeded: key >> 16),
            UInt8(truncatingIfNeeded: key >> 8), UInt8(truncatingIfNeeded: key)
        )
    }

    var key: [UInt8] { [bytes.0, bytes.1, bytes.2, bytes.3] }

    /// Masks bytes, or unmasks them.
    func apply(to payload: inout [UInt8], from start: Int) {
        for index in start..<max(start, payload.count) {
            switch (index - start) & 3 {
            case 0: payload[index] ^= bytes.0
            case 1: payload[index] ^= bytes.1
            case 2: payload[index] ^= bytes.2
            default: payload[index] ^= bytes.3
            }
        }
    }

    static func == (left: WebSocketMask, right: WebSocketMask) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension WebSocketFrame {
    /// Writes the frame.
    ///
    /// - Parameter mask: what a client masks with; nil for a server.
    func encode(mask: WebSocketMask?) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(payload.count + 14)
        output.append((isFinal ? 0x80 : 0) | opcode.rawValue)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ...125:
            output.append(maskBit | UInt8(payload.count))
        case ...0xFFFF:
            output.append(maskBit | 126)
            Self.append(UInt64(payload.count), bytes: 2, to: &output)
        default:
            output.append(maskBit | 127)
            Self.append(UInt64(payload.count), bytes: 8, to: &output)
        }
        if let mask { output += mask.key }
        let start = output.count
        output += payload
        mask?.apply(to: &output, from: start)
        return output
    }

    private static func append(_ number: UInt64, bytes: Int, to output: inout [UInt8]) {
        for place in stride(from: bytes - 1, through: 0, by: -1) {
            output.append(UInt8(truncatingIfNeeded: number >> UInt64(place * 8)))
        }
    }
}

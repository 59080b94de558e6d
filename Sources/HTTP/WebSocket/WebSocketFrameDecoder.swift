/// Takes frames out of bytes (RFC 6455, section 5), sans I/O.
struct WebSocketFrameDecoder: Sendable {
    /// What stands before the payload.
    private struct Head {
        var opcode: WebSocketFrame.Opcode
        var isFinal: Bool
        var mask: WebSocketMask?
        var payloadSize: Int
        var size: Int
    }

    private let role: WebSocketRole
    private let payloadLimit: Int
    private var input = InputBuffer()

    /// - Parameters:
    ///   - role: who decodes.
    ///   - payloadLimit: the most bytes that a frame may carry; they are held until the frame is complete.
    init(role: WebSocketRole, payloadLimit: Int) {
        self.role = role
        self.payloadLimit = payloadLimit
    }

    /// Takes bytes in.
    mutating func receive(_ bytes: Span<UInt8>) {
        input.append(bytes)
    }

    /// The next frame; nil when it is not complete yet.
    ///
    /// - Throws: what is wrong with it, as soon as its head shows that. The decoder must not be used afterwards.
    mutating func next() throws(WebSocketViolation) -> WebSocketFrame? {
        guard let head = try readHead(), input.count - head.size >= head.payloadSize else {
            input.compact()
            return nil
        }
        var skipped: [UInt8] = []
        _ = input.move(upTo: head.size, to: &skipped)
        var payload: [UInt8] = []
        _ = input.move(upTo: head.payloadSize, to: &payload)
        head.mask?.apply(to: &payload, from: 0)
        return WebSocketFrame(opcode: head.opcode, isFinal: head.isFinal, payload: payload)
    }

    private func readHead() throws(WebSocketViolation) -> Head? {
        guard let first = byte(0) else { return nil }
        guard first & 0x70 == 0 else { throw .reservedBits }
        guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else { throw .unknownOpcode(first & 0x0F) }
        let isFinal = first & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .fragmentedControl }
        guard let second = byte(1) else { return nil }
        let isMasked = second & 0x80 != 0
        guard isMasked == (role == .server) else { throw .wrongMasking }
        if opcode.isControl, second & 0x7F > WebSocketFrame.controlLimit { throw .controlTooLarge }
        guard let (payloadSize, lengthSize) = try readLength(second & 0x7F) else { return nil }
        guard payloadSize <= payloadLimit else { throw .frameTooLarge }
        let maskStart = 2 + lengthSize
        guard isMasked else {
            return Head(opcode: opcode, isFinal: isFinal, mask: nil, payloadSize: payloadSize, size: maskStart)
        }
        guard let key = number(at: maskStart, bytes: 4) else { return nil }
        let mask = WebSocketMask(UInt32(truncatingIfNeeded: key))
        return Head(opcode: opcode, isFinal: isFinal, mask: mask, payloadSize: payloadSize, size: maskStart + 4)
    }

    /// The length of the payload, and the number of further bytes that it is written in.
    private func readLength(_ short: UInt8) throws(WebSocketViolation) -> (payload: Int, bytes: Int)? {
        switch short {
        case 126:
            guard let length = number(at: 2, bytes: 2) else { return nil }
            guard length > 125 else { throw .badLength }
            return (Int(length), 2)
        case 127:
            guard let length = number(at: 2, bytes: 8) else { return nil }
            guard length > 0xFFFF, let size = Int(exactly: length) else { throw .badLength }
            return (size, 8)
        default:
            return (Int(short), 0)
        }
    }

    private func byte(_ offset: Int) -> UInt8? {
        offset < input.count ? input.bytes[input.cursor + offset] : nil
    }

    private func number(at offset: Int, bytes: Int) -> UInt64? {
        var result: UInt64 = 0
        for place in offset..<(offset + bytes) {
            guard let byte = byte(place) else { return nil }
            result = result << 8 | UInt64(byte)
        }
        return result
    }
}

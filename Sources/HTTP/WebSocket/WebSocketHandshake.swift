/// Why a server's answer opens no WebSocket (RFC 6455, section 4.1).
public enum WebSocketHandshakeError: Error, Sendable, Hashable {
    /// 101 without `Upgrade: websocket`.
    case notUpgraded
    /// 101 without `Connection: upgrade`.
    case notConnected
    /// `Sec-WebSocket-Accept` is missing or not made from our key: who answers has not understood the question.
    case wrongAccept
    /// The server chose a sub-protocol that was not offered, or more than one.
    case unknownProtocol
    /// Sub-protocols were offered, and the server chose none.
    case noProtocol
    /// The server uses an extension that was not offered.
    case unknownExtension
}

extension WebSocketHandshakeError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .notUpgraded: "the server switches to something else than a WebSocket"
        case .notConnected: "the server's answer lacks \"Connection: upgrade\""
        case .wrongAccept: "the server's Sec-WebSocket-Accept does not belong to our key"
        case .unknownProtocol: "the server chose a sub-protocol that was not offered"
        case .noProtocol: "the server speaks none of the sub-protocols that were offered"
        case .unknownExtension: "the server uses an extension that was not offered"
        }
    }
}

/// The client's opening handshake (RFC 6455, section 4), sans I/O.
struct WebSocketHandshake: Sendable {
    /// Section 1.3
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// `Sec-WebSocket-Key`: 16 random bytes in base64.
    let key: String
    /// The sub-protocols that are offered, the favourite first.
    let protocols: [String]

    init(protocols: [String], using generator: inout some RandomNumberGenerator) {
        key = Self.base64((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        self.protocols = protocols
    }

    /// Adds to a request what makes it a handshake.
    func prepare(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.fields["Upgrade"] = "websocket"
        request.fields["Connection"] = "Upgrade"
        request.fields["Sec-WebSocket-Version"] = "13"
        request.fields["Sec-WebSocket-Key"] = key
        request.fields["Sec-WebSocket-Protocol"] = protocols.isEmpty ? nil : protocols.joined(separator: ", ")
        return request
    }

    /// Checks a response with status 101.
    ///
    /// - Returns: the sub-protocol that the server chose; nil when none was offered.
    func check(_ head: HTTPResponseHead) throws(WebSocketHandshakeError) -> String? {
        guard Self.hasToken("websocket", in: head.fields.values(of: "Upgrade")) else { throw .notUpgraded }
        guard Self.hasToken("upgrade", in: head.fields.values(of: "Connection")) else { throw .notConnected }
        guard head.fields.values(of: "Sec-WebSocket-Accept") == [Self.accept(key: key)] else { throw .wrongAccept }
        guard head.fields["Sec-WebSocket-Extensions"] == nil else { throw .unknownExtension }
        let chosen = head.fields.values(of: "Sec-WebSocket-Protocol")
        guard let name = chosen.first else {
            guard protocols.isEmpty else { throw .noProtocol }
            return nil
        }
        guard chosen.count == 1, protocols.contains(name) else { throw .unknownProtocol }
        return name
    }

    /// What a server answers to a key.
    static func accept(key: String) -> String {
        base64(SHA1.digest(Array("\(key)\(identifier)".utf8)))
    }

    private static func hasToken(_ token: String, in values: [String]) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { element in
                String(element.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" })
                    .equalsIgnoringCase(token)
            }
        }
    }

    /// RFC 4648, section 4. The domain's own codec lies above this layer.
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var number = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            number <<= UInt32(8 * (3 - group.count))
            for place in 0...3 {
                let digit = alphabet[Int(number >> UInt32(18 - 6 * place)) & 0x3F]
                output.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

public import Transport

/// A request, complete with its body.
public struct HTTPRequest: Sendable, Hashable {
    /// What is asked for.
    public var method: HTTPMethod
    /// The target as it stood in the request line, absolute form included.
    public var target: String
    /// The path of the target, as it stood there: percent-encoding is not undone. `*` for the asterisk form.
    public var path: String
    /// What follows the question mark of the target, without it.
    public var query: String?
    /// The version that the client speaks.
    public var version: HTTPVersion
    /// The header.
    public var fields: HTTPFields
    /// The content; chunks are put together.
    public var body: [UInt8]
    /// The fields after a chunked body. They are never merged into ``fields``.
    public var trailers: HTTPFields
    /// Who sent it: the other end of the TCP connection.
    public var peer: SocketAddress?
    /// What TLS knows about the connection; nil on a plain one.
    public var tls: TLSConnectionInfo?
    /// When the server stops waiting for the response and answers 503 in its place.
    public var deadline: Deadline

    /// Makes a request, as a test or a client needs it.
    public init(
        _ method: HTTPMethod,
        _ target: String,
        fields: HTTPFields = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        (path, query) = Self.split(target)
        version = .http1_1
        self.fields = fields
        self.body = body
        trailers = [:]
        deadline = .never
    }

    /// The value of the first query parameter of that name, with percent-encoding and `+` undone; empty for a name
    /// without value, nil for none.
    public func queryValue(_ name: String) -> String? {
        guard let query else { return nil }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, key.percentDecoded == name else { continue }
            return parts.count == 2 ? parts[1].percentDecoded : ""
        }
        return nil
    }

    /// Takes path and query out of a target in origin, absolute or asterisk form (RFC 9112, section 3.2).
    static func split(_ target: String) -> (path: String, query: String?) {
        var rest = target[...]
        if !rest.utf8.starts(with: "/".utf8), let scheme = rest.firstRange(of: "://") {
            let authority = rest[scheme.upperBound...]
            rest = authority.firstIndex { $0 == "/" || $0 == "?" }.map { authority[$0...] } ?? ""
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            return (rest.isEmpty ? "/" : String(rest), nil)
        }
        let path = rest[..<mark]
        return (path.isEmpty ? "/" : String(path), String(rest[rest.utf8.index(after: mark)...]))
    }
}

extension Substring {
    /// Undoes the encoding of query parameters; a `%` without two digits stands for itself.
    fileprivate var percentDecoded: String {
        let source = Array(utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count,
                let high = source[index + 1].hexadecimalValue, let low = source[index + 2].hexadecimalValue
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

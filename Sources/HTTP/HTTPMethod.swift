/// A request method (RFC 9110, section 9). Any token is a method; whether it is allowed is the router's decision.
public struct HTTPMethod: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
    /// The token, in its case: methods are case-sensitive.
    public let rawValue: String

    /// Takes a token as it stands.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A method written in the source.
    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    /// RFC 9110, section 9.3.1
    public static let get: HTTPMethod = "GET"
    /// RFC 9110, section 9.3.2
    public static let head: HTTPMethod = "HEAD"
    /// RFC 9110, section 9.3.3
    public static let post: HTTPMethod = "POST"
    /// RFC 9110, section 9.3.4
    public static let put: HTTPMethod = "PUT"
    /// RFC 9110, section 9.3.5
    public static let delete: HTTPMethod = "DELETE"
    /// RFC 9110, section 9.3.7
    public static let options: HTTPMethod = "OPTIONS"
    /// RFC 5789
    public static let patch: HTTPMethod = "PATCH"
}

extension HTTPMethod: CustomStringConvertible {
    /// The token.
    public var description: String { rawValue }
}

/// The versions of HTTP that are spoken on a connection (RFC 9112, section 2.3).
public enum HTTPVersion: String, Sendable, Hashable {
    /// No keep-alive unless asked for, no chunks, no `Expect`.
    case http1_0 = "HTTP/1.0"
    /// RFC 9112
    case http1_1 = "HTTP/1.1"
}

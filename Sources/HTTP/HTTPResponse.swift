/// A response, complete with its body.
public struct HTTPResponse: Sendable, Hashable {
    /// The outcome.
    public var status: HTTPStatus
    /// The header. `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are the server's own: what is set here
    /// under these names is not sent.
    public var fields: HTTPFields
    /// The content. It is not sent in answer to HEAD, nor with a status that forbids content.
    public var body: [UInt8]

    /// Makes a response.
    public init(_ status: HTTPStatus, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A response in plain text.
    public static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(status, fields: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8))
    }

    /// A response whose body is JSON text.
    public static func json(_ status: HTTPStatus, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, fields: ["Content-Type": "application/json"], body: body)
    }
}

/// What answers requests. It runs on the server's event loop and must not block; it cannot fail, because whatever goes
/// wrong has a response.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse

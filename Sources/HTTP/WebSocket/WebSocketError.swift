public import Transport

/// Why a WebSocket could not be opened, or does not go on.
public enum WebSocketError: Error, Sendable, Hashable {
    /// The request that was to open it has no usable response.
    case request(HTTPClientError)
    /// The server answered with something else than 101: the response, its body included.
    case refused(HTTPResponse)
    /// The server's 101 is no answer to a WebSocket client.
    case handshake(WebSocketHandshakeError)
    /// The connection failed, or the time was up.
    case transport(TransportError)
    /// The peer broke the protocol. It has been told so, and the connection is closed.
    case violation(WebSocketViolation)
    /// The connection is closed.
    case closed
    /// A message is being sent already: one at a time.
    case busy
}

extension WebSocketError: CustomStringConvertible {
    /// A sentence for people. The body of a refusal is not in it.
    public var description: String {
        switch self {
        case .request(.transport(let error)), .request(.notSent(let error)): "the request failed: \(error)"
        case .request(.response(let error)): "the server's answer is no HTTP: \(error.rawValue)"
        case .request(.bodyTooLarge): "the server's answer is larger than the limit"
        case .request(.notReusable): "the connection has served its last request: make a new one"
        case .refused(let response): "the server answered \(response.status) and opened no WebSocket"
        case .handshake(let error): error.description
        case .transport(let error): error.description
        case .violation(let violation): "the peer broke the WebSocket protocol: \(violation)"
        case .closed: "the WebSocket is closed"
        case .busy: "another message is being sent on this WebSocket"
        }
    }
}

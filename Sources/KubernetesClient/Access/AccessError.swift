public import Transport

/// Why there is no connection to the API server, or nothing to show it.
public enum AccessError: Error, Sendable, Hashable {
    /// The server cannot be reached, or it or we are not who the other side expects.
    case transport(TransportError)
    /// A file that the configuration names cannot be read or used.
    case unusable(what: String, reason: String)
    /// A credential plugin did not give what it was asked for. The reason says what happened and what to do.
    case plugin(command: String, reason: String)
}

extension AccessError: CustomStringConvertible {
    /// A sentence for people, without secrets.
    public var description: String {
        switch self {
        case .transport(let error): "\(error)"
        case .unusable(let what, let reason): "\(what): \(reason)"
        case .plugin(let command, let reason): "the credential plugin \(command): \(reason)"
        }
    }
}

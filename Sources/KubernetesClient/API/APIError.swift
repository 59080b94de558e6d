public import Transport

/// Why the API server did not do what it was asked for.
public enum APIError: Error, Sendable, Hashable {
    /// 400: the request makes no sense to the server.
    case badRequest(ServerStatus)
    /// 401: the server does not know us, after credentials have been renewed.
    case unauthorized(ServerStatus)
    /// 403: we may not. More rights are needed; trying again is of no use.
    case forbidden(ServerStatus)
    /// 404: there is no such object, or no such resource.
    case notFound(ServerStatus)
    /// 409 with reason `AlreadyExists`: an object of that name is there.
    case alreadyExists(ServerStatus)
    /// 409: the object has changed since it was read, or another field manager owns a field. Read again and decide again.
    case conflict(ServerStatus)
    /// 410: the version or the continuation is too old. List again.
    case gone(ServerStatus)
    /// 422: the object is not valid; see the causes.
    case invalid(ServerStatus)
    /// 429: there is too much to do. `retryAfter` says when to come again.
    case throttled(ServerStatus)
    /// 504, or 500 with reason `ServerTimeout`: it was not done in time; whether it will be is not known.
    case serverTimeout(ServerStatus)
    /// 503 and other 5xx: the server cannot now.
    case unavailable(ServerStatus)
    /// Any other status.
    case other(ServerStatus)
    /// No connection, or nothing to show; nothing was asked.
    case access(AccessError)
    /// The connection failed after the request went out. Whether it was carried out is not known.
    case interrupted(TransportError)
    /// What the server said is not what the API says. The text names the rule, never the bytes.
    case malformed(String)
}

extension APIError {
    /// Sorts a refusal.
    init(_ status: ServerStatus) {
        self =
            switch status.code {
            case 400: .badRequest(status)
            case 401: .unauthorized(status)
            case 403: .forbidden(status)
            case 404: .notFound(status)
            case 409: status.reason == "AlreadyExists" ? .alreadyExists(status) : .conflict(status)
            case 410: .gone(status)
            case 422: .invalid(status)
            case 429: .throttled(status)
            case 504: .serverTimeout(status)
            case 500 where status.reason == "ServerTimeout" || status.reason == "Timeout": .serverTimeout(status)
            case 500...599: .unavailable(status)
            default: .other(status)
            }
    }

    /// What the server answered; nil if it did not.
    public var status: ServerStatus? {
        switch self {
        case .badRequest(let status), .unauthorized(let status), .forbidden(let status), .notFound(let status),
            .alreadyExists(let status), .conflict(let status), .gone(let status), .invalid(let status),
            .throttled(let status), .serverTimeout(let status), .unavailable(let status), .other(let status):
            status
        case .access, .interrupted, .malformed: nil
        }
    }

    /// How long the server asks us to wait; nil if it does not.
    public var retryAfter: Duration? { status?.retryAfter }

    /// Whether the task was cancelled: no failure of the server's.
    public var isCancelled: Bool {
        self == .interrupted(.cancelled) || self == .access(.transport(.cancelled))
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var isTransient: Bool {
        switch self {
        case .throttled, .serverTimeout, .unavailable, .access, .interrupted, .conflict: true
        case .unauthorized: true  // credentials rotate
        case .badRequest, .forbidden, .notFound, .alreadyExists, .gone, .invalid, .other, .malformed: false
        }
    }

    /// A short name out of a closed set, fit for metric labels and tests.
    public var code: String {
        switch self {
        case .badRequest: "bad-request"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not-found"
        case .alreadyExists: "already-exists"
        case .conflict: "conflict"
        case .gone: "gone"
        case .invalid: "invalid"
        case .throttled: "throttled"
        case .serverTimeout: "server-timeout"
        case .unavailable: "unavailable"
        case .other: "other"
        case .access: "access"
        case .interrupted: "interrupted"
        case .malformed: "malformed"
        }
    }
}

extension APIError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .access(let error): "the API server cannot be reached: \(error)"
        case .interrupted(let error): "the API server did not answer: \(error)"
        case .malformed(let rule): "the API server's answer is not understood: \(rule)"
        default: status.map { "\($0.message) (\($0.code)\($0.reason.isEmpty ? "" : " \($0.reason)"))" } ?? code
        }
    }
}

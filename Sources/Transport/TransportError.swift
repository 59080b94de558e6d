import Glibc

/// Why a socket, a TLS session or a file that they need could not do what it was asked for.
public enum TransportError: Error, Sendable, Hashable {
    /// A system call failed. The caller can look at `errno`, and at nothing else.
    case system(call: String, errno: CInt)
    /// The TLS library refused: the peer's certificate, its protocol version, its bytes.
    case tls(reason: String)
    /// The peer ended a TLS session without saying so; what arrived before may be incomplete.
    case truncated
    /// The deadline passed first.
    case timedOut
    /// The task was cancelled, or the stream was interrupted or closed under the operation.
    case cancelled
    /// Text that should be an address and port is not.
    case invalidAddress(String)
    /// A host name has no address. The reason is the resolver's own.
    case unresolvable(host: String, reason: String)
    /// A certificate, a key or the pair of them cannot be used. The text says which and why.
    case unusableCertificate(String)
}

extension TransportError {
    /// A short name out of a closed set, fit for metric labels and tests.
    public var code: String {
        switch self {
        case .system: "system"
        case .tls: "tls"
        case .truncated: "truncated"
        case .timedOut: "timed-out"
        case .cancelled: "cancelled"
        case .invalidAddress: "invalid-address"
        case .unresolvable: "unresolvable"
        case .unusableCertificate: "unusable-certificate"
        }
    }

    /// Whether the peer simply went away, which is no fault of anybody here.
    public var isPeerGone: Bool {
        switch self {
        case .truncated: true
        case .system(_, let errno): errno == ECONNRESET || errno == EPIPE || errno == ENOTCONN
        default: false
        }
    }

    /// The error of a system call that has just failed, from `errno`.
    static func system(_ call: StaticString) -> TransportError {
        .system(call: call.description, errno: errno)
    }
}

extension TransportError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .system(let call, let code):
            let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            return "\(call): \(reason)"
        case .tls(let reason): return "TLS: \(reason)"
        case .truncated: return "the peer ended the TLS session without a closing alert"
        case .timedOut: return "the time allowed has passed"
        case .cancelled: return "the operation was cancelled"
        case .invalidAddress(let text):
            return "\"\(text)\" is no address: write 192.0.2.1:443, [2001:db8::1]:443 or :443"
        case .unresolvable(let host, let reason): return "the name \"\(host)\" cannot be resolved: \(reason)"
        case .unusableCertificate(let reason): return reason
        }
    }
}

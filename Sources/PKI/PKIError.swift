internal import COpenSSL

/// Why a key or a certificate could not be made or read.
public enum PKIError: Error, Sendable, Hashable {
    /// The text holds no such PEM block, or a damaged one.
    case unreadable(what: String, reason: String)
    /// A name is neither a DNS name nor an IP address.
    case invalidName(String)
    /// A certificate was to outlive its authority, which has expired or is about to.
    case authorityExpired
    /// The library refused; the call and its reason.
    case library(call: String, reason: String)
}

extension PKIError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .unreadable(let what, let reason): "the \(what) cannot be read as PEM: \(reason)"
        case .invalidName(let name): "\"\(name)\" is neither a DNS name nor an IP address"
        case .authorityExpired: "the authority's certificate has expired: make a new authority first"
        case .library(let call, let reason): "\(call): \(reason)"
        }
    }
}

extension PKIError {
    /// Empties the library's error queue into an error.
    static func takeLast(_ call: String) -> PKIError {
        .library(call: call, reason: takeReason())
    }

    static func takeReason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return "unknown error" }
        return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// Fails unless a call returned 1 or more.
    static func check(_ result: CInt, _ call: String) throws(PKIError) {
        if result <= 0 { throw takeLast(call) }
    }
}

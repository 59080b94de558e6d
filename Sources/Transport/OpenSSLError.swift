internal import COpenSSL

extension TransportError {
    /// Empties the thread's error queue into an error. The first entry is the cause; later ones are those who passed it on.
    static func takeTLS(_ context: @autoclosure () -> String = "") -> TransportError {
        .tls(reason: takeReason(context()))
    }

    /// As ``takeTLS(_:)``, for certificates and keys.
    static func takeUnusableCertificate(_ problem: String) -> TransportError {
        .unusableCertificate(takeReason(problem))
    }

    private static func takeReason(_ context: String) -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return context.isEmpty ? "unknown error" : context }
        let reason = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return context.isEmpty ? reason : "\(context): \(reason)"
    }
}

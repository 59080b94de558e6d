import Synchronization

/// Keeps a server's TLS context in step with a certificate that somebody in this process holds; ``CertificateSource`` does
/// it for files.
public final class HeldCertificate: Sendable {
    /// Where servers find the context. It has none until a certificate is shown for the first time.
    public let contexts = TLSContextSource()

    private let clientVerification: TLSConfiguration.ClientVerification
    private let shown = Mutex<TLSIdentity?>(nil)

    /// Begins without a certificate.
    ///
    /// - Parameter clientVerification: what clients must show.
    public init(clientVerification: TLSConfiguration.ClientVerification = .none) {
        self.clientVerification = clientVerification
    }

    /// When the certificate that is shown now stops being valid, in seconds since 1970; nil while none is.
    public var notAfter: Int64? { contexts.current?.notAfter }

    /// Shows a certificate to new connections from now on. Connections that exist keep theirs.
    ///
    /// - Returns: false when it is shown already.
    /// - Throws: `unusableCertificate`; the old one stays then.
    public func show(_ identity: TLSIdentity) throws(TransportError) -> Bool {
        if shown.withLock({ $0 == identity }) { return false }
        contexts.current = try TLSContext(
            TLSConfiguration(identity: identity, clientVerification: clientVerification)
        )
        shown.withLock { $0 = identity }
        return true
    }
}

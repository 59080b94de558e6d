public import PKI

/// Which certificate a replica shows. Every replica decides for itself, leader or not.
public enum ServingChoice: Sendable {
    /// The one that the Secret holds.
    case show(Credential)
    /// The one that it shows already, or none.
    case keep

    /// Chooses.
    ///
    /// A replica that shows what the API server accepts goes over to another certificate only when the API server accepts
    /// that too, whatever the Secret says.
    ///
    /// - Parameters:
    ///   - shown: what the replica shows now; nil for nothing yet.
    ///   - state: what the Secret holds; nil when there is none.
    ///   - configurations: the webhook configurations that exist.
    ///   - now: this moment, in seconds since 1970.
    public init(
        shown: Certificate?,
        state: CertificateState?,
        configurations: [WebhookBundles],
        now: Int64
    ) {
        guard let candidate = state?.usableServing(at: now), candidate.certificate != shown else {
            self = .keep
            return
        }
        if let shown, Self.isAccepted(shown, by: configurations, at: now),
            !Self.isAccepted(candidate.certificate, by: configurations, at: now)
        {
            self = .keep
        } else {
            self = .show(candidate)
        }
    }

    /// Whether API servers accept a certificate: it is valid, and every webhook trusts its authority.
    public static func isAccepted(
        _ certificate: Certificate,
        by configurations: [WebhookBundles],
        at now: Int64
    ) -> Bool {
        certificate.isValid(at: now) && configurations.allSatisfy { $0.accept(certificate) }
    }
}

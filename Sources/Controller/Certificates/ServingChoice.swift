public import PKI

/// Which certificate a replica shows. Every replica decides for itself, leader or not.
public enum ServingChoice: Sendable {
    /// The one that the Secret holds.
    case show(Credential)
    /// The one that it shows already, or none.
    case keep

    /// Chooses.
    ///
    /// A replica goes over to another certificate only when no webhook is the worse for it: each one that accepts what is
    /// shown must accept the other too, whatever the Secret says. It is asked of each by itself, because one whose bundle
    /// somebody cleared accepts nothing, and must not decide for those that still accept what is shown.
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
        let isUseful = shown?.isValid(at: now) == true
        let losesSomebody = configurations.flatMap(\.authorities).contains { trusted in
            guard isUseful, let shown, trusted.contains(where: { shown.isSigned(by: $0) }) else { return false }
            return !trusted.contains { candidate.certificate.isSigned(by: $0) }
        }
        self = losesSomebody ? .keep : .show(candidate)
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

public import PKI

/// Authorities and serving certificate as one Secret holds them: everything that a replica needs to go on with a rotation
/// that another one has begun.
public struct CertificateState: Sendable {
    /// A certificate and its key, where the Secret has one that fits.
    public struct Holder: Sendable {
        /// The certificate.
        public var certificate: Certificate
        /// Its key; nil where there is none, or one of another certificate.
        public var key: PrivateKey?

        /// Puts the two together.
        public init(certificate: Certificate, key: PrivateKey?) {
            self.certificate = certificate
            self.key = key
        }

        /// Makes one of a credential.
        public init(_ credential: Credential) {
            self.init(certificate: credential.certificate, key: credential.key)
        }

        /// Both, where there are both.
        public var credential: Credential? {
            key.map { Credential(certificate: certificate, key: $0) }
        }

        /// Whether it can sign at a moment.
        func canSign(at now: Int64) -> Bool {
            key != nil && certificate.isAuthority && certificate.isValid(at: now)
        }
    }

    /// The authority that signs serving certificates.
    public var authority: Holder?
    /// The authority that will, once every caBundle has it.
    public var next: Holder?
    /// Authorities that do not sign any more, and whose certificates may still be shown.
    public var previous: [Certificate]
    /// What the webhooks show.
    public var serving: Holder?
    /// Since when ``next`` has been seen in every caBundle; nil until it has. Seconds since 1970.
    public var published: Int64?
    /// When ``authority`` took over from ``previous``. Seconds since 1970.
    public var promoted: Int64?

    /// Makes a state from its parts.
    public init(
        authority: Holder? = nil,
        next: Holder? = nil,
        previous: [Certificate] = [],
        serving: Holder? = nil,
        published: Int64? = nil,
        promoted: Int64? = nil
    ) {
        self.authority = authority
        self.next = next
        self.previous = previous
        self.serving = serving
        self.published = published
        self.promoted = promoted
    }

    /// The authorities that every caBundle is to have, without repetitions.
    public var bundle: [Certificate] {
        var bundle: [Certificate] = []
        let all = [authority?.certificate, next?.certificate].compactMap { $0 } + previous
        for certificate in all where !bundle.contains(certificate) { bundle.append(certificate) }
        return bundle
    }

    /// What can be shown at a moment: a certificate with its key, valid, and signed by an authority of the bundle.
    public func usableServing(at now: Int64) -> Credential? {
        guard let credential = serving?.credential, credential.certificate.isValid(at: now),
            bundle.contains(where: { credential.certificate.isSigned(by: $0) })
        else { return nil }
        return credential
    }
}

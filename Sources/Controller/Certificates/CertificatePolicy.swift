public import PKI

/// What the operator's own certificates are to be like. All times are seconds.
public struct CertificatePolicy: Sendable, Hashable {
    /// What the API server calls the webhooks' Service; at least one name.
    public var names: [SubjectName]
    /// How long an authority is valid.
    public var authorityLifetime: Int64
    /// How long a serving certificate is valid.
    public var servingLifetime: Int64
    /// How long a new authority is in every caBundle before it signs: API servers read their webhook configurations from
    /// caches.
    public var propagation: Int64
    /// How long an old authority stays in the caBundles after its successor has taken over. A replica that has not read
    /// the Secret for so long shows a certificate that nobody trusts any more.
    public var overlap: Int64

    /// Makes a policy. The defaults: authorities of five years, serving certificates of 90 days, and a rotation that waits
    /// a minute before, and an hour after, the new authority takes over.
    public init(
        names: [SubjectName],
        authorityLifetime: Int64 = 5 * 365 * 86_400,
        servingLifetime: Int64 = 90 * 86_400,
        propagation: Int64 = 60,
        overlap: Int64 = 3_600
    ) {
        self.names = names
        self.authorityLifetime = authorityLifetime
        self.servingLifetime = servingLifetime
        self.propagation = propagation
        self.overlap = overlap
    }

    /// The names of a Service within the cluster.
    ///
    /// - Throws: `invalidName`.
    public static func names(
        service: String,
        namespace: String,
        clusterDomain: String = "cluster.local"
    ) throws(PKIError) -> [SubjectName] {
        let name = "\(service).\(namespace).svc"
        return [try SubjectName(name), try SubjectName("\(name).\(clusterDomain)")]
    }

    /// When a certificate is due for renewal: at two thirds of its life.
    func renewal(of certificate: Certificate) -> Int64 {
        let life = max(0, certificate.notAfter.subtractingReportingOverflow(certificate.notBefore).partialValue)
        return certificate.notBefore + life / 3 * 2
    }
}

internal import COpenSSL

/// A certificate together with its private key.
public struct Credential: Sendable {
    /// What is shown.
    public let certificate: Certificate
    /// What proves it.
    public let key: PrivateKey

    /// Puts a certificate and its key together. Whether they fit is said by ``PrivateKey/matches(_:)``.
    public init(certificate: Certificate, key: PrivateKey) {
        self.certificate = certificate
        self.key = key
    }
}

/// Signs certificates for servers and clients.
///
/// All keys are of the curve P-256, all serial numbers random. Certificates begin an hour before they are made, for
/// machines whose clocks are behind, and none outlives the authority's own.
public struct CertificateAuthority: Sendable {
    /// The authority's own certificate and key.
    public let credential: Credential

    /// How far back validity begins, in seconds.
    private static let backdating: Int64 = 3_600

    /// Takes up an authority that exists.
    public init(_ credential: Credential) {
        self.credential = credential
    }

    /// Makes a new authority with a certificate that it signs itself.
    ///
    /// - Parameters:
    ///   - commonName: what people read; it should be different for each authority.
    ///   - lifetime: how long the certificate is valid from now on.
    ///   - now: this moment, in seconds since 1970.
    public init(commonName: String, lifetime: Duration, now: Int64) throws(PKIError) {
        let key = try PrivateKey.generate()
        let draft = try CertificateDraft(
            commonName: commonName,
            from: now - Self.backdating,
            to: now + lifetime.components.seconds,
            key: key
        )
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.add(NID_subject_key_identifier, "hash")
        credential = Credential(certificate: try draft.sign(by: nil, key), key: key)
    }

    /// The authority's certificate.
    public var certificate: Certificate { credential.certificate }

    /// Makes a key and a certificate for a server.
    ///
    /// - Parameters:
    ///   - names: what clients call the server; at least one.
    ///   - lifetime: how long the certificate is valid from now on; it ends with the authority's at the latest.
    ///   - now: this moment, in seconds since 1970.
    /// - Throws: `authorityExpired`, `invalidName`, `library`.
    public func issueServer(
        names: [SubjectName],
        lifetime: Duration,
        now: Int64
    ) throws(PKIError) -> Credential {
        guard let first = names.first else { throw .invalidName("") }
        var configured: [String] = []
        for name in names { configured.append(try name.configuration()) }
        // A common name is at most 64 characters (RFC 5280, appendix A.1); clients look at the names below only.
        let commonName = first.description.utf8.count <= 64 ? first.description : "server"
        return try issue(commonName: commonName, organizations: [], lifetime, now) { draft throws(PKIError) in
            try draft.add(NID_ext_key_usage, "serverAuth")
            try draft.add(NID_subject_alt_name, configured.joined(separator: ","))
        }
    }

    /// Makes a key and a certificate for a client. Kubernetes reads the common name as the user and the organizations as
    /// groups.
    ///
    /// - Throws: `authorityExpired`, `library`.
    public func issueClient(
        commonName: String,
        organizations: [String] = [],
        lifetime: Duration,
        now: Int64
    ) throws(PKIError) -> Credential {
        try issue(commonName: commonName, organizations: organizations, lifetime, now) { draft throws(PKIError) in
            try draft.add(NID_ext_key_usage, "clientAuth")
        }
    }

    private func issue(
        commonName: String,
        organizations: [String],
        _ lifetime: Duration,
        _ now: Int64,
        _ extend: (CertificateDraft) throws(PKIError) -> Void
    ) throws(PKIError) -> Credential {
        let end = min(now + lifetime.components.seconds, certificate.notAfter)
        guard end > now else { throw .authorityExpired }
        let start = max(now - Self.backdating, certificate.notBefore)
        let key = try PrivateKey.generate()
        let draft = try CertificateDraft(
            commonName: commonName,
            organizations: organizations,
            from: start,
            to: end,
            key: key
        )
        try draft.add(NID_basic_constraints, "critical,CA:FALSE")
        try draft.add(NID_key_usage, "critical,digitalSignature")
        try draft.add(NID_subject_key_identifier, "hash")
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        try extend(draft)
        return Credential(certificate: try draft.sign(by: certificate, credential.key), key: key)
    }
}

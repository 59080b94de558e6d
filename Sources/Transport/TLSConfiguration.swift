/// A private key and the certificates that prove it, as PEM text.
public struct TLSIdentity: Sendable, Hashable {
    /// The certificate of the key first, then those of the authorities that link it to a root that peers know.
    public var certificateChain: [UInt8]
    /// The private key, unencrypted.
    public var privateKey: [UInt8]

    /// Makes an identity from PEM text. Whether the two fit is found out by ``TLSContext``.
    public init(certificateChain: [UInt8], privateKey: [UInt8]) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// Protocol versions that can be asked for. Older ones than 1.2 cannot.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
    /// RFC 5246
    case v1_2 = "TLSv1.2"
    /// RFC 8446
    case v1_3 = "TLSv1.3"
}

/// How the server side of TLS behaves.
public struct TLSConfiguration: Sendable, Hashable {
    /// What a server does about client certificates.
    public enum ClientVerification: Sendable, Hashable {
        /// Never asks for one.
        case none
        /// Asks; a client may come without, but not with one that the authorities (PEM) did not sign.
        case optional(authorities: [UInt8])
        /// Refuses a client without a certificate that the authorities (PEM) signed.
        case required(authorities: [UInt8])
    }

    /// What the server shows.
    public var identity: TLSIdentity
    /// What clients must show.
    public var clientVerification: ClientVerification
    /// The oldest version that is spoken.
    public var minimumVersion: TLSVersion
    /// The newest version that is spoken.
    public var maximumVersion: TLSVersion

    /// Makes a configuration; the defaults are right for a webhook server.
    public init(
        identity: TLSIdentity,
        clientVerification: ClientVerification = .none,
        minimumVersion: TLSVersion = .v1_2,
        maximumVersion: TLSVersion = .v1_3
    ) {
        self.identity = identity
        self.clientVerification = clientVerification
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
    }
}

/// How the client side of TLS behaves. The server's certificate and name are verified unless that is turned off.
public struct TLSClientConfiguration: Sendable, Hashable {
    /// The authorities (PEM) that a server's certificate must come from; nil for those that the system trusts.
    public var trustedCertificates: [UInt8]?
    /// Whether the server must prove who it is. Whoever turns it off talks to anybody.
    public var verifiesServer: Bool
    /// What the client shows when asked.
    public var identity: TLSIdentity?
    /// The protocols to offer, in order (RFC 7301).
    public var applicationProtocols: [String]
    /// The oldest version that is spoken.
    public var minimumVersion: TLSVersion
    /// The newest version that is spoken.
    public var maximumVersion: TLSVersion

    /// Makes a configuration.
    public init(
        trustedCertificates: [UInt8]? = nil,
        verifiesServer: Bool = true,
        identity: TLSIdentity? = nil,
        applicationProtocols: [String] = ["http/1.1"],
        minimumVersion: TLSVersion = .v1_2,
        maximumVersion: TLSVersion = .v1_3
    ) {
        self.trustedCertificates = trustedCertificates
        self.verifiesServer = verifiesServer
        self.identity = identity
        self.applicationProtocols = applicationProtocols
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
    }
}

/// What the two sides of a connection agreed on.
public struct TLSConnectionInfo: Sendable, Hashable {
    /// `TLSv1.2` or `TLSv1.3`.
    public let version: String
    /// The cipher suite, by OpenSSL's name.
    public let cipherSuite: String
    /// The application protocol (RFC 7301), if one was negotiated.
    public let applicationProtocol: String?
    /// The common name in the certificate that the peer showed, which has been verified; nil where it showed none.
    public let peerCommonName: String?
}

/// Where an API server is, how it proves who it is, and how we do.
///
/// It comes from a kubeconfig (``KubeConfig``), from the pod's service account (``inCluster(from:environment:)``), or out
/// of a test's hands. Files are named, not read: ``ClusterConnector`` reads them as often as they may have changed.
public struct ClusterConfiguration: Sendable, Hashable {
    /// Bytes that stand in the configuration, or in a file that somebody may renew.
    public enum Material: Sendable, Hashable {
        /// The bytes themselves.
        case inline(Secret<[UInt8]>)
        /// The path of a file, absolute or relative to the working directory.
        case file(String)
    }

    /// Whom we take for the API server.
    public enum Trust: Sendable, Hashable {
        /// A server with a certificate from an authority that the system trusts.
        case system
        /// A server with a certificate from one of these (PEM).
        case authorities(Material)
        /// Anybody (`insecure-skip-tls-verify`).
        case anybody
    }

    /// A client certificate with its key, PEM.
    public struct ClientCertificate: Sendable, Hashable {
        /// The certificate, followed by those that lead to its authority.
        public var chain: Material
        /// The private key, unencrypted.
        public var key: Material

        /// Names the two.
        public init(chain: Material, key: Material) {
            self.chain = chain
            self.key = key
        }
    }

    /// What a request says about who sent it, apart from a client certificate.
    public enum Authorization: Sendable, Hashable {
        /// Nothing.
        case none
        /// A bearer token that stands in the configuration.
        case token(Secret<String>)
        /// A bearer token in a file that is renewed by somebody else; `fallback` is used as long as it cannot be read.
        case tokenFile(String, fallback: Secret<String>?)
        /// User and password (RFC 7617).
        case basic(user: String, password: Secret<String>)
        /// Whatever a program says: a token, a client certificate, or both.
        case plugin(ExecPlugin)
    }

    /// The API server's address.
    public var server: ServerURL
    /// Whom we take for the API server.
    public var trust: Trust
    /// The name that the server's certificate must carry, where that is not the host of ``server`` (`tls-server-name`).
    public var serverName: String?
    /// The certificate that we show.
    public var clientCertificate: ClientCertificate?
    /// What requests say about who sent them.
    public var authorization: Authorization
    /// The namespace to work in unless told otherwise.
    public var namespace: String
    /// Where the configuration comes from, for messages: `context "x" of /home/me/.kube/config`.
    public var origin: String

    /// Puts a configuration together.
    public init(
        server: ServerURL,
        trust: Trust = .system,
        serverName: String? = nil,
        clientCertificate: ClientCertificate? = nil,
        authorization: Authorization = .none,
        namespace: String = "default",
        origin: String = "the program"
    ) {
        self.server = server
        self.trust = trust
        self.serverName = serverName
        self.clientCertificate = clientCertificate
        self.authorization = authorization
        self.namespace = namespace
        self.origin = origin
    }
}

internal import COpenSSL
import Synchronization

/// Everything that TLS connections of one kind share: certificates, trust, versions. Immutable; contexts are replaced,
/// not changed, and connections keep the one that they began with.
@safe
public final class TLSContext: Sendable {
    // SAFETY: SSL_CTX is reference counted with atomics, and after init it is only read: SSL_new from any thread is safe.
    nonisolated(unsafe) let pointer: OpaquePointer
    /// When the shown certificate stops being valid, in seconds since 1970; nil for a client without one.
    public let notAfter: Int64?
    /// Whether connections know who the peer is.
    let identifiesPeer: Bool
    /// For clients: whether the context offers application protocols.
    let applicationProtocols: [UInt8]

    /// A context for servers.
    ///
    /// - Throws: `unusableCertificate` when a certificate or key cannot be read, or they do not fit together.
    public init(_ configuration: TLSConfiguration) throws(TransportError) {
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else { throw .takeTLS("SSL_CTX_new") }
        unsafe self.pointer = pointer
        applicationProtocols = []
        identifiesPeer = configuration.clientVerification != .none
        let setUp = unsafe ContextSetUp(pointer)
        let expiry: Int64?
        do {
            try setUp.common(from: configuration.minimumVersion, to: configuration.maximumVersion)
            expiry = try setUp.show(configuration.identity)
            setUp.server()
            switch configuration.clientVerification {
            case .none: break
            case .optional(let authorities): try setUp.verifyClients(authorities, isRequired: false)
            case .required(let authorities): try setUp.verifyClients(authorities, isRequired: true)
            }
        } catch {
            unsafe SSL_CTX_free(pointer)
            throw error
        }
        // Last: once every property is set, a throw runs deinit, which frees the pointer as well.
        notAfter = expiry
    }

    /// A context for clients. It verifies the server's certificate, and each session the server's name.
    ///
    /// - Throws: `unusableCertificate` when a certificate or key cannot be read, or they do not fit together.
    public init(_ configuration: TLSClientConfiguration) throws(TransportError) {
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(TLS_client_method()) else { throw .takeTLS("SSL_CTX_new") }
        unsafe self.pointer = pointer
        applicationProtocols = configuration.applicationProtocols.flatMap { name in
            let bytes = Array(name.utf8.prefix(255))
            return [UInt8(truncatingIfNeeded: bytes.count)] + bytes
        }
        identifiesPeer = true
        let setUp = unsafe ContextSetUp(pointer)
        let expiry: Int64?
        do {
            try setUp.common(from: configuration.minimumVersion, to: configuration.maximumVersion)
            expiry = if let identity = configuration.identity { try setUp.show(identity) } else { nil }
            if configuration.verifiesServer {
                try setUp.verifyServers(configuration.trustedCertificates)
            } else {
                setUp.verifyNobody()
            }
        } catch {
            unsafe SSL_CTX_free(pointer)
            throw error
        }
        // Last: once every property is set, a throw runs deinit, which frees the pointer as well.
        notAfter = expiry
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }
}

/// Where a server finds the context for its next handshake.
public final class TLSContextSource: Sendable {
    private let context: Mutex<TLSContext?>

    /// Begins with a context, or with none yet: a server without one refuses every handshake.
    public init(_ context: TLSContext? = nil) {
        self.context = Mutex(context)
    }

    /// The context for new handshakes. Setting it leaves the connections that exist alone.
    public var current: TLSContext? {
        get { context.withLock { $0 } }
        set { context.withLock { $0 = newValue } }
    }
}

public import Logging
public import Transport

/// Opens connections to one API server, and says who we are. Belongs to its loop's thread.
///
/// Everything that speaks to the API server goes through it, requests and WebSockets alike, so that files that rotate and
/// credentials that expire are handled in one place.
///
/// ```swift
/// let (stream, generation) = try await connector.connect(until: deadline)
/// let authorization = try await connector.authorization(until: deadline)
/// // request line: connector.target("/api/v1/…"); fields: Host: connector.host, Authorization: authorization
/// // after a 401: connector.refused(authorization)
/// ```
public final class ClusterConnector {
    /// A connection to the API server, TLS included.
    public struct Connection {
        /// The connection.
        public let stream: TCPStream
        /// What was shown and trusted when it was made: a connection whose number is not ``ClusterConnector/generation``
        /// any more should serve no further request.
        public let generation: UInt64
    }

    /// Where, and as whom.
    public let configuration: ClusterConfiguration
    /// The loop to which everything belongs.
    public let loop: EventLoop

    /// How long a connection may be silent before the kernel asks whether the server is still there.
    private static let silence: Duration = .seconds(15)

    private let credentials: CredentialSource
    private let logger: Logger
    private var trust: WatchedMaterial?
    private var context: (context: TLSContext, identity: TLSIdentity?, trust: [UInt8]?)?

    /// Counts the changes of certificates and authorities.
    public private(set) var generation: UInt64 = 0

    /// Makes a connector on the loop on whose thread this is called. Nothing is read or opened yet.
    public init(_ configuration: ClusterConfiguration, on loop: EventLoop, logger: Logger) {
        loop.preconditionOnLoop("a cluster connector")
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        credentials = CredentialSource(configuration, on: loop, logger: logger)
        if case .authorities(let material) = configuration.trust {
            trust = WatchedMaterial(material, what: "certificate-authority", logger: logger)
        }
    }

    /// The value of `Host`.
    public var host: String { configuration.server.authority }

    /// The target of a request for a path (`/api/v1/…`, query included): with the prefix of the server's URL.
    public func target(_ path: String) -> String {
        configuration.server.pathPrefix + path
    }

    /// The value of `Authorization`; nil when requests say nothing (a client certificate says it all).
    ///
    /// - Throws: `unusable` for a token file, `plugin` for a credential plugin.
    public func authorization(until deadline: Deadline) async throws(AccessError) -> String? {
        try await credentials.current(until: deadline).authorization?.revealed
    }

    /// Takes note that the server answered 401: what was shown is not shown again, unless there is nothing else.
    public func refused(_ authorization: String?) {
        credentials.refused(authorization.map { Secret($0) })
    }

    /// Connects to the first address of the server that answers.
    ///
    /// - Throws: `transport` with what the last address said; `unusable` for files, `plugin` for a credential plugin.
    public func connect(until deadline: Deadline) async throws(AccessError) -> Connection {
        let tls = configuration.server.usesTLS ? try await tlsContext(until: deadline) : nil
        let generation = generation
        do throws(TransportError) {
            let addresses = try await Resolver.resolve(
                host: configuration.server.host,
                port: configuration.server.port
            )
            return Connection(stream: try await connect(to: addresses, tls, until: deadline), generation: generation)
        } catch {
            throw .transport(error)
        }
    }

    private func connect(
        to addresses: [SocketAddress],
        _ tls: TLSContext?,
        until deadline: Deadline
    ) async throws(TransportError) -> TCPStream {
        var failure = TransportError.timedOut
        for (index, address) in addresses.enumerated() {
            // Every address gets its share of the time, so that one that swallows packets does not take all of it.
            let share = Deadline.now.duration(to: deadline) / (addresses.count - index)
            let limit = deadline == .never ? .never : min(deadline, .after(share))
            do throws(TransportError) {
                let stream = try await TCPStream.connect(to: address, on: loop, until: limit)
                // A watch may be silent for minutes, and must not wait for a server that is gone.
                try stream.keepAlive(idle: Self.silence)
                if let tls {
                    let name = configuration.serverName ?? configuration.server.host
                    try await stream.connectTLS(tls, serverName: name, until: deadline)
                }
                return stream
            } catch {
                failure = error
                if error == .cancelled || Task.isCancelled { throw .cancelled }
                // A server that answered and does not satisfy us will not do so at another address either.
                if case .tls = error { throw error }
            }
        }
        throw failure
    }

    /// The context for new connections; a new one when what it is made of has changed.
    private func tlsContext(until deadline: Deadline) async throws(AccessError) -> TLSContext {
        let identity = try await credentials.current(until: deadline).identity
        let authorities = try trust?.read()
        if let context, context.identity == identity, context.trust == authorities { return context.context }
        var tls = TLSClientConfiguration(trustedCertificates: authorities, identity: identity)
        if configuration.trust == .anybody { tls.verifiesServer = false }
        do throws(TransportError) {
            let fresh = try TLSContext(tls)
            if context != nil { logger.info("certificates of the API client have been renewed") }
            context = (fresh, identity, authorities)
            generation &+= 1
            return fresh
        } catch {
            // Half of a rotation may be on disk: what worked goes on to work until the rest is there.
            if let context {
                logger.warning("new certificates cannot be used", metadata: ["reason": "\(error)"])
                return context.context
            }
            throw .unusable(what: configuration.origin, reason: "\(error)")
        }
    }
}

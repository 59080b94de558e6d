public import Transport

/// Where a server listens, and every bound that it keeps.
public struct ServerConfiguration: Sendable {
    /// The server's name in logs and metrics.
    public var name: String
    /// Where to listen; port 0 takes a free one.
    public var address: SocketAddress
    /// How large requests may be.
    public var limits = HTTPLimits()

    // MARK: Connections

    /// Connections that are served at once. When there are so many, a further one takes the place of one that does not use
    /// its own (one that is silent, that has been sending for long, or that rests).
    public var maximumConnections = 1024
    /// How long a request may have been coming in before its connection may lose its place, or its memory, to another.
    public var receivingGrace: Duration = .seconds(1)
    /// How long a connection that has been answered before may rest before it may lose its place.
    public var restingGrace: Duration = .seconds(5)
    /// The bytes of request bodies that all connections may hold together; the first 16 KiB of each do not count, so that
    /// ordinary requests always pass. Beyond, the body that has been coming in for the longest gives way; where all are
    /// new, the one that does not fit is answered 503 with `Retry-After`.
    public var maximumHeldBytes = 32 * 1024 * 1024
    /// Where nobody gives place, further connections that are answered 503 with `Retry-After`; those beyond are closed without an answer.
    public var maximumRefusals = 64
    /// The value of `Retry-After`, in whole seconds.
    public var retryAfter: Duration = .seconds(1)
    /// Requests after which a connection is closed, give or take ``jitter``.
    public var maximumRequestsPerConnection = 10_000
    /// The age at which a connection is closed after its next response, give or take ``jitter``: so that a new certificate
    /// and a new replica come to be used.
    public var maximumConnectionAge: Duration = .seconds(600)
    /// The share by which connections differ in these two bounds, so that they do not all end together.
    public var jitter = 0.1
    /// How long accepting pauses when the process or the machine has no room for another connection.
    public var acceptPause: Duration = .milliseconds(100)

    // MARK: Time

    /// From accepting to the end of the TLS handshake; then ``idleTimeout`` counts. Without TLS, to the first byte of the
    /// first request, answered with 408.
    public var firstByteTimeout: Duration = .seconds(15)
    /// From the first byte of a request to the end of its header. Answered with 408.
    public var headTimeout: Duration = .seconds(15)
    /// From the end of the header to the end of the body. Answered with 408.
    public var bodyTimeout: Duration = .seconds(30)
    /// From the end of the body to the response. Answered with 503.
    public var requestTimeout: Duration = .seconds(30)
    /// For the client to take the response. The connection is closed.
    public var writeTimeout: Duration = .seconds(30)
    /// Before the first request over TLS, and between two; longer than the 90 seconds after which the API server's client lets go, so that it is the
    /// client that closes. The connection is closed without an answer.
    public var idleTimeout: Duration = .seconds(150)
    /// How long a client that is still sending may go on after an answer that ends the connection.
    public var lingerTimeout: Duration = .seconds(3)
    /// How many bytes of it are taken.
    public var lingerSize = 16 * 1024 * 1024

    // MARK: Draining

    /// How long new connections are still accepted after ``HTTPServer/drain()``: until everybody has heard that this
    /// server is going.
    public var drainDelay: Duration = .seconds(5)
    /// How long requests in flight may take after that.
    public var drainGrace: Duration = .seconds(20)

    /// A configuration with defaults that suit a webhook server.
    public init(address: SocketAddress, name: String = "http") {
        self.address = address
        self.name = name
    }
}

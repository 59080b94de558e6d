/// How an ``APIClient`` behaves towards the API server.
public struct ClientConfiguration: Sendable, Hashable {
    /// The value of `User-Agent`.
    public var userAgent: String
    /// Under which name fields are owned that this client writes (`fieldManager`).
    public var fieldManager: String
    /// Requests a second, in the long run.
    public var rate: Double
    /// Requests at once.
    public var burst: Int
    /// Connections for requests. Watches have one each, besides.
    public var maximumConnections: Int
    /// How long one request may take, its tries and waiting times included.
    public var requestTimeout: Duration
    /// How long an idle connection is taken for usable.
    public var idleTimeout: Duration
    /// The longest answer, in bytes.
    public var answerLimit: Int
    /// How often the server's "come again in …" is followed before it is handed on.
    public var maximumThrottles: Int
    /// The longest time that the server can make a request wait.
    public var maximumRetryAfter: Duration

    /// A configuration whose defaults suit an operator.
    public init(
        userAgent: String = "vernemq-operator",
        fieldManager: String = "vernemq-operator",
        rate: Double = 50,
        burst: Int = 100,
        maximumConnections: Int = 8,
        requestTimeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(60),
        answerLimit: Int = 64 * 1024 * 1024,
        maximumThrottles: Int = 5,
        maximumRetryAfter: Duration = .seconds(30)
    ) {
        self.userAgent = userAgent
        self.fieldManager = fieldManager
        self.rate = rate
        self.burst = burst
        self.maximumConnections = maximumConnections
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
        self.answerLimit = answerLimit
        self.maximumThrottles = maximumThrottles
        self.maximumRetryAfter = maximumRetryAfter
    }
}

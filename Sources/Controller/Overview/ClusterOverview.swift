/// How one cluster stands at one moment, for people and programs: what its resource says, and what its brokers say.
public struct ClusterOverview: Sendable, Hashable {
    /// The namespace.
    public var namespace: String
    /// The name of the StatefulSet.
    public var statefulSet: String
    /// The name of the `VerneMQ` resource that it belongs to; nil where there is none.
    public var resource: String?
    /// How many brokers are wanted.
    public var replicas: Int
    /// How many brokers are ready.
    public var ready: Int
    /// Whether the operator looks after the brokers' configuration.
    public var isConfigured: Bool
    /// The digest of the configuration that every broker should run; nil if it is not known.
    public var configurationDigest: String?
    /// The brokers, by ordinal.
    public var brokers: [BrokerOverview]
    /// What is not as it should be, the gravest first.
    public var remarks: [Remark]
    /// What could not be looked at, and what else is good to know, as clauses.
    public var notes: [String]

    /// Something that is not as it should be.
    public struct Remark: Sendable, Hashable {
        /// One word in camel case, as in a condition.
        public var reason: String
        /// What is the matter and what to do, as sentences.
        public var message: String

        /// A remark from its parts.
        public init(_ reason: String, _ message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// An overview from its parts.
    public init(
        namespace: String,
        statefulSet: String,
        resource: String? = nil,
        replicas: Int,
        ready: Int = 0,
        isConfigured: Bool = false,
        configurationDigest: String? = nil,
        brokers: [BrokerOverview] = [],
        remarks: [Remark] = [],
        notes: [String] = []
    ) {
        self.namespace = namespace
        self.statefulSet = statefulSet
        self.resource = resource
        self.replicas = replicas
        self.ready = ready
        self.isConfigured = isConfigured
        self.configurationDigest = configurationDigest
        self.brokers = brokers
        self.remarks = remarks
        self.notes = notes
    }
}

/// How one broker stands.
public struct BrokerOverview: Sendable, Hashable {
    /// The name of its pod.
    public var pod: String
    /// Its node name.
    public var node: String
    /// The Kubernetes node that its pod is on; nil before it is on one.
    public var host: String?
    /// Whether the pod is ready.
    public var isReady: Bool
    /// `Member`, `Alone`, `Outside` or `Unknown`, as in the status of a resource.
    public var membership: String
    /// Whom it sees, by node name, and whether it thinks that they run; nil if it does not tell.
    public var sees: [String: Bool]?
    /// How many members it sees; nil if it is not known.
    public var seesCount: Int?
    /// The pods of the brokers that list it; nil if none was asked.
    public var listedBy: [String]?
    /// How many brokers list it; nil if it is not known.
    public var listedByCount: Int?
    /// Its VerneMQ version.
    public var version: String?
    /// The digest of the configuration that it runs.
    public var configurationDigest: String?
    /// Whether it runs otherwise than is wanted; nil if it is not known.
    public var hasDrifted: Bool?
    /// In what, by names and never by values; nil if the broker was not asked.
    public var differences: [String]?
    /// Settings that take effect only when it restarts; nil if it is not known.
    public var restartRequired: [String]?
    /// Its listeners; nil if it does not tell.
    public var listeners: [BrokerListener]?
    /// The plugins that it shows; nil if it was not asked.
    public var plugins: [String]?
    /// What is wrong with it, as a clause.
    public var message: String?

    /// A broker of which nothing is known but its pod.
    public init(pod: String, node: String, isReady: Bool, membership: String = "Unknown") {
        self.pod = pod
        self.node = node
        self.isReady = isReady
        self.membership = membership
    }
}

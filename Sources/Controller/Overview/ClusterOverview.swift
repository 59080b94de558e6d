public import Document

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
    /// The brokers, by ordinal.
    public var brokers: [BrokerOverview]
    /// What is not as it should be, the gravest first.
    public var remarks: [Remark]
    /// What could not be looked at, as clauses.
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
        brokers: [BrokerOverview] = [],
        remarks: [Remark] = [],
        notes: [String] = []
    ) {
        self.namespace = namespace
        self.statefulSet = statefulSet
        self.resource = resource
        self.replicas = replicas
        self.brokers = brokers
        self.remarks = remarks
        self.notes = notes
    }

    /// How many brokers are ready.
    public var ready: Int { brokers.count { $0.isReady } }
}

/// How one broker stands.
public struct BrokerOverview: Sendable, Hashable {
    /// The name of its pod.
    public var pod: String
    /// Its node name.
    public var node: String
    /// Whether the pod is ready.
    public var isReady: Bool
    /// `Member`, `Alone`, `Outside` or `Unknown`, as in the status of a resource.
    public var membership: String
    /// Whom it sees, by node name, and whether it thinks that they run; nil if it does not tell.
    public var sees: [String: Bool]?
    /// The pods of the brokers that list it; nil if none was asked.
    public var listedBy: [String]?
    /// Its VerneMQ version.
    public var version: String?
    /// The digest of the configuration that it runs.
    public var configurationDigest: String?
    /// Whether that is another than most brokers run; nil if it is not known.
    public var hasDrifted: Bool?
    /// Settings that take effect only when it restarts; nil if it is not known.
    public var restartRequired: [String]?
    /// Its listeners; nil if it does not tell.
    public var listeners: [BrokerListener]?
    /// The plugins that are enabled; nil if it was not asked.
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

/// A listener as its broker tells it.
public struct BrokerListener: Sendable, Hashable {
    /// `mqtt`, `mqtts`, `http` and so on.
    public var type: String
    /// Its address and port.
    public var address: String
    /// `running`, `suspended` and so on.
    public var status: String

    /// A listener from its parts.
    public init(type: String, address: String, status: String) {
        self.type = type
        self.address = address
        self.status = status
    }

    /// The listeners in an answer to `GET /status.json`; nil if there is nothing of that kind in it. What an entry lacks is
    /// told as `?`.
    public static func read(_ answer: JSONValue, of node: String) -> [BrokerListener]? {
        answer[0]?[node]?["listeners"]?.arrayValue?.map { entry in
            func text(_ name: String) -> String {
                let value = entry[name]
                return value?.stringValue ?? value?.integerValue.map(String.init) ?? "?"
            }
            let host = text("ip").contains(":") ? "[\(text("ip"))]" : text("ip")
            return BrokerListener(type: text("type"), address: "\(host):\(text("port"))", status: text("status"))
        }
    }
}

extension ClusterOverview {
    /// The overview as one document. What is not known is absent.
    public var json: JSONValue {
        .object(members: [
            ("namespace", .string(namespace)),
            ("statefulSet", .string(statefulSet)),
            ("resource", resource.map(JSONValue.string)),
            ("replicas", .integer(Int64(replicas))),
            ("readyReplicas", .integer(Int64(ready))),
            ("brokers", .array(brokers.map(\.json))),
            (
                "remarks",
                .array(remarks.map { ["reason": .string($0.reason), "message": .string($0.message)] })
            ),
            ("notes", .array(notes.map(JSONValue.string))),
        ])
    }
}

extension BrokerOverview {
    fileprivate var json: JSONValue {
        let members = sees?.sorted { $0.key < $1.key }
            .map { name, isRunning -> JSONValue in ["node": .string(name), "running": .bool(isRunning)] }
        func strings(_ values: [String]?) -> JSONValue? { values.map { .array($0.map(JSONValue.string)) } }
        return .object(members: [
            ("pod", .string(pod)),
            ("node", .string(node)),
            ("ready", .bool(isReady)),
            ("membership", .string(membership)),
            ("sees", members.map(JSONValue.array)),
            ("listedBy", strings(listedBy)),
            ("version", version.map(JSONValue.string)),
            ("configurationDigest", configurationDigest.map(JSONValue.string)),
            ("drift", hasDrifted.map(JSONValue.bool)),
            ("restartRequired", strings(restartRequired)),
            (
                "listeners",
                listeners.map { list in
                    .array(
                        list.map {
                            [
                                "type": .string($0.type), "address": .string($0.address), "status": .string($0.status),
                            ]
                        }
                    )
                }
            ),
            ("plugins", strings(plugins)),
            ("message", message.map(JSONValue.string)),
        ])
    }
}

extension JSONValue {
    /// An object of the members that have a value, in this order.
    fileprivate static func object(members: [(String, JSONValue?)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members { if let value { object[name] = value } }
        return .object(object)
    }
}

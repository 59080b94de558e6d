/// Everything about one set's cluster that decisions are made from, at one moment. A value: whoever fills it does the I/O.
///
/// All times are seconds since 1970, on the clock that also writes the API server's timestamps as nearly as can be had.
public struct ClusterObservation: Sendable, Hashable {
    /// The moment of the observation.
    public var now: Int64
    /// How nodes of the set are called.
    public var naming: NodeNaming
    /// The StatefulSet.
    public var set: ObservedSet
    /// The pods that it controls (by the UID of their owner), whatever their state.
    public var pods: [ObservedPod]
    /// The claims of its broker's data that exist, by ordinal; empty where the data dies with the pod.
    public var claims: [Int: ObservedClaim]
    /// What each pod's broker answered, by node name. A node that was not asked has no entry.
    public var answers: [String: BrokerAnswer]
    /// The last words of pods that have gone, by node name, as far as somebody saw them.
    public var farewells: [String: Farewell]

    /// An observation from its parts.
    public init(
        now: Int64,
        naming: NodeNaming,
        set: ObservedSet,
        pods: [ObservedPod] = [],
        claims: [Int: ObservedClaim] = [:],
        answers: [String: BrokerAnswer] = [:],
        farewells: [String: Farewell] = [:]
    ) {
        self.now = now
        self.naming = naming
        self.set = set
        self.pods = pods
        self.claims = claims
        self.answers = answers
        self.farewells = farewells
    }

    /// The pod that stands for a node.
    public func pod(of node: String) -> ObservedPod? {
        guard let ordinal = naming.ordinal(ofNode: node) else { return nil }
        return pods.first { $0.ordinal == ordinal }
    }

    /// What a node's broker says, if it says something readable.
    public func view(of node: String) -> BrokerView? {
        if case .view(let view) = answers[node] { view } else { nil }
    }

    /// Whether the set wants a pod of this node.
    public func wants(_ node: String) -> Bool {
        naming.ordinal(ofNode: node).map(set.wanted.contains) ?? false
    }
}

/// What is looked at of a StatefulSet.
public struct ObservedSet: Sendable, Hashable {
    /// How pods of an older template are replaced.
    public enum UpdateStrategy: Sendable, Hashable {
        /// By the controller, those with at least this ordinal.
        case rolling(partition: Int)
        /// When somebody deletes them.
        case onDelete
    }

    /// Its UID: a set of the same name that was made anew is another one.
    public var uid: String
    /// `spec.replicas`.
    public var replicas: Int
    /// `spec.ordinals.start`.
    public var start: Int
    /// `metadata.generation`.
    public var generation: Int64
    /// `status.observedGeneration`: what its controller has acted on.
    public var observedGeneration: Int64
    /// `status.updateRevision`: what new pods are made from.
    public var updateRevision: String
    /// How pods of an older template are replaced.
    public var strategy: UpdateStrategy
    /// The name of the broker's container.
    public var container: String
    /// Whether it, or its namespace, is being deleted.
    public var isBeingDeleted: Bool
    /// Whether the annotation `pause` tells the controllers to leave it alone.
    public var isPaused: Bool

    /// A set from its parts.
    public init(
        uid: String,
        replicas: Int,
        start: Int = 0,
        generation: Int64 = 1,
        observedGeneration: Int64 = 1,
        updateRevision: String = "",
        strategy: UpdateStrategy = .rolling(partition: 0),
        container: String = "vernemq",
        isBeingDeleted: Bool = false,
        isPaused: Bool = false
    ) {
        self.uid = uid
        self.replicas = replicas
        self.start = start
        self.generation = generation
        self.observedGeneration = observedGeneration
        self.updateRevision = updateRevision
        self.strategy = strategy
        self.container = container
        self.isBeingDeleted = isBeingDeleted
        self.isPaused = isPaused
    }

    /// The ordinals that it wants. A nonsensical size is none.
    public var wanted: Range<Int> {
        let (end, isTooMuch) = start.addingReportingOverflow(max(0, replicas))
        return isTooMuch ? start..<start : start..<end
    }
}

/// What is looked at of a pod.
public struct ObservedPod: Sendable, Hashable {
    /// How far its broker's container has come.
    public enum Container: Sendable, Hashable {
        /// The pod has no node, or its init containers are at work; the reason is the API server's (`PodInitializing`, …).
        case waiting(reason: String)
        /// It runs, since then.
        case running(since: Int64?)
        /// It has ended.
        case ended(exitCode: Int)
    }

    /// Its name.
    public var name: String
    /// Its ordinal.
    public var ordinal: Int
    /// Its UID.
    public var uid: String
    /// The template revision that it was made from (label `controller-revision-hash`).
    public var revision: String
    /// When it was created.
    public var created: Int64
    /// Whether its condition Ready is true.
    public var isReady: Bool
    /// When that condition changed last; nil if it never did.
    public var readinessChanged: Int64?
    /// Whether deletion was asked for.
    public var isTerminating: Bool
    /// Its broker's container.
    public var container: Container

    /// A pod from its parts.
    public init(
        name: String,
        ordinal: Int,
        uid: String,
        revision: String = "",
        created: Int64,
        isReady: Bool = true,
        readinessChanged: Int64? = nil,
        isTerminating: Bool = false,
        container: Container = .running(since: nil)
    ) {
        self.name = name
        self.ordinal = ordinal
        self.uid = uid
        self.revision = revision
        self.created = created
        self.isReady = isReady
        self.readinessChanged = readinessChanged
        self.isTerminating = isTerminating
        self.container = container
    }

    /// Since when it is Ready, or not.
    public var changed: Int64 { max(created, readinessChanged ?? created) }
}

/// The claim of one ordinal's data.
public struct ObservedClaim: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its UID: a claim of the same name that was made anew holds none of the old one's messages.
    public var uid: String

    /// A claim.
    public init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }
}

/// What a broker answered to `GET /status.json`.
public enum BrokerAnswer: Sendable, Hashable {
    /// Its view.
    case view(BrokerView)
    /// Something that is no view.
    case unreadable(BrokerViewError)
    /// Nothing: why, as a clause (`connection refused`).
    case silent(String)
}

/// The last words of a pod's `leave` hook.
public enum Farewell: Sendable, Hashable {
    /// It left the cluster and its queues have moved.
    case left
    /// Its leave failed: the hook's own words.
    case failed(String)
}

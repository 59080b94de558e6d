/// A pod of the set, as the API server has it.
public struct Pod: Sendable {
    /// Its name: the set's, a dash, its ordinal.
    public let name: String
    /// Its ordinal.
    public let ordinal: Int
    /// Its UID.
    public let uid: String
    /// Its address, once it has one.
    public let address: String
    /// The UID of the StatefulSet that controls it.
    public let owner: String
    /// The revision of the template that it was made from.
    public let revision: Int
    /// Whether its sandbox exists, so that it has its address.
    public var hasAddress = false
    /// Whether the broker's container runs, and since when.
    public var runningSince: Double?
    /// Whether its startup gate has succeeded.
    public var isStarted = false
    /// Whether the API server has forgotten it, while its container still runs.
    public var isForgotten = false
    /// When deletion was asked for, and with what grace.
    public var deletion: (asked: Double, grace: Double)?

    /// A pod that was just created.
    public init(name: String, ordinal: Int, uid: String, address: String, owner: String, revision: Int) {
        self.name = name
        self.ordinal = ordinal
        self.uid = uid
        self.address = address
        self.owner = owner
        self.revision = revision
    }
}

/// How the StatefulSet makes and removes pods.
public enum ManagementPolicy: Sendable {
    /// One after the other, each Ready before the next.
    case orderedReady
    /// All at once.
    case parallel
}

/// What the broker's data is on.
public enum StorageKind: String, Sendable, CaseIterable {
    /// A claim a pod, which outlives it.
    case persistent
    /// An emptyDir, which dies with the pod.
    case ephemeral
    /// The container's own layer, which dies with the container.
    case container
}

/// How the API server behaves.
public enum APIServerMood: Sendable, CaseIterable {
    /// It answers.
    case answers
    /// It refuses connections.
    case refuses
    /// It takes connections and is silent.
    case silent
    /// It forbids everything: the Role is missing.
    case forbids
}

/// A namespace with one StatefulSet and its pods.
public struct KubernetesState: Sendable {
    /// The namespace.
    public var namespace = "rig"
    /// The name of the set.
    public var set = "vernemq"
    /// Its headless Service.
    public var service = "vernemq-headless"
    /// The cluster's domain.
    public var domain = "cluster.local"
    /// The UID of the set; another one makes it another set.
    public var uid = "set-1"
    /// Whether the set exists.
    public var exists = true
    /// Whether it is being deleted.
    public var isDeleting = false
    /// Whether the namespace is being deleted.
    public var namespaceIsDeleting = false
    /// `spec.replicas`.
    public var replicas: Int
    /// `spec.ordinals.start`.
    public var start = 0
    /// Whether the controllers do anything; else nothing is made or collected.
    public var isControlled = true
    /// The revision of the pod template.
    public var revision = 1
    /// How pods are made and removed.
    public var policy: ManagementPolicy
    /// What the data is on.
    public var storage: StorageKind
    /// How the API server behaves to all.
    public var mood = APIServerMood.answers
    /// How it behaves to single pods, by name.
    public var moods: [String: APIServerMood] = [:]
    /// The token that it accepts.
    public var token = "token-of-the-pod"
    /// The pods by UID.
    public var pods: [String: Pod] = [:]

    /// A set of so many replicas.
    public init(replicas: Int, policy: ManagementPolicy, storage: StorageKind) {
        self.replicas = replicas
        self.policy = policy
        self.storage = storage
    }

    /// What node names of the set end with.
    public var nameSuffix: String { ".\(service).\(namespace).svc.\(domain)" }

    /// The node name of a pod.
    public func node(of pod: String) -> String { "VerneMQ@\(pod)\(nameSuffix)" }

    /// The node name of an ordinal.
    public func node(_ ordinal: Int) -> String { node(of: "\(set)-\(ordinal)") }

    /// The ordinals that the set wants.
    public var wanted: Range<Int> { start..<(start + replicas) }

    /// The pod of an ordinal, if there is one.
    public func pod(_ ordinal: Int) -> Pod? {
        pods.values.first { $0.ordinal == ordinal }
    }
}

/// What the hooks keep in `<data>/.vmq`.
struct HookRecords {
    var member: Set<String>?
    var leaving: Set<String>?
    var leaveFailed = false
    var fresh = false
    var resets = 0

    /// The other nodes that the records name.
    func companions(of node: String) -> Set<String> {
        (member ?? []).union(leaving ?? []).subtracting([node])
    }
}

/// A data directory: a disk state, the records beside it, and what was moved aside.
final class DataVolume {
    var disk: Int?
    var records = HookRecords()
    var aside: [Int] = []
    /// Tells a claim from one that was made anew.
    var generation = 1
}

/// How far `join run` has come in this start of the container.
struct JoinProgress {
    enum Phase { case waitingForHTTP, waitingForAdmin, looking, watching }
    var phase = Phase.waitingForHTTP
    let began: Double
    var up = 0.0
    var joined: Double?
    var isRefused = false
    var memory: [String: (since: Double, looks: Int)] = [:]
    var recorded: Set<String> = []
    var attempt: Double?
    var reason = ""
}

/// How far `leave` has come.
struct LeaveProgress {
    enum Phase {
        case deciding(tries: Int)
        case seeing(tries: Int)
        case maybeJoined(until: Double)
        case pausing(until: Double)
        case waiting(half: Double)
        case commanding(id: Int, timeout: Double)
        case concluding(outcome: String, until: Double)
        case lingering
        case stopping
        case ending
    }
    /// Who can be left to, who is down, who goes before, by their pods.
    struct Sight {
        var targets: [String] = []
        var dead: [String] = []
        var before: [String] = []
        var isListed = false
        var view: Set<String> = []
    }
    var phase = Phase.deciding(tries: 0)
    let began: Double
    var end = 0.0
    var deadline = 0.0
    var first = 0
    var replicas = 0
    var attempts = 0
    var sight = Sight()
    /// Whether the set wanted this pod when the hook read it, once.
    var wasWanted: Bool
    var passedHalf = false
}

/// One pod of the simulated set: what its kubelet, its hooks and its volume do.
final class SimulatedPod {
    enum Stage { case pending, preparing, running, stopping, waiting, gone }

    let uid: String
    let ordinal: Int
    let name: String
    let node: String
    let address: String
    let volume: DataVolume
    var stage = Stage.pending
    var wake: Double
    var heldUntil = 0.0
    /// Whether its broker has ever been started.
    var hasRun = false
    var backoff = 1.0
    var deniedSince: Double?
    var looks = 0
    var join: JoinProgress?
    var leave: LeaveProgress?
    /// Whether it waits for a person who decides which of two states is to be kept.
    var isUndecided = false

    init(uid: String, ordinal: Int, name: String, node: String, address: String, volume: DataVolume, wake: Double) {
        self.uid = uid
        self.ordinal = ordinal
        self.name = name
        self.node = node
        self.address = address
        self.volume = volume
        self.wake = wake
    }
}

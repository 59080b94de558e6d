/// A small world of VerneMQ brokers in a Kubernetes namespace, as the transcripts of real ones show them: nodes with views
/// that lag, joins, leaves, gossip, zombies, queues that move or are lost; the pods, the StatefulSet and the names around
/// them. A pure state machine: no I/O and no clock. Times are seconds on a clock that the caller keeps, chance comes from
/// a seed. The shell around it (`WorldHost`) lends it processes, addresses and time; a simulator needs none of those.
public struct World: Sendable {
    /// What the world asks of whoever runs its processes.
    public enum Effect: Sendable, Equatable {
        /// The broker's process ends now (a leave has succeeded).
        case endProcess(node: String, address: String)
    }

    /// Durations of the real thing, in seconds, from the transcripts.
    public enum Measured {
        /// From the process's start to the first answer over HTTP.
        public static let httpAfter = 4.6
        /// From the process's start to vmq-admin's first answer.
        public static let adminAfter = 5.2
        /// Between two refreshments of a view.
        public static let viewRefresh = 10.0
        /// Between two pushes of gossip.
        public static let gossip = 15.0
        /// After which vmq-admin gives up, unless told otherwise.
        public static let commandTimeout = 60.0
        /// After which a member that was cut off by the network is said to be down.
        public static let partitionNoticed = 10.0
    }

    /// The brokers whose processes run, by address.
    public internal(set) var brokers: [String: Broker] = [:]
    /// Every disk state that ever was, by id.
    public internal(set) var disks: [Int: DiskState] = [:]
    /// The Kubernetes side.
    public var kubernetes: KubernetesState
    /// What name servers answer.
    public var names = NameService()
    /// Pairs of nodes between which nothing passes.
    public var severed: Set<Set<String>> = []
    /// Whether a node that is cut off is said to run for ten seconds more, as the transcripts show; else it is seen at once.
    public var noticesPartitionsLate = false
    /// Whether the world judges itself at every moment; a simulation has laws of its own.
    public var isJudged = true
    /// What must never happen and has happened, in words.
    public internal(set) var violations: [String] = []
    /// Leaves that have succeeded, in order.
    public internal(set) var left: [String] = []
    /// The present moment.
    public internal(set) var now: Double

    var severedSince: [Set<String>: Double] = [:]
    var effects: [Effect] = []
    var leaves: [Int: LeaveOperation] = [:]
    var nextLeave = 1
    var nextDisk = 1
    var nextMark = 1
    var random: SeededGenerator

    /// An empty world.
    ///
    /// - Parameters:
    ///   - seed: of everything that is left to chance.
    ///   - now: the moment at which it begins, in seconds.
    ///   - kubernetes: the namespace and the StatefulSet.
    public init(seed: UInt64, now: Double, kubernetes: KubernetesState) {
        self.now = now
        self.kubernetes = kubernetes
        random = SeededGenerator(seed: seed)
    }

    /// A new, empty disk state for a node.
    public mutating func makeDisk(owner: String) -> Int {
        defer { nextDisk += 1 }
        disks[nextDisk] = DiskState(id: nextDisk, owner: owner)
        return nextDisk
    }

    /// A broker's process begins on a disk state.
    ///
    /// - Parameters:
    ///   - name: its node name.
    ///   - address: where it listens.
    ///   - disk: the state that it finds.
    ///   - plugins: those that it enables at boot.
    ///   - settings: the other settings that it starts with.
    public mutating func startBroker(
        _ name: String,
        at address: String,
        disk: Int,
        plugins: Set<String> = [],
        settings: [String: String] = [:]
    ) {
        let plugins = Dictionary(uniqueKeysWithValues: plugins.map { ("plugins.\($0)", "on") })
        let configuration = RunningConfiguration(
            settings.merging(plugins) { $1 },
            node: name,
            address: address
        )
        let fresh = Membership(of: name, mark: nextMark)
        nextMark += 1
        let membership = disks[disk]?.membership ?? fresh
        brokers[address] = Broker(
            name: name,
            address: address,
            disk: disk,
            began: now,
            membership: membership,
            view: membership.members,
            configuration: configuration,
            nextRefresh: now + Measured.httpAfter + Double.random(in: 0..<Measured.viewRefresh, using: &random),
            nextGossip: now + Measured.httpAfter + Double.random(in: 0..<Measured.gossip, using: &random)
        )
        disks[disk]?.membership = membership
    }

    /// A broker's process has ended, in whatever way.
    public mutating func endBroker(at address: String) {
        brokers[address] = nil
    }

    /// What the world has asked for since the last call.
    public mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// A client writes: a persistent session on a node, with messages that wait in it.
    public mutating func store(client: String, messages: Int, on node: String) {
        guard let broker = broker(named: node), broker.phase == .up else {
            violations.append("a client of the test could not reach \(node)")
            return
        }
        disks[broker.disk]?.queues[client] = messages
        disks[broker.disk]?.touched = true
    }

    /// A disk that has been used before.
    public mutating func fill(disk: Int, client: String, messages: Int) {
        disks[disk]?.queues[client] = messages
        disks[disk]?.touched = true
    }

    /// Something is written to a node that has nothing to do with clients (an API key).
    public mutating func touch(_ node: String) {
        guard let broker = broker(named: node) else { return }
        disks[broker.disk]?.touched = true
    }

    /// A plugin is enabled on a running broker.
    public mutating func enable(_ plugin: String, at address: String) {
        _ = brokers[address]?.configuration.admin(["plugin", "enable", "--name=\(plugin)", "--path=/plugins"])
    }

    /// Somebody changes a key of a running broker by hand.
    public mutating func drift(_ key: String, _ value: String, at address: String) {
        brokers[address]?.configuration.drift(key, value)
    }

    /// A broker's view misses a member for a while, as a cache that is refreshed late does.
    public mutating func overlook(_ node: String, at other: String, for seconds: Double) {
        guard let address = broker(named: other)?.address else { return }
        brokers[address]?.view.remove(node)
        brokers[address]?.nextRefresh = now + seconds
    }

    /// Storage is destroyed with all that is on it.
    public mutating func destroy(disk: Int) {
        disks[disk]?.destroyed = true
    }

    /// Time goes on: views are refreshed, gossip is pushed, leaves proceed.
    public mutating func advance(to moment: Double) {
        if noticesPartitionsLate { notePartitions() }
        while now < moment {
            now = min(moment, max(nextEvent, now + 0.01))
            for address in brokers.keys.sorted() { advance(address) }
            advanceLeaves()
            if isJudged { judge() }
        }
    }

    /// The next moment at which something happens by itself, as far as it can make a difference.
    public var nextEvent: Double {
        var next = Double.infinity
        if leaves.values.contains(where: { $0.isUnderWay }) { next = now + 0.25 }
        let first = brokers.values.first { $0.phase == .up }?.membership
        let isQuiet = brokers.values.allSatisfy { $0.phase != .up || $0.membership == first }
        for broker in brokers.values {
            if broker.phase == .starting { next = min(next, broker.began + Measured.httpAfter) }
            if let end = broker.ends { next = min(next, end) }
            guard broker.phase == .up else { continue }
            if broker.view != broker.membership.members { next = min(next, broker.nextRefresh) }
            if !isQuiet { next = min(next, broker.nextGossip) }
        }
        return next
    }

    private mutating func notePartitions() {
        severedSince = severedSince.filter { severed.contains($0.key) }
        for pair in severed where severedSince[pair] == nil { severedSince[pair] = now }
    }

    private mutating func advance(_ address: String) {
        guard var broker = brokers[address] else { return }
        if broker.phase == .starting, now >= broker.began + Measured.httpAfter {
            broker.phase = .up
            broker.view = broker.membership.members
        }
        if broker.phase == .up, now >= broker.nextRefresh {
            broker.view = broker.membership.members
            while broker.nextRefresh <= now { broker.nextRefresh += Measured.viewRefresh }
        }
        let gossips = broker.phase == .up && now >= broker.nextGossip
        while gossips, broker.nextGossip <= now { broker.nextGossip += Measured.gossip }
        if let end = broker.ends, now >= end {
            effects.append(.endProcess(node: broker.name, address: address))
            broker.ends = nil
        }
        brokers[address] = broker
        if gossips { push(from: broker) }
    }

    /// A node pushes what it knows to all that it lists; nobody pushes to a node that he does not list.
    private mutating func push(from broker: Broker) {
        for name in broker.membership.members where name != broker.name && reaches(broker.name, name) {
            learn(broker.membership, at: name)
        }
    }

    mutating func learn(_ membership: Membership, at name: String) {
        guard let address = broker(named: name)?.address, var broker = brokers[address] else { return }
        let before = broker.membership
        broker.membership.merge(membership)
        guard broker.membership != before else { return }
        brokers[address] = broker
        persist(address)
    }

    mutating func persist(_ address: String) {
        guard let broker = brokers[address] else { return }
        disks[broker.disk]?.membership = broker.membership
        if broker.membership.members.count > 1 { disks[broker.disk]?.touched = true }
    }

    /// The running broker of that name (the newest, if an old pod of that name lingers).
    public func broker(named name: String) -> Broker? {
        brokers.values.filter { $0.name == name }.max { $0.began < $1.began }
    }

    /// Whether one node reaches another.
    public func reaches(_ from: String, _ to: String) -> Bool {
        guard let target = broker(named: to), target.phase == .up else { return false }
        return !severed.contains([from, to])
    }

    /// The view of one broker as it reports it: each member, and whether it runs.
    public func report(of broker: Broker) -> [(node: String, running: Bool)] {
        broker.view.sorted().map { ($0, says(broker, runs: $0)) }
    }

    /// Whether a broker thinks that a node runs.
    func says(_ broker: Broker, runs node: String) -> Bool {
        if node == broker.name || reaches(broker.name, node) { return true }
        // Cut off lately, and not noticed yet.
        guard let since = severedSince[[broker.name, node]], self.broker(named: node)?.phase == .up else {
            return false
        }
        return now < since + Measured.partitionNoticed
    }
}

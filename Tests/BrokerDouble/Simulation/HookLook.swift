/// What one look of a hook shows: the model of `look`, `FACTS` and `KNOWN` in Sources/Injection/Scripts/common.
struct HookLook {
    struct Peer {
        let view: Set<String>
        let load: Int
        let hasListeners: Bool
    }

    let node: String
    /// The own view, and who runs in it; nil while the broker does not answer.
    let own: Set<String>?
    let running: Set<String>
    /// Who answered, by node.
    let peers: [String: Peer]
    /// The pods of the set; nil without the API server.
    let pods: [Pod]?
    /// Whether somebody who should answer kept silent, which takes the look six seconds.
    let isSlow: Bool
    let nodeOf: [String: String]

    func lists(_ peer: String) -> Bool { peers[peer]?.view.contains(node) == true }
    func answers(_ peer: String) -> Bool { peers[peer] != nil }
    func size(_ peer: String) -> Int { peers[peer]?.view.count ?? 0 }

    /// A claim to be in a cluster that a second member confirms.
    func isConfirmed(_ peer: String) -> Bool {
        guard let claim = peers[peer], claim.view.count >= 2 else { return false }
        return claim.view.contains { other in
            other != peer && other != node && peers[other]?.view.contains(peer) == true
        }
    }

    /// A claim that a member of a cluster denies.
    func isImpeached(_ peer: String) -> Bool {
        guard let claim = peers[peer] else { return false }
        return claim.view.contains { other in
            guard other != peer, other != node, let denier = peers[other] else { return false }
            return denier.view.count >= 2 && !denier.view.contains(peer)
        }
    }

    func pod(for node: String) -> Pod? { pods?.first { nodeOf[$0.name] == node } }
    func isGoing(_ node: String) -> Bool { pod(for: node)?.deletion != nil }
    func isGone(_ node: String) -> Bool { pods != nil && pod(for: node) == nil }

    /// A cluster of one: a lone broker that is in service or in use.
    func isEstablished(_ peer: String) -> Bool {
        guard let claim = peers[peer], claim.view.count == 1 else { return false }
        return claim.load > 0 || pod(for: peer)?.isStarted == true
    }

    func isInService(_ peer: String) -> Bool { pod(for: peer)?.isStarted == true }

    var sortedPeers: [String] { peers.keys.sorted() }
}

extension Simulation {
    func look(from pod: SimulatedPod) -> HookLook {
        let apiAnswers = (world.kubernetes.moods[pod.name] ?? world.kubernetes.mood) == .answers
        let namesAnswer: Bool
        if case .answers = world.names.moods[pod.address] ?? world.names.mood {
            namesAnswer = true
        } else {
            namesAnswer = false
        }
        var peers: [String: HookLook.Peer] = [:]
        var isSlow = false
        if apiAnswers || namesAnswer {
            for other in world.kubernetes.pods.values where other.uid != pod.uid && other.hasAddress {
                guard let broker = world.brokers[other.address], broker.phase == .up else { continue }
                if world.severed.contains([pod.node, broker.name]) {
                    isSlow = true
                    continue
                }
                peers[broker.name] = HookLook.Peer(
                    view: broker.view,
                    load: broker.clients + (world.disks[broker.disk]?.queues.count ?? 0) * 2,
                    hasListeners: broker.listeners == .running
                )
            }
        }
        var own: Set<String>?
        var running: Set<String> = []
        if let broker = world.brokers[pod.address], broker.phase == .up {
            own = broker.view
            running = broker.view.filter { world.says(broker, runs: $0) }
        }
        return HookLook(
            node: pod.node,
            own: own,
            running: running,
            peers: peers,
            pods: apiAnswers ? world.kubernetes.pods.values.sorted { $0.ordinal < $1.ordinal } : nil,
            isSlow: isSlow || !apiAnswers,
            nodeOf: nodeNames
        )
    }

    /// Positive knowledge of the name server that there is no other pod: `names_are_clear`.
    func namesAreClear(to pod: SimulatedPod) -> Bool {
        guard case .answers = world.names.moods[pod.address] ?? world.names.mood else { return false }
        return world.kubernetes.pods.values.allSatisfy { other in
            other.uid == pod.uid || !other.hasAddress
        }
    }
}

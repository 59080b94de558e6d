import Membership

/// A cluster at one moment, in the words of its tests: ordinals instead of names, and everything well unless said otherwise.
struct Situation: Sendable {
    var observation: ClusterObservation
    var memory = MembershipMemory()

    static let naming = NodeNaming(set: "mqtt", service: "mqtt-headless", namespace: "demo")
    static func node(_ ordinal: Int) -> String { naming.node(ordinal) }

    /// A set that is whole: each broker is Ready for an hour and lists all of them, each with a claim.
    init(_ replicas: Int, start: Int = 0) {
        observation = ClusterObservation(
            now: 100_000,
            naming: Self.naming,
            set: ObservedSet(uid: "set-1", replicas: replicas, start: start, updateRevision: "r1")
        )
        memory.set = "set-1"
        for ordinal in start..<start + replicas {
            makePod(ordinal)
            makeClaim(ordinal)
        }
        for ordinal in start..<start + replicas { view(ordinal, Array(start..<start + replicas)) }
    }

    mutating func makePod(_ ordinal: Int) {
        observation.pods.append(
            ObservedPod(
                name: Self.naming.pod(ordinal),
                ordinal: ordinal,
                uid: "pod-\(ordinal)",
                revision: "r1",
                created: observation.now - 3600,
                readinessChanged: observation.now - 3500,
                container: .running(since: observation.now - 3600)
            )
        )
    }

    mutating func makeClaim(_ ordinal: Int) {
        observation.claims[ordinal] = ObservedClaim(name: "data-mqtt-\(ordinal)", uid: "claim-\(ordinal)")
    }

    /// What a broker answers: who is listed, and who of them is said to be down.
    mutating func view(_ ordinal: Int, _ members: [Int], down: Set<Int> = [], load: Int64 = 7, suspended: Bool = false)
    {
        let names = members.map { (Self.node($0), !down.contains($0)) }
        observation.answers[Self.node(ordinal)] = .view(
            BrokerView(
                node: Self.node(ordinal),
                members: Dictionary(uniqueKeysWithValues: names),
                load: load,
                isSuspended: suspended
            )
        )
    }

    mutating func pod(_ ordinal: Int, _ change: (inout ObservedPod) -> Void) {
        guard let index = observation.pods.firstIndex(where: { $0.ordinal == ordinal }) else { return }
        change(&observation.pods[index])
    }

    /// Not Ready for so long.
    mutating func unready(_ ordinal: Int, for seconds: Int64) {
        pod(ordinal) {
            $0.isReady = false
            $0.readinessChanged = 100_000 - seconds
        }
    }

    /// No pod, no answer; its claim stays.
    mutating func losePod(_ ordinal: Int) {
        observation.pods.removeAll { $0.ordinal == ordinal }
        observation.answers[Self.node(ordinal)] = nil
    }

    /// Members that no pod stands for: all that answer list them as down. They keep their claims.
    mutating func ghosts(_ ordinals: [Int], claims: Bool = true, seenFor seconds: Int64 = 3600) {
        for ordinal in ordinals {
            if claims { makeClaim(ordinal) }
            memory.since["GhostMember " + Self.node(ordinal)] = observation.now - seconds
        }
        for (node, answer) in observation.answers {
            guard case .view(let view) = answer else { continue }
            var members = view.members
            for ordinal in ordinals { members[Self.node(ordinal)] = false }
            observation.answers[node] = .view(BrokerView(node: node, members: members, load: view.load))
        }
    }

    /// Everything that is found now has been there for long.
    mutating func lasting(_ seconds: Int64 = 3600) {
        let plan = MembershipPlanner().plan(observation, memory)
        for key in plan.memory.since.keys { memory.since[key] = observation.now - seconds }
    }

    func plan(_ policy: MembershipPolicy = MembershipPolicy()) -> MembershipPlan {
        MembershipPlanner(policy: policy).plan(observation, memory)
    }
}

/// What a plan does, in short.
enum Deed: Sendable, Hashable, CustomStringConvertible {
    case nothing
    case remove(Int, via: Int)
    case join(Int, to: Int)

    init(_ action: MembershipAction?) {
        let ordinal = { (node: String) in Situation.naming.ordinal(ofNode: node) ?? -1 }
        switch action {
        case nil: self = .nothing
        case .removeDead(let member, let executor): self = .remove(ordinal(member), via: ordinal(executor.node))
        case .join(let node, let discovery, _): self = .join(ordinal(node), to: ordinal(discovery))
        }
    }

    var description: String {
        switch self {
        case .nothing: "nothing"
        case .remove(let node, let executor): "remove \(node) through \(executor)"
        case .join(let node, let discovery): "\(node) joins \(discovery)"
        }
    }
}

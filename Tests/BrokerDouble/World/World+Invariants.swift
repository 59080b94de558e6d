extension World {
    /// Brokers that take traffic: their pod's startup gate has succeeded.
    public var inService: [Broker] {
        kubernetes.pods.values.filter(\.isStarted).compactMap { brokers[$0.address] }.filter {
            $0.phase == .up && !$0.hasLeft
        }
        .sorted { $0.name < $1.name }
    }

    /// The groups of brokers in service that know one another: one, if all is well.
    public var clusters: [Set<String>] {
        var groups: [Set<String>] = []
        for broker in inService {
            let together = groups.firstIndex { group in
                group.contains { other in
                    broker.membership.members.contains(other)
                        && self.broker(named: other)?.membership.members.contains(broker.name) == true
                }
            }
            if let together { groups[together].insert(broker.name) } else { groups.append([broker.name]) }
        }
        return groups
    }

    /// Queues by client, wherever their disk is.
    public func home(of client: String) -> DiskState? {
        disks.values.first { $0.queues[client] != nil }
    }

    /// Clients whose queue is not on the disk of a running member: on a disk that is gone, or moved aside, or left behind.
    public var stranded: [String] {
        let live = Set(brokers.values.map(\.disk))
        return disks.values.filter { !live.contains($0.id) }.flatMap(\.queues.keys).sorted()
    }

    /// Clients whose queue is on storage that is gone.
    public var lost: [String] {
        disks.values.filter(\.destroyed).flatMap(\.queues.keys).sorted()
    }

    /// At every moment: brokers in service know one another. One that does not is another cluster, or a zombie; unless a third
    /// in service and both know each other, whose gossip is on its way (one joined while the other was down).
    mutating func judge() {
        let serving = inService
        for (index, one) in serving.enumerated() {
            for other in serving.dropFirst(index + 1)
            where !one.hasLeft && !other.hasLeft && !know(one, other)
                && !serving.contains(where: { know($0, one) && know($0, other) })
            {
                record("split: \(one.name) and \(other.name) are both in service and do not both know each other")
            }
        }
    }

    /// Whether two brokers list each other.
    private func know(_ one: Broker, _ other: Broker) -> Bool {
        one.name != other.name && one.membership.members.contains(other.name)
            && other.membership.members.contains(one.name)
    }

    /// A leave of a node that stays.
    mutating func judgeLeave(of leaver: Broker) {
        let pod = kubernetes.pods.values.first { $0.address == leaver.address }
        guard let pod, pod.deletion != nil else {
            record("\(leaver.name) left although its pod stays")
            return
        }
        if kubernetes.storage == .persistent, kubernetes.wanted.contains(pod.ordinal) {
            record("\(leaver.name) left although it comes back to its volume")
        }
        if kubernetes.replicas == 0 { record("\(leaver.name) left in a shutdown") }
    }

    /// Notes what must not happen, seen from outside.
    public mutating func report(_ violation: String) { record(violation) }

    private mutating func record(_ violation: String) {
        if !violations.contains(violation) { violations.append(violation) }
    }
}

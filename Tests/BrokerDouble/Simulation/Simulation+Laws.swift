/// The laws, judged from outside: by what really is, never by what a hook or the planner believes.
extension Simulation {
    /// At every moment: brokers in service are one cluster, and none of them is one that all others have forgotten.
    func judge() {
        let serving = world.inService
        guard serving.count > 1 else {
            deniedSince = [:]
            return
        }
        var rest = serving
        var groups: [[Broker]] = []
        while let first = rest.popLast() {
            var group = [first]
            var index = 0
            while index < group.count {
                let one = group[index]
                index += 1
                rest.removeAll { other in
                    let knows =
                        one.membership.members.contains(other.name) || other.membership.members.contains(one.name)
                    if knows { group.append(other) }
                    return knows
                }
            }
            groups.append(group)
        }
        if groups.count > 1 {
            let sides = groups.map { short($0.map(\.name)) }.sorted().joined(separator: " | ")
            violate("two clusters: in service are \(sides)")
        }
        for broker in serving {
            let others = serving.filter { $0.name != broker.name && broker.membership.members.contains($0.name) }
            let isDenied =
                !others.isEmpty && others.allSatisfy { !$0.membership.members.contains(broker.name) }
                && others.allSatisfy { !world.severed.contains([broker.name, $0.name]) }
            if !isDenied {
                deniedSince[broker.name] = nil
            } else if let since = deniedSince[broker.name] {
                if now - since > 120 {
                    violate("two clusters: \(short([broker.name])) is in service and nobody lists it")
                }
            } else {
                deniedSince[broker.name] = now
            }
        }
    }

    /// A leave is about to begin.
    func judgeLeave(of pod: SimulatedPod, _ leave: LeaveProgress) {
        count("leaves")
        let set = world.kubernetes
        if set.storage == .persistent, leave.wasWanted, set.wanted.contains(pod.ordinal) {
            violate("a leave of a node that stays: \(pod.name)")
        }
        guard let broker = world.brokers[pod.address] else { return }
        let others = broker.membership.members.subtracting([pod.node])
        if others.allSatisfy({ world.broker(named: $0) == nil }) {
            // Who died in the last seconds was still to be seen when the hook looked.
            let isRecent = pods.values.contains {
                $0.stage == .waiting && $0.wake - now < 3600 && others.contains($0.node)
            }
            if !isRecent { violate("a lone leave: \(pod.name)") }
        }
        for (_, other) in world.leaves where other.isUnderWay && other.node != pod.node {
            guard let theirs = world.broker(named: other.node), theirs.began <= other.began,
                theirs.membership.members.contains(pod.node), others.contains(other.node),
                world.reaches(pod.node, other.node)
            else { continue }
            if set.storage == .persistent || !leave.passedHalf {
                violate("two leavers whose queues could meet: \(pod.name) beside \(short([other.node]))")
            }
        }
    }

    /// A dead member is about to be removed.
    func judgeRemoval(of member: String, through pod: SimulatedPod) {
        let set = world.kubernetes
        let ordinal = ordinal(of: member)
        if set.wanted.contains(ordinal) { violate("a leave of a node that stays: \(short([member])) is wanted") }
        if set.pod(ordinal) != nil { violate("a leave of a node that stays: \(short([member])) has a pod") }
        for other in set.pods.values {
            let sinceChange = now - (readyChanged[other.uid] ?? now)
            if other.deletion != nil || other.revision != set.revision || (!other.isStarted && sinceChange < 590) {
                violate("removed \(short([member])) while \(other.name) starts, stops or rolls")
            }
        }
        let able = set.pods.values.filter { $0.isStarted && set.wanted.contains($0.ordinal) }
        if pod.ordinal == set.start, able.count > 1 {
            violate("removed \(short([member])) through the first of the set")
        }
        let survivors = (world.brokers[pod.address]?.membership.members ?? []).filter {
            set.wanted.contains(self.ordinal(of: $0)) || set.pod(self.ordinal(of: $0)) != nil
        }
        for survivor in survivors where survivor != pod.node && !world.reaches(pod.node, survivor) {
            // A cut of the network shows after ten seconds.
            if let since = world.severedSince[[pod.node, survivor]], now - since < 15 { continue }
            violate("removed \(short([member])) while survivor \(short([survivor])) is not to be reached")
        }
        if volumes[ordinal] != nil, now - (podGone[ordinal] ?? now) < 590 {
            violate("removed \(short([member])) before the ghost timeout")
        }
    }

    /// Somebody is about to go into service alone.
    func judgeFounding(by pod: SimulatedPod, _ look: HookLook) {
        count("clusters founded")
        for broker in world.inService where broker.name != pod.node {
            guard let other = world.kubernetes.pods.values.first(where: { $0.address == broker.address }),
                other.deletion == nil
            else { continue }
            violate("\(pod.name) founds a cluster beside \(other.name)")
        }
        let isKnown =
            look.pods != nil || namesAreClear(to: pod) || pod.volume.records.member == [pod.node]
        if !isKnown { violate("\(pod.name) founds a cluster on silence") }
    }

    /// State is about to be moved aside because its node is said not to be a member.
    func judgeMove(of pod: SimulatedPod) {
        for broker in world.inService where broker.name != pod.node {
            let isSound = world.inService.allSatisfy {
                $0.name == broker.name || $0.membership.members.contains(broker.name)
            }
            if isSound, broker.membership.members.contains(pod.node) {
                violate("\(pod.name) gives up the state of a member: \(short([broker.name])) lists it")
            }
        }
    }

    /// Whether exactly the wanted nodes are members, in service, and in each other's views.
    var isSettled: Bool {
        let set = world.kubernetes
        guard set.pods.count == set.wanted.count, set.pods.values.allSatisfy({ $0.deletion == nil && $0.isStarted }),
            set.pods.values.allSatisfy({ $0.revision == set.revision })
        else { return false }
        let nodes = Set(set.wanted.map { set.node($0) })
        let serving = world.inService
        return serving.count == nodes.count
            && serving.allSatisfy { $0.membership.members == nodes && $0.view == nodes && $0.listeners == .running }
    }

    /// Who waits for a person to decide which of two states is to be kept.
    var undecided: String? {
        pods.values.filter(\.isUndecided).min { $0.ordinal < $1.ordinal }?.name
    }

    /// At the end: every message store that was not lost with its volume still lies somewhere.
    func judgeStores() {
        var present: Set<Int> = []
        for volume in allVolumes {
            present.formUnion(volume.aside)
            if let disk = volume.disk { present.insert(disk) }
        }
        for disk in world.disks.values where !disk.destroyed && !present.contains(disk.id) {
            violate("the message store \(disk.id) of \(short([disk.owner])) was deleted")
        }
    }
}

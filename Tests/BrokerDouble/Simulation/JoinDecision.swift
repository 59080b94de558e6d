/// What `join run` decides after a look: the model of `MEMORY` and `DECISION` in Sources/Injection/Scripts/join, clause by
/// clause in their order.
enum JoinDecision: Equatable {
    case wait(String)
    case member
    case alone(String)
    case join(String)
    case afresh(String)
}

/// The durations that the scripts use.
enum HookTimes {
    static let lookEvery = 3.0
    static let settle = 15.0
    static let viewsLag = 25.0
    static let gossip = 60.0
    static let deniedFor = 30.0
    static let looksNeeded = 3
    static let loneDeniedFor = 90.0
    static let silence = 60.0
    static let claimSettles = 20.0
    static let watchEvery = 60.0
    static let stopBound = 30.0
    static let exitBound = 15.0
    static let reserve = 30.0
    static let leaveAtLeast = 60.0
    static let joinTimeout = 300.0
    static let leaveTimeout = 600.0
    static let grace = 660.0
}

extension Simulation {
    func decide(_ pod: SimulatedPod, _ look: HookLook, _ join: inout JoinProgress, isClear: Bool) -> JoinDecision {
        guard let own = look.own else { return .wait("the broker does not report itself") }
        let records = pod.volume.records
        let members = records.companions(of: pod.node)
        let others = own.subtracting([pod.node])
        let isSeen = look.pods?.contains { $0.name == pod.name && $0.uid == pod.uid } == true
        let company = others.union(members)
        let known = company.filter(look.answers)
        let listers = known.filter(look.lists)
        let deniers = known.subtracting(listers)
        let hard = deniers.filter(look.isConfirmed)
        let firm = deniers.filter { look.isEstablished($0) && !look.isGoing($0) }
        let isJoining = join.joined.map { world.now - $0 < HookTimes.viewsLag } ?? false
        let sound = listers.filter { lister in hard.allSatisfy { look.peers[$0]?.view.contains(lister) == true } }
        let down = company.filter { !look.answers($0) && !look.isGone($0) }
        let all = look.sortedPeers
        let listed = listers.union(all.filter(look.lists)).flatMap { look.peers[$0]?.view ?? [] }
        let unseen = Set(listed).union(all.filter(look.lists)).subtracting(others).subtracting([pod.node])
            .filter { look.answers($0) && !look.isGoing($0) }
        let pulling = all.filter { look.lists($0) && !look.isImpeached($0) && !look.isGoing($0) }
        let alone = all.filter { look.size($0) == 1 }
        let established = alone.filter { look.isEstablished($0) && !look.isGoing($0) }
        let standing = established.filter(look.isInService) + established.filter { !look.isInService($0) }
        let clusters = all.filter {
            look.isConfirmed($0) && !look.isImpeached($0) && !look.lists($0) && !look.isGoing($0)
        }
        let claims = all.filter {
            look.size($0) > 1 && !look.isConfirmed($0) && !look.isImpeached($0) && !look.lists($0)
        }
        // Who is in service is in a cluster, also when the other members are down just now and cannot confirm it.
        let hosts =
            faults.contains(.passesOverTheUnconfirmed)
            ? [] : claims.filter { look.isInService($0) && !look.isGoing($0) }
        let strangers = alone.filter { look.pods != nil && look.pod(for: $0) == nil }
        let pods = (look.pods ?? []).filter { $0.name != pod.name && $0.deletion == nil }
        let running = pods.filter { $0.runningSince != nil }
        let serving = (look.pods ?? []).filter { $0.name != pod.name && $0.isStarted }.compactMap { nodeNames[$0.name] }
        // In service, also when they are stopping, and not of this node's cluster, as far as it is to be seen.
        let outside =
            faults.contains(.ignoresAnotherCluster)
            ? [] : serving.filter { look.answers($0) ? !look.lists($0) : !others.contains($0) }
        let lost = serving.filter {
            !look.isGoing($0) && !look.answers($0) && others.contains($0) && !look.running.contains($0)
        }
        let stopping =
            faults.contains(.foundsBesideWhoStops)
            ? [] : (look.pods ?? []).filter { $0.name != pod.name && $0.deletion != nil }
        // A lower one that has no pod is about to get one: pods are made in their order.
        let awaited =
            faults.contains(.foundsBesideWhoStops) || look.pods == nil
            ? []
            : world.kubernetes.wanted.filter { wanted in
                wanted < pod.ordinal && look.pods?.contains { $0.ordinal == wanted } == false
            }
        let isLate = !awaited.isEmpty || pods.contains { $0.runningSince == nil && $0.ordinal < pod.ordinal }

        var keys: [String] = []
        if known.isEmpty { keys.append("silence") }
        if !isJoining, !hard.isEmpty, sound.isEmpty, down.isEmpty { keys.append("denied") }
        if !isJoining, !others.isEmpty, hard.isEmpty, listers.isEmpty, down.isEmpty, !firm.isEmpty {
            keys.append("denied by one")
        }
        if others.isEmpty, records.leaving != nil, pulling.isEmpty, !deniers.isEmpty { keys.append("left") }
        if others.isEmpty, !pulling.isEmpty { keys.append("listed") }
        if !others.isEmpty, !unseen.isEmpty { keys.append("unseen") }
        if isClear { keys.append("clear") }
        if isLate { keys.append("late") }
        keys += claims.map { "claim " + $0 }
        keys += alone.map { "alone " + $0 }
        var memory: [String: (since: Double, looks: Int)] = [:]
        for key in keys {
            let before = join.memory[key]
            memory[key] = (before?.since ?? world.now, (before?.looks ?? 0) + 1)
        }
        join.memory = memory
        let now = world.now
        func age(_ key: String) -> Double { memory[key].map { now - $0.since } ?? -1 }
        func forGood(_ key: String, _ seconds: Double) -> Bool {
            if faults.contains(.believesOneDenial) { return memory[key] != nil }
            return age(key) >= seconds && (memory[key]?.looks ?? 0) >= HookTimes.looksNeeded
        }

        if isSeen, look.pods?.contains(where: { $0.name == pod.name && $0.deletion != nil }) == true {
            return .wait("the pod is being deleted")
        }
        if look.pods != nil, !isSeen { return .wait("the API server does not list this pod") }
        if !others.isEmpty {
            if hard.isEmpty, firm.isEmpty, !listers.isEmpty {
                if !outside.isEmpty, !listers.contains(where: look.isInService) {
                    return .wait("another cluster of the set is in service: decide which state to keep")
                }
                if !unseen.isEmpty, age("unseen") < HookTimes.gossip { return .wait("a member is not listed here yet") }
                return .member
            }
            if hard.isEmpty, !listers.isEmpty { return .wait("decide which is the cluster") }
            if !hard.isEmpty, !sound.isEmpty { return .wait("some list this node, others not yet") }
            if forGood("denied", HookTimes.deniedFor) { return .afresh("removed") }
            if forGood("denied by one", HookTimes.loneDeniedFor) { return .afresh("removed") }
            if !known.isEmpty { return .wait("known members do not list this node") }
            if !(clusters + hosts + standing + outside).isEmpty, !faults.contains(.ignoresAnotherCluster) {
                return .wait("there is another cluster of the set: decide which state to keep")
            }
            if isSeen, others.allSatisfy({ other in running.allSatisfy { nodeNames[$0.name] != other } }) {
                return .member
            }
            if !lost.isEmpty { return .wait("a broker in service cannot be reached") }
            if age("silence") >= HookTimes.silence { return .member }
            return .wait("waiting for another member to confirm it")
        }
        if forGood("left", HookTimes.deniedFor) { return .afresh("left") }
        if forGood("denied", HookTimes.deniedFor), !members.isEmpty { return .afresh("removed") }
        if isJoining { return .wait("joined; waiting for the views") }
        if !pulling.isEmpty, age("listed") < HookTimes.gossip { return .wait("waiting to be pulled back in") }
        if memory["left"] != nil || memory["denied"] != nil { return .wait("denied: looking again") }
        if let target = pulling.first, !join.isRefused { return .join(target) }
        let isBlind = look.pods == nil && !faults.contains(.passesOverTheUnconfirmed)
        if claims.contains(where: { isBlind || age("claim " + $0) < HookTimes.claimSettles }) {
            return .wait("an unconfirmed claim")
        }
        if let target = clusters.first, !join.isRefused { return .join(target) }
        if let target = hosts.first, !join.isRefused { return .join(target) }
        let mute = running.filter { $0.isStarted && !look.answers(nodeNames[$0.name] ?? "") }
        if !mute.isEmpty { return .wait("a broker in service does not answer") }
        if let target = standing.first, !join.isRefused { return .join(target) }
        if !clusters.isEmpty || !hosts.isEmpty || !standing.isEmpty {
            if records.fresh, records.member == nil, records.leaving == nil, records.resets < 2 {
                return .afresh("unjoinable")
            }
            return .wait("non_empty_node: decide which state to keep")
        }
        if isSeen {
            let lowest = running.first { $0.ordinal < pod.ordinal }
            if isLate, age("late") < HookTimes.joinTimeout / 2 { return .wait("late pods come first") }
            if !stopping.isEmpty { return .wait("a pod is stopping, and may come back with its state") }
            if let lowest, !join.isRefused {
                let node = nodeNames[lowest.name] ?? ""
                let since = lowest.runningSince ?? 0
                let elders = running.filter { third in
                    let name = nodeNames[third.name] ?? ""
                    return name != node && (third.runningSince ?? since) < since - HookTimes.settle
                        && memory["alone " + name] != nil && age("alone " + name) < 2 * HookTimes.settle
                }
                if !look.answers(node) { return .wait("waiting for the first of the set") }
                if !elders.isEmpty { return .wait("an older pod is waited for") }
                return .join(node)
            }
            if lowest != nil { return .wait("has state of its own, waits for the first") }
            if running.isEmpty, strangers.isEmpty { return goAlone(pod, look) }
            if now - join.up < HookTimes.settle { return .wait("waiting for the others to come") }
            let stayed = alone.filter { age("alone " + $0) >= HookTimes.settle && !look.isGoing($0) }
            if let target = stayed.first, !join.isRefused { return .join(target) }
            return .wait("waiting for others")
        }
        if !alone.isEmpty, !join.isRefused, pod.ordinal > 0 {
            if let first = alone.first(where: { ordinal(of: $0) == 0 }) { return .join(first) }
            return .wait("not known whether who is alone stays so")
        }
        if !alone.isEmpty, !join.isRefused {
            let stayed = alone.filter { age("alone " + $0) >= HookTimes.settle }
            if now - join.up >= HookTimes.settle, let target = stayed.first { return .join(target) }
            return .wait("waiting for others to come")
        }
        if age("clear") >= HookTimes.silence, members.isEmpty, records.leaving == nil, records.member == nil {
            return .alone("the names are clear")
        }
        if age("silence") >= HookTimes.silence, records.member == [pod.node], records.leaving == nil, look.peers.isEmpty
        {
            return .alone("the record says so")
        }
        if faults.contains(.foundsOnSilence), age("silence") >= HookTimes.silence { return .alone("silence") }
        return .wait("nobody answers")
    }

    /// The API server knows no other pod that runs and stays: whether that is enough to be the cluster.
    private func goAlone(_ pod: SimulatedPod, _ look: HookLook) -> JoinDecision {
        let records = pod.volume.records
        // Only those that have a pod: one that is made after this one is Ready (OrderedReady) would be waited for in vain.
        let stays = records.companions(of: pod.node).filter { look.pod(for: $0) != nil }
        if !faults.contains(.foundsOnLeftState), records.leaving != nil, !stays.isEmpty {
            return .wait("this node may have left the cluster of others that are not up")
        }
        return .alone("the API server knows no other")
    }
}

import VerneMQ

/// Why nothing may be done to the cluster: the rules that keep an action from doing harm. Each is a clause that ends up in a
/// condition.
extension ClusterPicture {
    /// Why nobody may be told to do anything now. A remembered finding tells how long a pod has been missing.
    ///
    /// A survivor that removes a dead member deletes its own cluster state from its disk and writes it anew only later: if it
    /// restarts meanwhile, it comes up knowing nobody. So nothing may start, stop or roll then.
    func unrest(policy: MembershipPolicy, missingSince: (String) -> Int64?) -> String? {
        let set = observation.set
        if set.isPaused { return "the annotation \(Annotation.pause.name) says to leave the set alone" }
        if set.isBeingDeleted { return "the set is being deleted" }
        if set.wanted.isEmpty { return "the set is scaled to zero: that is a shutdown, members stay members" }
        if set.observedGeneration < set.generation { return "the set has changed and its controller has not acted yet" }
        for pod in observation.pods.sorted(by: { $0.ordinal < $1.ordinal }) {
            if pod.isTerminating || !set.wanted.contains(pod.ordinal) { return "pod \(pod.name) is stopping" }
            if case .rolling(let partition) = set.strategy, pod.ordinal >= partition, pod.revision != set.updateRevision
            {
                return "the set is rolling: pod \(pod.name) is of an older template"
            }
            if !pod.isReady, observation.now - pod.changed < policy.starting { return "pod \(pod.name) is starting" }
        }
        for ordinal in set.wanted where !observation.pods.contains(where: { $0.ordinal == ordinal }) {
            let name = observation.naming.pod(ordinal)
            guard let since = missingSince(name), observation.now - since >= policy.starting else {
                return "pod \(name) is about to be made"
            }
        }
        return nil
    }

    /// Why the brokers in service do not speak with one voice; nil if they do.
    var discord: String? {
        for pod in observation.pods.sorted(by: { $0.ordinal < $1.ordinal }) where pod.isReady {
            let node = observation.naming.node(pod.ordinal)
            if views[node] == nil { return "\(pod.name) is in service and does not tell its view" }
            if !main.contains(node), !lone.contains(node) {
                return "\(pod.name) is in service and not in the cluster of \(observation.naming.short(main))"
            }
        }
        if let split = splits.first {
            return "\(observation.naming.short(split)) are a cluster of their own"
        }
        return disagreement.map { "the members do not agree: \($0)" }
    }

    /// Why a member may not be removed; nil if all its survivors run, agree on everything, and agree that it does not run.
    func objection(toRemoving member: String) -> String? {
        let name = observation.naming.short
        guard ghosts.contains(member) else {
            if !members.contains(member) { return "\(name(member)) is not a member" }
            if observation.pod(of: member) != nil { return "there is a pod for \(name(member))" }
            return "\(name(member)) is wanted by the set, or not of it"
        }
        if let discord { return discord }
        if let alone = lone.first(where: { observation.pod(of: $0)?.isReady == true }) {
            return "\(name(alone)) is in service and alone"
        }
        let survivors = members.subtracting(ghosts)
        for survivor in sorted(survivors) where !main.contains(survivor) {
            return isDown(survivor)
                ? "member \(name(survivor)) is down too" : "member \(name(survivor)) does not answer"
        }
        for ghost in ghosts where !isDown(ghost) {
            return "\(name(ghost)) still runs, by the views of members"
        }
        // What was scaled away is exactly what the set does not want; the rest must be there to take over.
        if survivors.isEmpty { return "there is nobody left to be a member" }
        return nil
    }

    /// Who is told to act: a wanted, Ready, settled member; not the first of the set (others look to it when they join) if
    /// another one will do; the one that acted last if it still can; else the highest ordinal.
    func executor(remembered: String?) -> MembershipAction.Executor? {
        let able = observation.pods.filter {
            let node = observation.naming.node($0.ordinal)
            return $0.isReady && !$0.isTerminating && observation.set.wanted.contains($0.ordinal) && main.contains(node)
        }
        .sorted { $0.ordinal < $1.ordinal }
        let others = able.filter { $0.ordinal != observation.set.start }
        let eligible = others.isEmpty ? able : others
        let chosen = eligible.first { observation.naming.node($0.ordinal) == remembered } ?? eligible.last
        return chosen.map {
            MembershipAction.Executor(node: observation.naming.node($0.ordinal), pod: $0.name, uid: $0.uid)
        }
    }

    /// Why a broker may not be asked to join; nil if it is alone, unused and in service beside exactly one whole cluster.
    /// VerneMQ refuses anyway whoever holds state, so that nothing can be lost by it.
    func objection(toJoining node: String) -> String? {
        let name = observation.naming.short
        guard lone.contains(node), let view = views[node], let pod = observation.pod(of: node), pod.isReady,
            !pod.isTerminating
        else { return "\(name(node)) is not alone and in service" }
        if view.load > 0 { return "\(name(node)) is in use" }
        if main.count < 2 { return "there is no cluster of two or more to join" }
        if let discord { return discord }
        if let ghost = ghosts.first { return "\(name(ghost)) has to be removed first" }
        if let down = down.first { return "member \(name(down)) is down" }
        return nil
    }
}

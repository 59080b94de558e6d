extension Simulation {
    /// Something about the set or its pods changed: its controller and the operator hear of it.
    func changed() {
        controllerWake = min(controllerWake, now + seconds(0.3...1.5))
        operatorState.hears(at: now + 1)
    }

    // MARK: The StatefulSet's controller

    func controlSet() {
        controllerWake = .infinity
        operatorState.observedGeneration = operatorState.generation
        let set = world.kubernetes
        for ordinal in set.wanted {
            guard let pod = set.pod(ordinal) else {
                create(ordinal)
                if set.policy == .orderedReady { return }
                continue
            }
            if set.policy == .orderedReady, pod.deletion != nil || !pod.isStarted { return }
        }
        let condemned = set.pods.values.filter { !set.wanted.contains($0.ordinal) }.sorted { $0.ordinal > $1.ordinal }
        for pod in condemned {
            if pod.deletion == nil { delete(pod.uid) }
            if set.policy == .orderedReady { return }
        }
        guard condemned.isEmpty else { return }
        for ordinal in set.wanted.reversed() {
            guard let pod = set.pod(ordinal), pod.deletion == nil, pod.isStarted else { return }
            if pod.revision != set.revision { return delete(pod.uid) }
        }
    }

    private func create(_ ordinal: Int) {
        counter += 1
        let set = world.kubernetes
        let pod = Pod(
            name: "\(set.set)-\(ordinal)",
            ordinal: ordinal,
            uid: "u\(counter)",
            address: "a\(counter)",
            owner: set.uid,
            revision: set.revision
        )
        world.kubernetes.pods[pod.uid] = pod
        let node = set.node(ordinal)
        nodeNames[pod.name] = node
        ordinals[node] = ordinal
        let volume: DataVolume
        if set.storage == .persistent, let old = volumes[ordinal] {
            volume = old
        } else {
            volume = DataVolume()
            allVolumes.append(volume)
            if set.storage == .persistent { volumes[ordinal] = volume }
        }
        pods[pod.uid] = SimulatedPod(
            uid: pod.uid,
            ordinal: ordinal,
            name: pod.name,
            node: node,
            address: pod.address,
            volume: volume,
            wake: now + seconds(0.5...6)
        )
        createdAt[pod.uid] = now
        readyChanged[pod.uid] = now
        changed()
    }

    func delete(_ uid: String) {
        guard let pod = pods[uid], world.kubernetes.pods[uid]?.deletion == nil else { return }
        note("pod \(pod.name) is deleted")
        let moment = now
        world.kubernetes.pods[uid]?.deletion = (moment, HookTimes.grace)
        pod.wake = now + seconds(0.1...1)
        changed()
        switch pod.stage {
        case .running:
            beginLeave(pod)
        case .stopping:
            break
        case .pending, .preparing, .waiting, .gone:
            remove(pod)
        }
    }

    func remove(_ pod: SimulatedPod) {
        note("pod \(pod.name) is gone")
        pod.stage = .gone
        pod.wake = .infinity
        world.endBroker(at: pod.address)
        world.kubernetes.pods[pod.uid] = nil
        pods[pod.uid] = nil
        createdAt[pod.uid] = nil
        readyChanged[pod.uid] = nil
        if pod.hasRun || podGone[pod.ordinal] == nil { podGone[pod.ordinal] = now }
        if world.kubernetes.storage != .persistent {
            for disk in pod.volume.aside + [pod.volume.disk].compactMap({ $0 }) { world.destroy(disk: disk) }
            pod.volume.disk = nil
            pod.volume.aside = []
        }
        changed()
    }

    // MARK: The life of a pod

    func arrive(_ pod: SimulatedPod) {
        world.kubernetes.pods[pod.uid]?.hasAddress = true
        pod.stage = .preparing
        beginPrepare(pod)
    }

    func startContainer(_ pod: SimulatedPod) {
        guard now >= pod.heldUntil else {
            pod.wake = pod.heldUntil
            return
        }
        let disk = pod.volume.disk ?? world.makeDisk(owner: pod.node)
        pod.volume.disk = disk
        world.startBroker(pod.node, at: pod.address, disk: disk)
        let moment = now
        world.kubernetes.pods[pod.uid]?.runningSince = moment
        pod.stage = .running
        pod.hasRun = true
        pod.join = JoinProgress(began: now)
        pod.leave = nil
        pod.wake = now + 1
        note("\(pod.name) starts on disk \(disk)")
        changed()
    }

    func setStarted(_ pod: SimulatedPod, _ isStarted: Bool) {
        guard world.kubernetes.pods[pod.uid]?.isStarted != isStarted else { return }
        world.kubernetes.pods[pod.uid]?.isStarted = isStarted
        readyChanged[pod.uid] = now
        changed()
    }

    /// PID 1 has ended, and with it everything in the container.
    func containerEnded(_ pod: SimulatedPod) {
        world.endBroker(at: pod.address)
        world.kubernetes.pods[pod.uid]?.runningSince = nil
        setStarted(pod, false)
        pod.join = nil
        pod.leave = nil
        if world.kubernetes.pods[pod.uid]?.deletion != nil { return remove(pod) }
        pod.stage = .waiting
        pod.wake = max(now + pod.backoff, pod.heldUntil)
        pod.backoff = min(pod.backoff * 2, 60)
        changed()
    }

    // MARK: prepare

    private func beginPrepare(_ pod: SimulatedPod) {
        pod.deniedSince = nil
        pod.looks = 0
        let records = pod.volume.records
        if pod.volume.disk == nil {
            if records.member == nil, records.leaving == nil, !records.fresh { pod.volume.records.fresh = true }
            if records.leaving == nil { return becomeReady(pod) }
        }
        if records.member == nil, records.leaving == nil { return becomeReady(pod) }
        pod.wake = now + 0.5
    }

    private func becomeReady(_ pod: SimulatedPod) {
        pod.stage = .waiting
        pod.wake = now + 0.5
    }

    /// One look of `prepare`: the model of VERDICT.
    func prepare(_ pod: SimulatedPod) {
        let look = look(from: pod)
        let records = pod.volume.records
        let members = records.companions(of: pod.node)
        let known = members.filter(look.answers)
        let silent = members.filter { !look.answers($0) && !look.isGone($0) }
        let listers = look.sortedPeers.filter { look.lists($0) && !look.isImpeached($0) }
        let deniers = known.filter { !look.lists($0) }
        let hard = deniers.filter(look.isConfirmed)
        if !listers.isEmpty {
            if records.leaving != nil {
                pod.volume.records.leaving = nil
                pod.volume.records.leaveFailed = true
            }
            return becomeReady(pod)
        }
        let isDenied: Bool
        if !hard.isEmpty, records.leaving != nil || (silent.isEmpty && !known.contains(where: look.lists)) {
            isDenied = true
        } else {
            isDenied = records.leaving != nil && !deniers.isEmpty && silent.isEmpty
        }
        guard isDenied else { return becomeReady(pod) }
        pod.looks += 1
        let since = pod.deniedSince ?? now
        pod.deniedSince = since
        let isCertain = pod.looks >= HookTimes.looksNeeded && now >= since + HookTimes.deniedFor
        if isCertain || faults.contains(.believesOneDenial) {
            moveAside(pod, records.leaving == nil ? "removed" : "left")
            return becomeReady(pod)
        }
        pod.wake = now + HookTimes.deniedFor / Double(HookTimes.looksNeeded - 1) + (look.isSlow ? 6 : 0.3)
    }

    func moveAside(_ pod: SimulatedPod, _ why: String) {
        note("\(pod.name) moves its state aside: \(why)")
        count("moved aside: \(why)")
        if why != "unjoinable" { judgeMove(of: pod) }
        if let disk = pod.volume.disk, !faults.contains(.deletesState) { pod.volume.aside.append(disk) }
        pod.volume.disk = nil
        let resets = pod.volume.records.resets
        pod.volume.records = HookRecords(fresh: true, resets: resets)
    }
}

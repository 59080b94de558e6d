extension Simulation {
    /// `join run`, one step.
    func stepJoin(_ pod: SimulatedPod) {
        guard var join = pod.join, let broker = world.brokers[pod.address] else {
            pod.wake = .infinity
            return
        }
        switch join.phase {
        case .waitingForHTTP:
            pod.wake = now + 1
            if broker.phase == .up { join.phase = .waitingForAdmin }
        case .waitingForAdmin:
            pod.wake = now + 1
            if now >= broker.began + World.Measured.adminAfter {
                join.phase = .looking
                join.up = now
            }
        case .looking:
            if gateIsOver(pod, join) { return }
            lookAndAct(pod, &join)
        case .watching:
            pod.wake = now + HookTimes.watchEvery
            let look = look(from: pod)
            if decide(pod, look, &join, isClear: false) == .member, let view = look.own, view != join.recorded {
                record(view, pod, &join)
            }
        }
        if pod.stage == .running, pod.join != nil { pod.join = join }
    }

    /// The startup probe's threshold: kubelet restarts the container, by way of preStop.
    private func gateIsOver(_ pod: SimulatedPod, _ join: JoinProgress) -> Bool {
        guard now >= join.began + HookTimes.joinTimeout + 10 else { return false }
        note("\(pod.name) has not joined in time (\(join.reason)): restarted")
        count("startup probe failed")
        beginLeave(pod)
        return true
    }

    private func lookAndAct(_ pod: SimulatedPod, _ join: inout JoinProgress) {
        let look = look(from: pod)
        let isClear =
            look.pods == nil && look.peers.isEmpty && pod.volume.records.companions(of: pod.node).isEmpty
            && namesAreClear(to: pod)
        var decision = decide(pod, look, &join, isClear: isClear)
        if faults.contains(.goesIntoServiceUnjoined), look.own != nil, case .wait = decision { decision = .member }
        pod.wake = now + HookTimes.lookEvery + (look.isSlow ? 6 : 0.5)
        switch decision {
        case .wait(let reason):
            if reason != join.reason { note("\(pod.name): \(reason)") }
            join.reason = reason
            if reason.contains("decide which") { pod.isUndecided = true }
        case .member:
            succeed(pod, look.own ?? [], &join)
        case .alone(let why):
            note("\(pod.name) is the cluster: \(why)")
            judgeFounding(by: pod, look)
            succeed(pod, look.own ?? [], &join)
        case .join(let target):
            attempt(pod, target, &join)
        case .afresh(let how):
            note("\(pod.name) starts afresh: \(how)")
            if how == "unjoinable" { pod.volume.records.resets += 1 }
            moveAside(pod, how)
            pod.join = nil
            containerEnded(pod)
        }
    }

    private func succeed(_ pod: SimulatedPod, _ view: Set<String>, _ join: inout JoinProgress) {
        note("\(pod.name) is in service with \(short(view))")
        record(view, pod, &join)
        join.phase = .watching
        pod.backoff = 1
        pod.isUndecided = false
        pod.wake = now + HookTimes.watchEvery
        setStarted(pod, true)
    }

    private func record(_ view: Set<String>, _ pod: SimulatedPod, _ join: inout JoinProgress) {
        join.recorded = view
        pod.volume.records = HookRecords(member: view)
    }

    private func attempt(_ pod: SimulatedPod, _ target: String, _ join: inout JoinProgress) {
        note("\(pod.name) joins \(short([target]))")
        join.joined = now
        join.attempt = now
        guard
            case .answer(let reply, let delay) = world.admin(
                ["cluster", "join", "discovery-node=\(target)"],
                at: pod.address,
                node: pod.node
            )
        else { return }
        pod.wake += delay
        if reply.output.contains("non_empty_node") {
            note("\(pod.name) is refused: non_empty_node")
            join.isRefused = true
        } else if reply.output.contains("not_reachable") {
            join.joined = nil
            pod.wake += 7
        }
        changed()
    }
}

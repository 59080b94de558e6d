import Membership

extension Simulation {
    /// preStop begins: the pod is deleted, or its container is restarted.
    func beginLeave(_ pod: SimulatedPod) {
        pod.stage = .stopping
        pod.leave = LeaveProgress(began: now, wasWanted: world.kubernetes.wanted.contains(pod.ordinal))
        // Whoever waits at the gate joins no more.
        pod.wake = now + seconds(0.2...1)
    }

    /// `leave`, one step.
    func stepLeave(_ pod: SimulatedPod) {
        guard var leave = pod.leave else {
            pod.wake = .infinity
            return
        }
        if let deletion = world.kubernetes.pods[pod.uid]?.deletion, now >= deletion.asked + deletion.grace {
            note("\(pod.name): the grace is over")
            return containerEnded(pod)
        }
        switch leave.phase {
        case .deciding(let tries): decideToLeave(pod, &leave, tries: tries)
        case .seeing(let tries): firstSight(pod, &leave, tries: tries)
        case .maybeJoined(let until): maybeJoined(pod, &leave, until: until)
        case .pausing(let until):
            pod.wake = until
            if now >= until {
                leave.phase = .waiting(half: now + (leave.deadline - now) / 2)
                pod.wake = now
            }
        case .waiting(let half): waitForOthers(pod, &leave, half: half)
        case .commanding(let id, let timeout): awaitReply(pod, &leave, id, timeout)
        case .concluding(let outcome, let until): conclude(pod, &leave, outcome, until: until)
        case .lingering: linger(pod, &leave)
        case .stopping:
            _ = world.admin(["node", "stop"], at: pod.address, node: pod.node)
            leave.phase = .ending
            pod.wake = now + 2.4
        case .ending:
            return containerEnded(pod)
        }
        if pod.stage == .stopping { pod.leave = leave }
    }

    private func stopPlainly(_ pod: SimulatedPod, _ leave: inout LeaveProgress, _ why: String) {
        note("\(pod.name) plain stop: \(why)")
        leave.phase = .stopping
        pod.wake = now + 0.6
        // Not in service from here on: kubelet has taken it out of the endpoints.
    }

    private func giveUp(_ pod: SimulatedPod, _ leave: inout LeaveProgress, _ why: String) {
        count("leave failed")
        // What an earlier life left unresolved stays so.
        if leave.attempts > 0 { pod.volume.records.leaving = nil }
        pod.volume.records.leaveFailed = true
        operatorState.farewells[pod.node] = .failed(why)
        stopPlainly(pod, &leave, "THE LEAVE FAILED: \(why)")
    }

    private func apiAnswers(_ pod: SimulatedPod) -> Bool {
        (world.kubernetes.moods[pod.name] ?? world.kubernetes.mood) == .answers
    }

    private func decideToLeave(_ pod: SimulatedPod, _ leave: inout LeaveProgress, tries: Int) {
        guard world.brokers[pod.address] != nil else { return stopPlainly(pod, &leave, "the broker has ended") }
        guard apiAnswers(pod) else {
            if tries >= 2 || world.kubernetes.mood == .forbids {
                return stopPlainly(pod, &leave, "whether to leave cannot be decided")
            }
            leave.phase = .deciding(tries: tries + 1)
            pod.wake = now + 3
            return
        }
        guard let deletion = world.kubernetes.pods[pod.uid]?.deletion else {
            return stopPlainly(pod, &leave, "only the container is restarted")
        }
        leave.end = deletion.asked + deletion.grace
        leave.deadline = min(leave.end - HookTimes.reserve, leave.began + HookTimes.leaveTimeout)
        leave.first = world.kubernetes.start
        leave.replicas = world.kubernetes.replicas
        leave.wasWanted = world.kubernetes.wanted.contains(pod.ordinal)
        if leave.replicas == 0 { return stopPlainly(pod, &leave, "a shutdown") }
        let isCondemned = pod.ordinal < leave.first || pod.ordinal >= leave.first + leave.replicas
        if !isCondemned, world.kubernetes.storage == .persistent, !faults.contains(.leavesOnRestart) {
            return stopPlainly(pod, &leave, "the pod comes back to its volume")
        }
        if leave.deadline - now < HookTimes.leaveAtLeast { return giveUp(pod, &leave, "no time") }
        note("\(pod.name) is to leave")
        leave.phase = .seeing(tries: 0)
        pod.wake = now + 0.3
    }

    /// A look and SIGHT; false if it shows nothing.
    private func see(_ pod: SimulatedPod, _ leave: inout LeaveProgress) -> HookLook? {
        let look = look(from: pod)
        guard let view = look.own, let all = look.pods else { return nil }
        let isEphemeral = world.kubernetes.storage != .persistent
        func isCondemned(_ other: Pod) -> Bool {
            other.ordinal < leave.first || other.ordinal >= leave.first + leave.replicas
        }
        let others = view.subtracting([pod.node])
        var sight = LeaveProgress.Sight()
        sight.view = view
        sight.dead = others.filter { !look.running.contains($0) }.sorted()
        sight.targets = others.filter { other in
            guard look.running.contains(other), let its = look.pod(for: other) else { return false }
            return its.deletion == nil && !isCondemned(its)
        }
        .sorted()
        let mine = all.first { $0.uid == pod.uid && $0.deletion != nil }
        for other in all where other.name != pod.name {
            guard let deletion = other.deletion, let node = nodeNames[other.name], isCondemned(other) || isEphemeral
            else { continue }
            // It says that it is a member; that nobody's view shows it may be the views' lag.
            let isLate = look.size(node) >= 2 && !faults.contains(.overlooksLateJoiners)
            guard look.running.contains(node) || isLate else { continue }
            var goesBefore = look.peers[node].map { !$0.hasListeners } ?? false
            if let own = mine?.deletion {
                let theirTurn = (deletion.asked.rounded(.down), -other.ordinal)
                goesBefore = goesBefore || theirTurn < (own.asked.rounded(.down), -pod.ordinal)
            }
            if goesBefore { sight.before.append(node) }
        }
        sight.isListed = view.count <= 1 && look.peers.keys.contains(where: look.lists)
        leave.sight = sight
        return look
    }

    private func firstSight(_ pod: SimulatedPod, _ leave: inout LeaveProgress, tries: Int) {
        guard see(pod, &leave) != nil else {
            if tries >= 2 { return giveUp(pod, &leave, "nothing can be read") }
            leave.phase = .seeing(tries: tries + 1)
            pod.wake = now + HookTimes.lookEvery
            return
        }
        leave.phase = .maybeJoined(until: now + HookTimes.viewsLag)
        pod.wake = now
    }

    private func maybeJoined(_ pod: SimulatedPod, _ leave: inout LeaveProgress, until: Double) {
        if leave.sight.targets.isEmpty, now < until {
            let isRecent = pod.join?.attempt.map { now < $0 + HookTimes.viewsLag } ?? false
            if leave.sight.isListed || isRecent {
                _ = see(pod, &leave)
                pod.wake = now + HookTimes.lookEvery
                return
            }
        }
        if leave.sight.targets.isEmpty, !faults.contains(.leavesAlone) {
            return stopPlainly(pod, &leave, "nobody to leave to")
        }
        leave.phase = .pausing(until: now + 3)
        pod.wake = now + 3
    }

    private func waitForOthers(_ pod: SimulatedPod, _ leave: inout LeaveProgress, half: Double) {
        let look = see(pod, &leave)
        if leave.sight.targets.isEmpty, !faults.contains(.leavesAlone) {
            return stopPlainly(pod, &leave, "nobody is left to leave to")
        }
        let mustWait = !leave.sight.before.isEmpty && !faults.contains(.ignoresOtherLeavers)
        if mustWait || !leave.sight.dead.isEmpty {
            if now < half {
                pod.wake = now + HookTimes.lookEvery + (look?.isSlow == true ? 6 : 0.3)
                return
            }
            leave.passedHalf = true
            if mustWait, world.kubernetes.storage == .persistent {
                return giveUp(pod, &leave, "\(short(leave.sight.before)) have not finished leaving")
            }
        }
        if leave.attempts > 0, leave.deadline - now < HookTimes.leaveAtLeast {
            return giveUp(pod, &leave, "no time to ask again")
        }
        command(pod, &leave)
    }

    private func command(_ pod: SimulatedPod, _ leave: inout LeaveProgress) {
        leave.attempts += 1
        pod.volume.records.leaving = leave.sight.view
        let span = max(0, leave.deadline - now).rounded(.down)
        note("\(pod.name) leaves \(short(leave.sight.view)), \(Int(span)) s")
        judgeLeave(of: pod, leave)
        let words = [
            "cluster", "leave", "node=\(pod.node)", "-k", "-t", "\(Int(span))", "-rpctimeout", "\(Int(span))000",
        ]
        switch world.admin(words, at: pod.address, node: pod.node) {
        case .answer(let reply, let delay):
            leave.phase = .concluding(outcome: reply.output + reply.error, until: now + delay + 20)
            pod.wake = now + delay
        case .leave(let id, let timeout):
            leave.phase = .commanding(id: id, timeout: timeout)
            pod.wake = now + 1
        }
    }

    private func awaitReply(_ pod: SimulatedPod, _ leave: inout LeaveProgress, _ id: Int, _ timeout: Double) {
        pod.wake = now + 1
        guard let reply = world.leaveReply(id, timeout: timeout) else { return }
        leave.phase = .concluding(outcome: reply.output + reply.error, until: now + 20)
    }

    private func conclude(_ pod: SimulatedPod, _ leave: inout LeaveProgress, _ outcome: String, until: Double) {
        if outcome.contains("no_target_available") { return giveUp(pod, &leave, "no_target_available") }
        // The end of the process takes the hook with it; it is not awaited here.
        if now < until {
            pod.wake = min(until, now + 5)
            return
        }
        if survivorsDeny(pod) { return stopPlainly(pod, &leave, "left the cluster") }
        if outcome.contains("Unknown error") || outcome.contains("Can't") {
            if leave.attempts < 3, leave.deadline - now >= HookTimes.leaveAtLeast {
                leave.phase = .waiting(half: now + 10 + (leave.deadline - now - 10) / 2)
                pod.wake = now + 10
                return
            }
            return giveUp(pod, &leave, outcome)
        }
        leave.phase = .lingering
        pod.wake = now + 10
    }

    private func linger(_ pod: SimulatedPod, _ leave: inout LeaveProgress) {
        if survivorsDeny(pod) { return stopPlainly(pod, &leave, "left the cluster") }
        if now >= leave.deadline { return giveUp(pod, &leave, "it did not end in time") }
        pod.wake = now + 10
    }

    private func survivorsDeny(_ pod: SimulatedPod) -> Bool {
        let look = look(from: pod)
        return !look.peers.isEmpty && look.peers.values.allSatisfy { !$0.view.contains(pod.node) }
    }
}

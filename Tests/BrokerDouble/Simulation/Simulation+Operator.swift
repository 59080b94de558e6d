import Membership

/// The operator as far as membership goes: what it has written down, and what it is about to do.
struct SimulatedOperator {
    /// Where it dies in the course of one action.
    enum Death: CaseIterable { case beforeWriting, beforeActing, afterActing }

    var wake = 1001.0
    var memory = MembershipMemory()
    var planned: MembershipAction?
    var downUntil = 0.0
    var lastPlan = 0.0
    var farewells: [String: Farewell] = [:]
    var conditions: [MembershipCondition] = []
    var generation: Int64 = 1
    var observedGeneration: Int64 = 1
    var death: Death?
    var isCut = false

    mutating func hears(at moment: Double) {
        guard planned == nil else { return }
        wake = min(wake, max(moment, lastPlan + 5, downUntil))
    }
}

extension Simulation {
    var planner: MembershipPlanner {
        var policy = MembershipPolicy()
        policy.haste = 30
        policy.interval = 240
        if faults.contains(.ignoresGhostTimeout) {
            policy.ghostTimeout = 0
        }
        return MembershipPlanner(policy: policy)
    }

    /// One step of the operator: it plans and writes down, or carries out what it planned.
    func operate() {
        if let action = operatorState.planned {
            operatorState.planned = nil
            operatorState.wake = now + 10
            if operatorState.death == .beforeActing { return die() }
            if !faults.contains(.actsOnOldKnowledge), !faults.contains(.removesWhoIsDown),
                let objection = planner.objection(to: action, in: observe())
            {
                note("operator thinks better of it: \(objection)")
                count("action given up")
                return
            }
            carryOut(action)
            if operatorState.death == .afterActing { die() }
            return
        }
        let memory = faults.contains(.forgets) ? MembershipMemory() : operatorState.memory
        operatorState.lastPlan = now
        let observation = observe()
        var plan = planner.plan(observation, memory)
        if faults.contains(.removesWhoIsDown), plan.action == nil { plan.action = rash(observation) }
        if faults.contains(.neverRemoves) { plan.action = nil }
        if faults.contains(.actsThroughTheFirst), case .removeDead(let member, _) = plan.action,
            let first = observation.pods.first(where: { $0.ordinal == observation.set.start && $0.isReady })
        {
            let node = observation.naming.node(first.ordinal)
            plan.action = .removeDead(member: member, through: .init(node: node, pod: first.name, uid: first.uid))
        }
        operatorState.conditions = plan.conditions
        operatorState.wake = now + Double(plan.wakeAfter)
        if plan.action != nil, operatorState.death == .beforeWriting { return die() }
        operatorState.memory = plan.memory
        if let action = plan.action {
            note("operator plans \(action.command.dropFirst(2).joined(separator: " ")) through \(action.executor.pod)")
            operatorState.planned = action
            operatorState.wake = now + (faults.contains(.actsOnOldKnowledge) ? 150 : seconds(0.2...2))
        }
    }

    private func die() {
        note("operator dies (\(operatorState.death.map { "\($0)" } ?? ""))")
        count("operator died in an action")
        operatorState.death = nil
        operatorState.planned = nil
        operatorState.downUntil = now + seconds(1...90)
        operatorState.wake = operatorState.downUntil
    }

    /// What an operator would do that takes every member that is down for a ghost.
    private func rash(_ observation: ClusterObservation) -> MembershipAction? {
        for pod in observation.pods where pod.isReady {
            let node = observation.naming.node(pod.ordinal)
            guard let view = observation.view(of: node) else { continue }
            if let down = view.members.first(where: { !$0.value }) {
                return .removeDead(member: down.key, through: .init(node: node, pod: pod.name, uid: pod.uid))
            }
        }
        return nil
    }

    private func carryOut(_ action: MembershipAction) {
        guard let pod = pods[action.executor.uid], world.brokers[pod.address] != nil else { return }
        note("operator: \(action.command.joined(separator: " ")) on \(pod.name)")
        switch action {
        case .removeDead(let member, _):
            judgeRemoval(of: member, through: pod)
            count("dead member removed")
        case .join:
            count("lone broker asked to join")
        }
        _ = world.admin(Array(action.command.dropFirst()), at: pod.address, node: pod.node)
        changed()
    }

    /// The cluster as the operator sees it: the API server's objects, and every broker's own view by HTTP.
    func observe() -> ClusterObservation {
        let set = world.kubernetes
        var observation = ClusterObservation(
            now: Int64(now),
            naming: NodeNaming(set: set.set, service: set.service, namespace: set.namespace, domain: set.domain),
            set: ObservedSet(
                uid: set.uid,
                replicas: set.replicas,
                start: set.start,
                generation: operatorState.generation,
                observedGeneration: operatorState.observedGeneration,
                updateRevision: String(set.revision)
            ),
            farewells: operatorState.farewells
        )
        let isBlind = faults.contains(.actsInUnrest)
        for pod in set.pods.values {
            let broker = world.brokers[pod.address]
            var seen = ObservedPod(
                name: pod.name,
                ordinal: pod.ordinal,
                uid: pod.uid,
                revision: String(pod.revision),
                created: Int64(createdAt[pod.uid] ?? now),
                isReady: pod.isStarted && broker?.phase == .up,
                readinessChanged: readyChanged[pod.uid].map { Int64($0) },
                isTerminating: pod.deletion != nil,
                container: pod.runningSince.map { .running(since: Int64($0)) } ?? .waiting(reason: "PodInitializing")
            )
            if isBlind {
                if !set.wanted.contains(pod.ordinal) { continue }
                seen.isTerminating = false
                seen.revision = String(set.revision)
                seen.created = 0
                seen.readinessChanged = 0
            }
            observation.pods.append(seen)
            guard pod.hasAddress, let node = nodeNames[pod.name] else { continue }
            if let broker, broker.phase == .up, !operatorState.isCut {
                var members: [String: Bool] = [:]
                for member in broker.view { members[member] = world.says(broker, runs: member) }
                observation.answers[node] = .view(
                    BrokerView(
                        node: node,
                        members: members,
                        load: Int64(broker.clients + (world.disks[broker.disk]?.queues.count ?? 0) * 2),
                        isSuspended: broker.listeners == .suspended
                    )
                )
            } else {
                observation.answers[node] = .silent("no answer")
            }
        }
        for (ordinal, volume) in volumes {
            observation.claims[ordinal] = ObservedClaim(
                name: "data-\(set.set)-\(ordinal)",
                uid: "claim-\(ordinal)-\(volume.generation)"
            )
        }
        return observation
    }
}

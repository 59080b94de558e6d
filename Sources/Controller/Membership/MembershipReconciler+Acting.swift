import Document
import Kubernetes
import KubernetesClient
import Logging
import Membership
import Telemetry
import VerneMQ
import Workload

/// Carrying out what is planned. The order makes it safe to die anywhere: look anew, plan anew, write down, act. Whoever comes
/// after finds either nothing written and nothing done, or the action written down: then the views tell, in time, whether it
/// was done, and it is planned again if not.
extension MembershipReconciler {
    /// For how long what was seen right before an action may be acted on.
    private static let freshness: Int64 = 5
    /// How soon to look again after something that was only a matter of time.
    private static let soon: Duration = .seconds(2)

    func act(on action: MembershipAction, _ key: ObjectKey) async throws(APIError) -> WorkResult {
        guard let state = states[key], let sight = try await freshSight(key, state) else {
            return .again(after: Self.soon)
        }
        // Somebody else has written: his memory counts, and what was planned without it does not.
        let (stored, _) = MembershipRecord.read(sight.set)
        guard stored.isSame(as: state.written) else {
            states[key]?.memory = stored
            states[key]?.written = stored
            return .again(after: Self.soon)
        }
        let plan = planner.plan(sight.observation, state.memory)
        guard plan.action == action, planner.objection(to: action, in: sight.observation) == nil else {
            metrics.count(action, .givenUp)
            var quiet = plan
            if plan.action != nil {
                quiet = planner.plan(sight.observation, state.memory, obstacle: "the cluster has just changed")
            }
            await settle(quiet, sight, key)
            return .again(after: Self.soon)
        }
        guard try await write(plan, sight, key) else {
            metrics.count(action, .notRecorded)
            return .again(after: Self.soon)
        }
        tell(plan, sight, key)
        // Leadership may be lost, or the writing may have taken long: then nothing is done, and that is written down too.
        guard !Task.isCancelled else { return .done }
        guard (0...Self.freshness).contains(around.clock() - sight.observation.now) else {
            metrics.count(action, .givenUp)
            await unwind(plan, before: state.memory, sight, key)
            return .again(after: Self.soon)
        }
        await carryOut(action, plan, before: state.memory, sight, key)
        return .again(after: .seconds(planner.policy.haste))
    }

    /// The cluster as it is now, by the API server itself; nil if the set is not there, or is another one, any more.
    private func freshSight(_ key: ObjectKey, _ state: State) async throws(APIError) -> ClusterObserver.Sight? {
        guard let set = try await around.client.find(.statefulSets, key) else { return nil }
        let reader: ClusterReader
        do throws(ClusterReaderError) { reader = try ClusterReader(set) } catch { return nil }
        guard reader.set.uid == state.uid else { return nil }
        let namespace = ObjectKey(name: reader.naming.namespace)
        let isGoing = try await around.client.find(.namespaces, namespace).map { ObjectView($0).isBeingDeleted } ?? true
        var sight = try await sight(of: set, reader, state)
        if isGoing { sight.observation.set.isBeingDeleted = true }
        // Claims decide about waiting: nothing is done without having looked at them.
        sight.observation.claims = try await observer.claims(of: set, reader)
        return sight
    }

    /// Writes down what is about to be done, if the set is still the very one that was looked at.
    private func write(
        _ plan: MembershipPlan,
        _ sight: ClusterObserver.Sight,
        _ key: ObjectKey
    ) async throws(APIError) -> Bool {
        let version = ObjectView(sight.set).resourceVersion
        guard let patch = MembershipRecord.patch(plan.memory, uid: sight.observation.set.uid, version: version) else {
            around.logger.warning("memory too large to act", metadata: ["statefulset": "\(key)"])
            return false
        }
        do throws(APIError) {
            try await around.client.patch(.statefulSets, key, .merge(patch))
        } catch {
            // The status of a set changes all the time: look again.
            guard case .conflict = error else { throw error }
            return false
        }
        states[key]?.memory = plan.memory
        states[key]?.written = plan.memory
        return true
    }

    private func carryOut(
        _ action: MembershipAction,
        _ plan: MembershipPlan,
        before: MembershipMemory,
        _ sight: ClusterObserver.Sight,
        _ key: ObjectKey
    ) async {
        let observation = sight.observation
        let target = BrokerTarget(
            namespace: observation.naming.namespace,
            pod: action.executor.pod,
            podUID: action.executor.uid,
            setUID: observation.set.uid,
            container: observation.set.container
        )
        let command = action.command.joined(separator: " ")
        do throws(BrokerExecError) {
            let end = try await around.exec.run(.admin(Array(action.command.dropFirst())), in: target)
            metrics.count(action, .run)
            // What the broker answers proves nothing: the views will tell.
            around.logger.notice(
                "members: command run",
                metadata: [
                    "statefulset": "\(key)", "pod": "\(action.executor.pod)", "command": "\(command)",
                    "exit_code": "\(end.exitCode)",
                ]
            )
            let text = "Told \(action.executor.pod) to run `\(command)`; the views of all brokers will show the result."
            around.event(StatusEvent(.normal, action.eventReason, text), sight.set)
        } catch {
            around.logger.warning(
                "members: command failed",
                metadata: [
                    "statefulset": "\(key)", "pod": "\(action.executor.pod)", "command": "\(command)",
                    "code": "\(error.code)", "reason": "\(error)",
                ]
            )
            switch error {
            case .cancelled: return
            case .notPermitted:
                metrics.count(action, .notPermitted)
                denials[observation.naming.namespace] = around.clock()
                let text = Self.denial(of: action, observation)
                around.event(StatusEvent(.warning, "ExecNotPermitted", "Nothing was done: \(text)."), sight.set)
                await unwind(plan, before: before, sight, key)
            case .gone, .notRunning, .notStarted:
                metrics.count(action, .failed)
                await unwind(plan, before: before, sight, key)
            case .timedOut, .failed, .unavailable:
                // It may have run.
                metrics.count(action, .failed)
                let text = "It is not known how `\(command)` ended in \(action.executor.pod): \(error)."
                around.event(StatusEvent(.warning, "CommandFailed", text), sight.set)
            }
        }
    }

    /// Takes back what was written about an action that has certainly not been carried out: no attempt is counted. Should
    /// that fail, or should another leader have written since, the action counts as one whose result does not show.
    private func unwind(
        _ plan: MembershipPlan,
        before: MembershipMemory,
        _ sight: ClusterObserver.Sight,
        _ key: ObjectKey
    ) async {
        var memory = plan.memory
        memory.pending = before.pending
        memory.tries = before.tries
        memory.executor = before.executor
        memory.joined = before.joined
        do throws(APIError) {
            // The status of a set changes all the time.
            for _ in 0..<3 where try await replace(plan.memory, by: memory, sight, key) {
                states[key]?.memory = memory
                states[key]?.written = memory
                return
            }
            around.logger.warning(
                "memory not taken back",
                metadata: ["statefulset": "\(key)", "reason": "it has changed"]
            )
        } catch {
            around.logger.warning("memory not taken back", metadata: ["statefulset": "\(key)", "reason": "\(error)"])
        }
    }

    /// Writes a memory over the one that must be there; false if it is not, or if the set has just changed.
    private func replace(
        _ old: MembershipMemory,
        by new: MembershipMemory,
        _ sight: ClusterObserver.Sight,
        _ key: ObjectKey
    ) async throws(APIError) -> Bool {
        guard let set = try await around.client.find(.statefulSets, key), MembershipRecord.read(set).memory == old,
            let patch = MembershipRecord.patch(
                new,
                uid: sight.observation.set.uid,
                version: ObjectView(set).resourceVersion
            )
        else { return false }
        do throws(APIError) {
            try await around.client.patch(.statefulSets, key, .merge(patch))
        } catch {
            guard case .conflict = error else { throw error }
            return false
        }
        return true
    }

    /// Says what became of an action that was awaited.
    func verify(_ plan: MembershipPlan, _ sight: ClusterObserver.Sight, _ key: ObjectKey) {
        guard let pending = states[key]?.memory.pending, plan.memory.pending != pending else { return }
        let naming = sight.observation.naming
        let name = naming.short(pending.node)
        let action = pending.isJoin ? "join" : "remove"
        let isDone: Bool
        if pending.isJoin {
            isDone = plan.standings[pending.node]?.place == .member
        } else {
            let views = plan.standings.values.compactMap(\.view)
            isDone = !views.isEmpty && views.allSatisfy { !$0.lists(pending.node) }
        }
        let outcome: MembershipMetrics.Outcome = isDone ? .verified : .unverified
        metrics.actions[action, outcome.rawValue].increment()
        guard isDone else {
            let text =
                pending.isJoin
                ? "\(name) was asked to join, and is no member yet."
                : "\(name) was told to be removed, and still is a member."
            around.event(StatusEvent(.warning, pending.isJoin ? "JoinNotSeen" : "RemovalNotSeen", text), sight.set)
            return
        }
        let text =
            pending.isJoin
            ? "\(name) has joined the cluster."
            : "\(name), which no pod stands for, is no member of the cluster any more."
        around.event(StatusEvent(.normal, pending.isJoin ? "MemberJoined" : "MemberRemoved", text), sight.set)
    }
}

extension MembershipAction {
    fileprivate var eventReason: String {
        switch self {
        case .removeDead: "RemovingMember"
        case .join: "JoiningMember"
        }
    }
}

extension MembershipMemory {
    /// Whether another memory says the same; an empty one says the same as none.
    fileprivate func isSame(as other: MembershipMemory) -> Bool {
        guard set == other.set || set.isEmpty || other.set.isEmpty else { return false }
        var same = other
        same.set = set
        return self == same
    }
}

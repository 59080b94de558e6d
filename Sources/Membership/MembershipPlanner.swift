import VerneMQ

/// Decides what the operator does about a cluster's members: at most one thing at a time, and only what cannot lose data.
///
/// Joining and leaving are the work of the hooks inside the pods, whether there is an operator or not. This is the safety net
/// behind them: it removes members that no pod stands for (beside one that is down, clients are refused and nobody can
/// leave), lets a lone unused broker join, and says exactly what is wrong and what a person must do about everything else.
/// A pure function: the same observation and memory give the same plan.
public struct MembershipPlanner: Sendable {
    /// How patient it is.
    public let policy: MembershipPolicy

    /// A planner.
    public init(policy: MembershipPolicy = MembershipPolicy()) {
        self.policy = policy
    }

    /// The plan for what was observed.
    ///
    /// - Parameters:
    ///   - observation: everything about the cluster at one moment.
    ///   - memory: what the last plan left, or an empty one.
    ///   - obstacle: why nothing could be carried out now, as a clause; nil if it could.
    public func plan(
        _ observation: ClusterObservation,
        _ memory: MembershipMemory,
        obstacle: String? = nil
    ) -> MembershipPlan {
        let picture = ClusterPicture(observation)
        let findings = picture.findings
        var memory = remember(picture, findings, memory)
        verify(picture, &memory)
        var (action, hold) = decide(picture, memory)
        if action != nil, let obstacle { (action, hold) = (nil, obstacle) }
        if let action { note(action, picture, &memory) }
        let told = tell(findings, picture, memory, hold: hold, action: action)
        let settled = told.filter { hasLasted($0, picture, memory) }
        return MembershipPlan(
            action: action,
            hold: hold,
            findings: told,
            settled: settled,
            standings: picture.standings,
            conditions: [
                clustered(told, settled, picture),
                unmigrated(picture, memory, hold: hold),
            ],
            memory: memory,
            wakeAfter: findings.isEmpty && memory.pending == nil ? policy.interval : policy.haste
        )
    }

    /// Why an action may no longer be carried out; asked with an observation made right before it is.
    ///
    /// - Parameters:
    ///   - action: what was planned.
    ///   - observation: the cluster as it is now.
    /// - Returns: nil if everything that the plan rests on still holds.
    public func objection(to action: MembershipAction, in observation: ClusterObservation) -> String? {
        let picture = ClusterPicture(observation)
        // A pod that was missing for so long that the plan did without it still is; one that is there is looked at.
        if let unrest = picture.unrest(policy: policy, missingSince: { _ in .min / 2 }) { return unrest }
        let executor = action.executor
        guard
            let pod = observation.pods.first(where: { $0.uid == executor.uid }), pod.isReady, !pod.isTerminating,
            picture.main.contains(executor.node) || picture.lone.contains(executor.node)
        else { return "pod \(executor.pod) is no longer the one that was to run it" }
        switch action {
        case .removeDead(let member, _): return picture.objection(toRemoving: member)
        case .join(let node, let discovery, _):
            if !picture.main.contains(discovery) { return "\(observation.naming.short(discovery)) is not a member" }
            return picture.objection(toJoining: node)
        }
    }

    // MARK: What is remembered

    /// Brings the memory up to this look: when each finding began, and nothing about what is over.
    private func remember(
        _ picture: ClusterPicture,
        _ findings: [MembershipFinding],
        _ memory: MembershipMemory
    ) -> MembershipMemory {
        let observation = picture.observation
        var next = memory.set == observation.set.uid ? memory : MembershipMemory()
        next.set = observation.set.uid
        var keys = Set(findings.map(\.key))
        for ordinal in observation.set.wanted.prefix(BrokerView.mostMembers)
        where !observation.pods.contains(where: { $0.ordinal == ordinal }) {
            keys.insert(Self.absence(observation.naming.pod(ordinal)))
        }
        // A ghost is not forgotten because nobody could be asked just now.
        if picture.main.isEmpty { keys.formUnion(next.since.keys.filter { $0.hasPrefix(Self.ghostKey("")) }) }
        var since: [String: Int64] = [:]
        // A time in the future was written on another clock: the waiting begins anew.
        for key in keys { since[key] = min(next.since[key] ?? observation.now, observation.now) }
        next.since = since
        settleRemovals(picture, &next)
        next.joined = next.joined.filter { observation.pod(of: $0.key)?.uid == $0.value }
        if let acted = next.acted, acted > observation.now { next.acted = observation.now }
        return next
    }

    /// What has become of members that were told to go: those that are gone may have left messages on a claim.
    private func settleRemovals(_ picture: ClusterPicture, _ memory: inout MembershipMemory) {
        let observation = picture.observation
        for node in memory.tries.keys.sorted() {
            if observation.wants(node) || observation.pod(of: node) != nil {
                memory.tries[node] = nil
            } else if !picture.main.isEmpty, !picture.members.contains(node) {
                memory.tries[node] = nil
                if let claim = unmigratedClaim(of: node, observation) { memory.unmigrated[node] = claim.uid }
            }
        }
        memory.unmigrated = memory.unmigrated.filter { node, uid in
            guard let ordinal = observation.naming.ordinal(ofNode: node), observation.claims[ordinal]?.uid == uid
            else { return false }
            // Back as a member: its hook has moved the old state aside, on the same claim, and says so in its log.
            return !(picture.main.contains(node) && observation.pod(of: node)?.isReady == true)
        }
    }

    static func ghostKey(_ node: String) -> String { MembershipFinding.Reason.ghostMember.rawValue + " " + node }
    private static func absence(_ pod: String) -> String { "PodMissing " + pod }

    /// Whether the pending action shows its result, has failed, or is still awaited.
    private func verify(_ picture: ClusterPicture, _ memory: inout MembershipMemory) {
        guard let pending = memory.pending else { return }
        let now = picture.observation.now
        let isDone: Bool
        if pending.isJoin {
            isDone = picture.main.contains(pending.node) && picture.isAgreed && picture.main.count > 1
        } else {
            isDone =
                !picture.main.isEmpty && picture.discord == nil
                && picture.views.values.allSatisfy { !$0.lists(pending.node) }
        }
        guard isDone || now - pending.at >= policy.verify || now < pending.at else { return }
        memory.pending = nil
        memory.acted = now
    }

    private func note(_ action: MembershipAction, _ picture: ClusterPicture, _ memory: inout MembershipMemory) {
        let observation = picture.observation
        switch action {
        case .removeDead(let member, let executor):
            memory.pending = MembershipMemory.Pending(node: member, isJoin: false, at: observation.now)
            memory.executor = executor.node
            memory.tries[member] = (memory.tries[member] ?? 0) + 1
        case .join(let node, _, let executor):
            memory.pending = MembershipMemory.Pending(node: node, isJoin: true, at: observation.now)
            memory.joined[node] = executor.uid
        }
    }

    // MARK: What is done

    /// The action, or why something that is due must wait, or neither.
    private func decide(_ picture: ClusterPicture, _ memory: MembershipMemory) -> (MembershipAction?, String?) {
        let observation = picture.observation
        let ghosts = picture.ghosts
        let lone = picture.lone.filter { observation.pod(of: $0)?.isReady == true && memory.joined[$0] == nil }
        guard !ghosts.isEmpty || !lone.isEmpty else { return (nil, nil) }
        if let unrest = picture.unrest(policy: policy, missingSince: { memory.since[Self.absence($0)] }) {
            return (nil, unrest)
        }
        if let pending = memory.pending {
            return (nil, "waiting for the views to show what was done about \(observation.naming.short(pending.node))")
        }
        if let acted = memory.acted, observation.now - acted < policy.rest {
            return (nil, "something was done less than a minute ago: one thing at a time")
        }
        if !ghosts.isEmpty { return removal(of: ghosts, picture, memory) }
        return joining(of: lone, picture, memory)
    }

    private func removal(
        of ghosts: [String],
        _ picture: ClusterPicture,
        _ memory: MembershipMemory
    ) -> (MembershipAction?, String?) {
        let observation = picture.observation
        var hold: String?
        for ghost in ghosts.reversed() {
            if (memory.tries[ghost] ?? 0) >= policy.attempts { continue }
            if let objection = picture.objection(toRemoving: ghost) { return (nil, objection) }
            let due = dueTime(of: ghost, observation, memory)
            if observation.now < due {
                // In whole minutes, so that the message does not change with every look.
                let wait = DurationText.text(seconds: Int(clamping: (due - observation.now + 59) / 60 * 60))
                hold = hold ?? "\(observation.naming.short(ghost)) is removed in \(wait)"
                continue
            }
            guard let executor = picture.executor(remembered: memory.executor) else {
                return (nil, "no member is in service that could remove \(observation.naming.short(ghost))")
            }
            return (.removeDead(member: ghost, through: executor), nil)
        }
        return (nil, hold)
    }

    private func joining(
        of lone: [String],
        _ picture: ClusterPicture,
        _ memory: MembershipMemory
    ) -> (MembershipAction?, String?) {
        let observation = picture.observation
        var hold: String?
        for node in lone {
            if let objection = picture.objection(toJoining: node) {
                hold = hold ?? objection
                continue
            }
            let since = memory.since[MembershipFinding(.soloBroker, [node], problem: "", remedy: "").key]
            guard let since, observation.now - since >= policy.lone else {
                hold = hold ?? "\(observation.naming.short(node)) may still join by itself"
                continue
            }
            guard let pod = observation.pod(of: node), let discovery = picture.sorted(picture.main).first else {
                continue
            }
            let executor = MembershipAction.Executor(node: node, pod: pod.name, uid: pod.uid)
            return (.join(node: node, discovery: discovery, through: executor), nil)
        }
        return (nil, hold)
    }

    /// When a ghost may be removed.
    func dueTime(of ghost: String, _ observation: ClusterObservation, _ memory: MembershipMemory) -> Int64 {
        let since = memory.since[Self.ghostKey(ghost)] ?? observation.now
        let wait = unmigratedClaim(of: ghost, observation) == nil ? policy.settle : policy.ghostTimeout
        let (due, isTooMuch) = since.addingReportingOverflow(wait)
        return isTooMuch ? .max : due
    }

    /// The claim that still holds what a ghost did not hand over. A node that left is listed by nobody; one that is listed
    /// and has a claim did not, unless its last words say otherwise.
    func unmigratedClaim(of ghost: String, _ observation: ClusterObservation) -> ObservedClaim? {
        if case .left = observation.farewells[ghost] { return nil }
        return observation.naming.ordinal(ofNode: ghost).flatMap { observation.claims[$0] }
    }
}

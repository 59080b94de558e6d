import VerneMQ

extension MembershipPlanner {
    /// The findings with what only the planner knows: when a ghost goes, what was tried in vain.
    func tell(
        _ findings: [MembershipFinding],
        _ picture: ClusterPicture,
        _ memory: MembershipMemory,
        hold: String?,
        action: MembershipAction?
    ) -> [MembershipFinding] {
        findings.map { finding in
            guard let node = finding.nodes.first else { return finding }
            switch finding.reason {
            case .ghostMember: return ghost(finding, node, picture, memory, hold: hold, action: action)
            case .soloBroker where memory.joined[node] == nil && picture.views[node]?.load == 0:
                var told = finding
                told.remedy = "the operator asks it to join, because nobody uses it"
                if let hold { told.remedy += "; not yet: \(hold)" }
                return told
            default: return finding
            }
        }
        .sorted { ($0.reason, $0.key) < ($1.reason, $1.key) }
    }

    private func ghost(
        _ finding: MembershipFinding,
        _ node: String,
        _ picture: ClusterPicture,
        _ memory: MembershipMemory,
        hold: String?,
        action: MembershipAction?
    ) -> MembershipFinding {
        var told = finding
        let naming = picture.observation.naming
        if (memory.tries[node] ?? 0) >= policy.attempts, memory.pending?.node != node {
            told.reason = .removalFailed
            told.problem = "\(naming.short(node)) has no pod, and \(policy.attempts) attempts to remove it have failed"
            let executor =
                picture.executor(remembered: memory.executor)?.pod ?? naming.pod(picture.observation.set.start)
            let container = picture.observation.set.container
            told.remedy =
                "look at the log of \(executor), then `kubectl -n \(naming.namespace) exec \(executor) -c \(container) --"
                + " vmq-admin cluster leave node=\(node)`"
        } else if memory.pending?.node == node {
            told.remedy =
                "the operator has told \(memory.executor.map { naming.short($0) } ?? "a member") to remove it and"
                + " waits for the views to show it"
        } else if let hold {
            told.remedy = "the operator removes it; not yet: \(hold)"
        }
        return told
    }

    /// Whether a finding has lasted for so long that it is believed.
    func hasLasted(_ finding: MembershipFinding, _ picture: ClusterPicture, _ memory: MembershipMemory) -> Bool {
        // A ghost that could not be removed has been one before.
        let key = finding.reason == .removalFailed ? Self.ghostKey(finding.nodes.first ?? "") : finding.key
        let now = picture.observation.now
        return now - (memory.since[key] ?? now) >= policy.settle
    }

    /// The condition `Clustered`. Findings are believed when they have lasted: views lag.
    func clustered(
        _ findings: [MembershipFinding],
        _ settled: [MembershipFinding],
        _ picture: ClusterPicture
    ) -> MembershipCondition {
        let observation = picture.observation
        func condition(_ status: MembershipCondition.Status, _ reason: String, _ message: String) -> MembershipCondition
        {
            MembershipCondition(type: "Clustered", status: status, reason: reason, message: message)
        }
        if observation.set.wanted.isEmpty {
            return condition(.unknown, "ScaledToZero", "the set is scaled to zero: a shutdown; members stay members")
        }
        if picture.main.isEmpty {
            return condition(
                .unknown,
                "NoBrokerAnswers",
                "no broker tells its view: `kubectl -n \(observation.naming.namespace) get pods` shows how far they are"
            )
        }
        guard let worst = settled.first else {
            if let first = findings.first {
                return condition(.unknown, "Settling", "not for a minute yet: \(first.problem)")
            }
            // Whoever starts or stops tells nothing, and what it does not tell is not known: nothing is wrong, as far as is seen.
            let unseen = picture.sorted(picture.members.subtracting(picture.main))
            if !unseen.isEmpty {
                return condition(
                    .unknown,
                    "ViewMissing",
                    "nothing is wrong in the views of \(observation.naming.short(picture.sorted(picture.main)));"
                        + " \(observation.naming.short(unseen)) does not tell its own yet"
                )
            }
            return condition(
                .isTrue,
                "MembersAgree",
                "\(observation.naming.short(picture.members)): each is a member in the view of each"
            )
        }
        var message = "\(worst)"
        for other in settled.dropFirst().prefix(9) { message += ". \(other)" }
        if settled.count > 10 { message += ". And \(settled.count - 10) more" }
        return condition(worst.reason == .brokerSilent ? .unknown : .isFalse, worst.reason.rawValue, message)
    }

    /// The condition `UnmigratedState`: messages that did not move before their node went, or is made to go.
    func unmigrated(_ picture: ClusterPicture, _ memory: MembershipMemory, hold: String?) -> MembershipCondition {
        let observation = picture.observation
        let naming = observation.naming
        var texts: [String] = []
        var isWaiting = false
        for ghost in picture.ghosts {
            guard let claim = unmigratedClaim(of: ghost, observation),
                let ordinal = naming.ordinal(ofNode: ghost)
            else { continue }
            isWaiting = true
            var text = "\(naming.pod(ordinal)) was scaled away before its sessions and messages moved"
            if case .failed(let words) = observation.farewells[ghost] { text += " (\(words.prefix(300)))" }
            text += "; they are on claim \(claim.name). To move them, bring it back and scale down again:"
            text +=
                " \(scale(through: ordinal, observation)). \(removalTime(of: ghost, observation, memory, hold: hold))"
            texts.append(text)
        }
        for (node, _) in memory.unmigrated.sorted(by: { naming.precedes($0.key, $1.key) }) {
            guard let ordinal = naming.ordinal(ofNode: node), let claim = observation.claims[ordinal],
                observation.pod(of: node) == nil, !picture.members.contains(node)
            else { continue }
            texts.append(
                "\(naming.pod(ordinal)) was removed from the cluster before its messages moved; they are on claim"
                    + " \(claim.name) and nowhere else. When you have copied what matters, or nothing does:"
                    + " `kubectl -n \(naming.namespace) delete pvc \(claim.name)`"
            )
        }
        guard !texts.isEmpty else {
            return MembershipCondition(
                type: "UnmigratedState",
                status: .isFalse,
                reason: "NothingLeftBehind",
                message: "no member that was scaled away has left messages behind"
            )
        }
        return MembershipCondition(
            type: "UnmigratedState",
            status: .isTrue,
            reason: isWaiting ? "WaitingForGhostTimeout" : "StateLeftBehind",
            message: texts.prefix(10).joined(separator: ". ")
        )
    }

    private func scale(through ordinal: Int, _ observation: ClusterObservation) -> String {
        let naming = observation.naming
        let replicas = observation.set.replicas
        guard ordinal >= observation.set.start else {
            return "set spec.ordinals.start of StatefulSet \(naming.set) to \(ordinal) and back"
        }
        let command = "kubectl -n \(naming.namespace) scale statefulset \(naming.set) --replicas="
        return "`\(command)\(ordinal - observation.set.start + 1)`, wait until it is Ready, `\(command)\(replicas)`"
    }

    private func removalTime(
        of ghost: String,
        _ observation: ClusterObservation,
        _ memory: MembershipMemory,
        hold: String?
    ) -> String {
        let left = dueTime(of: ghost, observation, memory) - observation.now
        if left > 0 {
            // In whole minutes, so that the message does not change with every look.
            return "In \(DurationText.text(seconds: Int(clamping: (left + 59) / 60 * 60))) it is removed without them"
        }
        return "It is removed without them as soon as that is safe"
            + (hold.map { " (\($0))" } ?? "")
    }
}

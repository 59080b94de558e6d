import Document
import Membership
import Workload

extension OverviewBuilder {
    /// Everything that is not as it should be, the gravest first: members, then what the operator has written, then
    /// configurations.
    func remarks(
        on overview: ClusterOverview,
        _ plan: MembershipPlan,
        knowsClaims: Bool
    ) -> [ClusterOverview.Remark] {
        let conditions = OverviewConditions(resource)
        // What brokers say now is newer than what the operator has written of them.
        var known: Set<String> = ["RestartRequired"]
        var remarks: [ClusterOverview.Remark] = []
        if answers.obstacle == nil {
            known.insert("Clustered")
            if knowsClaims { known.insert("UnmigratedState") }
            remarks = Self.members(plan, knowsClaims: knowsClaims)
        } else if !overview.brokers.isEmpty, !["True", "False"].contains(conditions.status(of: "Clustered")) {
            let text = "Nobody knows whether the brokers are one cluster: see the notes."
            remarks = [ClusterOverview.Remark("MembersUnknown", text)]
        }
        var others = conditions.remarks(without: known)
        // Every broker has said since that it runs what is wanted.
        if overview.brokers.allSatisfy({ !$0.isReady || $0.hasDrifted == false }) {
            others.removeAll { $0.reason == "Pending" }
        }
        let isReady = overview.ready >= overview.replicas
        if isReady {
            others.removeAll { $0.reason == "BrokersNotReady" }
        } else if !others.contains(where: { $0.reason == "BrokersNotReady" }) {
            let text = "\(overview.ready) of \(overview.replicas) brokers are ready."
            remarks.append(ClusterOverview.Remark("BrokersNotReady", text))
        }
        return remarks + others + wanted.faults.map { ClusterOverview.Remark("InvalidConfiguration", $0) }
            + drift(overview) + restart(overview)
    }

    private static func members(_ plan: MembershipPlan, knowsClaims: Bool) -> [ClusterOverview.Remark] {
        var remarks = plan.findings.map { finding in
            // Remedies name claims: without having seen them they would be wrong.
            ClusterOverview.Remark(finding.reason.rawValue, knowsClaims ? finding.sentence : finding.problemSentence)
        }
        for condition in plan.conditions {
            let isLeftBehind = condition.type == "UnmigratedState"
            // The condition of members that are not one cluster repeats the gravest finding.
            guard knowsClaims || !isLeftBehind else { continue }
            guard condition.status == (isLeftBehind ? .isTrue : .isFalse), isLeftBehind || plan.findings.isEmpty else {
                continue
            }
            remarks.append(ClusterOverview.Remark(condition.reason, condition.sentence))
        }
        return remarks
    }

    private func drift(_ overview: ClusterOverview) -> [ClusterOverview.Remark] {
        let drifted = overview.brokers.filter { $0.hasDrifted == true }.map { broker in
            let names = broker.differences?.joined(separator: ", ") ?? "another configuration"
            return "\(broker.pod) (\(names))"
        }
        guard !drifted.isEmpty else { return [] }
        let text =
            "Brokers run otherwise than is wanted: \(drifted.joined(separator: "; ")). The operator puts that right, within the "
            + "hour at the latest, if it is there and may run commands in the pods."
        return [ClusterOverview.Remark("ConfigurationDiffers", text)]
    }

    private func restart(_ overview: ClusterOverview) -> [ClusterOverview.Remark] {
        let keys = Set(overview.brokers.flatMap { $0.restartRequired ?? [] }).sorted()
        guard !keys.isEmpty else { return [] }
        let text = RestartAdvice.sentence(
            keys,
            statefulSet: overview.statefulSet,
            namespace: overview.namespace,
            isRolling: resource.map { ClusterResource($0).spec("restartPolicy")?.stringValue == "Rolling" } ?? false
        )
        return [ClusterOverview.Remark("SettingsNeedRestart", text)]
    }
}

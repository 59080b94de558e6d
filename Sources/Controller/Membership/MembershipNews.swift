import Membership
import Workload

/// What is told about a set's members as events on the set: each thing once, when it has lasted.
struct MembershipNews {
    /// What has been told and is not over.
    private var told: [String: MembershipFinding.Reason] = [:]
    private var unmigrated: String?
    private var isWhole: Bool?

    /// The events that a plan is worth, given those before.
    mutating func take(_ plan: MembershipPlan) -> [StatusEvent] {
        var events: [StatusEvent] = []
        let present = Set(plan.findings.map(\.lastingKey))
        told = told.filter { present.contains($0.key) }
        for finding in plan.settled where told[finding.lastingKey] != finding.reason {
            told[finding.lastingKey] = finding.reason
            events.append(StatusEvent(.warning, finding.reason.rawValue, finding.sentence))
        }
        for condition in plan.conditions {
            if condition.type == "UnmigratedState" {
                let reason = condition.status == .isTrue ? condition.reason : nil
                if let reason, reason != unmigrated {
                    events.append(StatusEvent(.warning, reason, condition.sentence))
                }
                unmigrated = reason
            } else if condition.status == .isTrue {
                // At the first look nothing was wrong, as far as anybody knew.
                if isWhole == false { events.append(StatusEvent(.normal, condition.reason, condition.sentence)) }
                isWhole = true
            } else if condition.status == .isFalse {
                isWhole = false
            }
        }
        return events
    }
}

extension MembershipFinding {
    /// What tells it from others for as long as it lasts: a ghost that cannot be removed is still the same ghost.
    fileprivate var lastingKey: String {
        reason == .removalFailed ? "\(Reason.ghostMember.rawValue) \(nodes.first ?? "")" : key
    }
}

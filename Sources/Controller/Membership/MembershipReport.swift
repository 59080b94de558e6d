import Document
import Membership

/// What is known of a set's members, for whoever tells it.
struct MembershipReport: Sendable, Hashable {
    /// The conditions `Clustered` and `UnmigratedState`; the second is missing where nothing can be said.
    var conditions: [MembershipCondition]
    /// Where each broker stands, by the name of its pod.
    var standings: [String: BrokerStanding]

    init(conditions: [MembershipCondition], standings: [String: BrokerStanding] = [:]) {
        self.conditions = conditions
        self.standings = standings
    }

    init(_ plan: MembershipPlan, _ observation: ClusterObservation) {
        conditions = plan.conditions
        standings = [:]
        for pod in observation.pods { standings[pod.name] = plan.standings[observation.naming.node(pod.ordinal)] }
    }

    /// What is said of a set that has no members to look after.
    init(_ error: ClusterReaderError) {
        self.init(conditions: [
            MembershipCondition(type: "Clustered", status: .unknown, reason: error.reason, message: error.description)
        ])
    }
}

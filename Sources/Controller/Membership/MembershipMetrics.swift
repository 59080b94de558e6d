import Membership
import Telemetry

/// What is counted about members. The gauges are sums over all sets that are looked after.
struct MembershipMetrics {
    private let findings: MetricFamily<Gauge>
    private let brokers: MetricFamily<Gauge>
    private let unmigrated: MetricFamily<Gauge>
    /// Actions, by what became of them.
    let actions: MetricFamily<Counter>

    /// What became of an action.
    enum Outcome: String, CaseIterable {
        /// The command was run.
        case run
        /// The views show its result.
        case verified
        /// The views have not shown it in time.
        case unverified
        /// It was given up right before, because something had changed.
        case givenUp = "given_up"
        /// It could not be written down, and so was not carried out.
        case notRecorded = "not_recorded"
        /// The operator may not run commands in these pods.
        case notPermitted = "not_permitted"
        /// The command could not be run, or it is not known how it ended.
        case failed
    }

    init(_ registry: MetricRegistry) {
        findings = registry.gauge(
            "vernemq_operator_membership_findings",
            help: "What is not as it should be about the members of clusters, and has lasted a minute.",
            labels: ["reason"]
        )
        brokers = registry.gauge(
            "vernemq_operator_brokers",
            help: "Brokers that are wanted, whose pods are ready, that tell their view, that are members.",
            labels: ["state"]
        )
        unmigrated = registry.gauge(
            "vernemq_operator_unmigrated_state",
            help: "Clusters of which messages lie on the claim of a broker that was scaled away, and nowhere else."
        )
        actions = registry.counter(
            "vernemq_operator_membership_actions_total",
            help: "What was done about members.",
            labels: ["action", "outcome"]
        )
        for action in ["remove", "join"] {
            for outcome in Outcome.allCases { actions[action, outcome.rawValue].increment(by: 0) }
        }
        tell([])
    }

    func count(_ action: MembershipAction, _ outcome: Outcome) {
        actions[action.name, outcome.rawValue].increment()
    }

    /// Sets the gauges to what all sets come to.
    func tell(_ all: [(plan: MembershipPlan, observation: ClusterObservation)]) {
        var counts: [MembershipFinding.Reason: Int] = [:]
        var (wanted, ready, answering, members, left) = (0, 0, 0, 0, 0)
        for (plan, observation) in all {
            for finding in plan.settled { counts[finding.reason, default: 0] += 1 }
            wanted += observation.set.wanted.count
            ready += observation.pods.count { $0.isReady }
            answering += plan.standings.values.count { $0.view != nil }
            members += plan.standings.values.count { $0.listedBy > 0 }
            if plan.conditions.contains(where: { $0.type == "UnmigratedState" && $0.status == .isTrue }) { left += 1 }
        }
        for reason in MembershipFinding.Reason.allCases { findings[reason.rawValue].set(Double(counts[reason] ?? 0)) }
        for (state, count) in [("wanted", wanted), ("ready", ready), ("answering", answering), ("member", members)] {
            brokers[state].set(Double(count))
        }
        unmigrated[].set(Double(left))
    }
}

extension MembershipAction {
    /// Its name in metrics and logs.
    var name: String {
        switch self {
        case .removeDead: "remove"
        case .join: "join"
        }
    }
}

import Document
import VerneMQ

/// When a pod leaves the cluster.
enum LeavePolicy: String, Sendable, Hashable, CaseIterable {
    /// When it is scaled away, and when its data would die with it.
    case auto
    /// Only when it is scaled away.
    case scaleDown = "scale-down"
    /// Never.
    case never
}

/// What the annotations of a StatefulSet say about the injection.
struct Settings: Sendable, Hashable {
    var joinTimeout = 300
    var leaveTimeout = 600
    var leave = LeavePolicy.auto
    var clusterDomain = Settings.defaultClusterDomain
    var plugins: [PluginSource] = []

    static let defaultClusterDomain = "cluster.local"

    /// The grace period that pods need: leaving in time and stopping after it; only stopping where nothing ever leaves.
    var neededGrace: Int64 {
        Int64(leave == .never ? Contract.graceMargin : leaveTimeout + Contract.graceMargin)
    }

    /// Ten seconds, below which nothing joins or leaves, to a day, above which a number is a slip.
    private static let timeouts = 10...86_400

    /// Reads the annotations; all faults at once.
    init(of set: StatefulSetView, policy: PluginPolicy, findings: inout [Finding]) {
        readTimeout(.joinTimeout, of: set, into: \.joinTimeout, findings: &findings)
        readTimeout(.leaveTimeout, of: set, into: \.leaveTimeout, findings: &findings)
        if let text = set.annotation(.leave) {
            if let policy = LeavePolicy(rawValue: text) {
                leave = policy
            } else {
                let remedy = Suggestion.remedy(for: text, among: LeavePolicy.allCases.map(\.rawValue))
                findings.append(Self.fault(.leave, text, "unsupported value", remedy))
            }
        }
        if let text = set.annotation(.clusterDomain) {
            clusterDomain = text
            if !DNSName.isSubdomain(text) {
                findings.append(Self.fault(.clusterDomain, text, "not a DNS domain", DNSName.subdomainRule))
            }
        }
        if let text = set.annotation(.adopt), text != Self.freshState {
            findings.append(Self.fault(.adopt, text, "unsupported value", "must be \"\(Self.freshState)\""))
        }
        if let text = set.annotation(.pause), text != "true", text != "false" {
            findings.append(Self.fault(.pause, text, "unsupported value", "must be \"true\" or \"false\""))
        }
        if let text = set.annotation(.config), !DNSName.isSubdomain(text) {
            findings.append(Self.fault(.config, text, "not the name of a ConfigMap", DNSName.subdomainRule))
        }
        if let text = set.annotation(.plugins) {
            plugins = PluginAnnotation.read(text, policy: policy, findings: &findings)
        }
    }

    /// The value of the annotation `adopt` that consents to new node names on volumes that know old ones.
    static let freshState = "fresh-state"

    private mutating func readTimeout(
        _ annotation: Annotation,
        of set: StatefulSetView,
        into field: WritableKeyPath<Settings, Int>,
        findings: inout [Finding]
    ) {
        guard let text = set.annotation(annotation) else { return }
        guard let seconds = DurationText.seconds(text) else {
            let remedy = "must be hours, minutes and seconds such as 5m, 90s or 1h30m"
            findings.append(Self.fault(annotation, text, "not a duration", remedy))
            return
        }
        guard Self.timeouts.contains(seconds) else {
            let lowest = DurationText.text(seconds: Self.timeouts.lowerBound)
            let highest = DurationText.text(seconds: Self.timeouts.upperBound)
            findings.append(Self.fault(annotation, text, "out of range", "must be from \(lowest) to \(highest)"))
            return
        }
        self[keyPath: field] = seconds
    }

    private static func fault(
        _ annotation: Annotation,
        _ value: String,
        _ problem: String,
        _ remedy: String
    ) -> Finding {
        Finding(.error, path: annotation.path, value: value.shortened, problem: problem, remedy: remedy)
    }
}

public import Document
import Injection
import Kubernetes
import Membership
import VerneMQ

/// Writes the status of a `VerneMQ` resource. Equal inputs give equal bytes, whenever it is: a second look at an unchanged
/// cluster has nothing to write.
public enum StatusBuilder {
    /// Builds the status.
    ///
    /// - Parameters:
    ///   - resource: the resource as it is stored, with the status before.
    ///   - observation: what was seen.
    ///   - now: the time, RFC 3339 in UTC with whole seconds; it gets into the status only where a condition's status has
    ///     changed.
    /// - Returns: the whole `status`. Conditions of types that are not made here are kept as they are.
    public static func make(_ resource: JSONValue, _ observation: ClusterObservation, now: String) -> JSONValue {
        let cluster = ClusterResource(resource)
        let pods = ObservedPods(observation.pods, of: observation.statefulSet)
        let previous = resource["status"]?["conditions"]?.arrayValue ?? []
        func before(_ kind: Condition.Kind) -> JSONValue? {
            previous.first { $0["type"]?.stringValue == kind.rawValue }
        }
        let judged = ConditionJudge(resource: cluster, observation: observation, pods: pods.pods).conditions
        let own = Condition.Kind.allCases.compactMap { kind -> JSONValue? in
            if let condition = judged.first(where: { $0.kind == kind }) {
                return condition.entry(previous: before(kind), generation: cluster.generation, now: now)
            }
            // An operator that has just started says what the one before has said until it has looked.
            guard observation.isAwaited(kind) else { return nil }
            return before(kind) ?? unseen(kind)?.entry(previous: nil, generation: cluster.generation, now: now)
        }
        let others = previous.filter { entry in
            !Condition.Kind.allCases.contains { $0.rawValue == entry["type"]?.stringValue }
        }
        let rows = resource["status"]?["brokers"]?.arrayValue ?? []
        let set = observation.statefulSet?["status"]
        let container = observation.statefulSet.flatMap { InjectionState(of: $0).broker?["name"]?.stringValue }
        return .members([
            ("observedGeneration", cluster.generation.map(JSONValue.integer)),
            ("replicas", .integer(set?["replicas"]?.integerValue ?? 0)),
            ("readyReplicas", .integer(set?["readyReplicas"]?.integerValue ?? 0)),
            ("selector", selector(of: cluster, observation).map(JSONValue.string)),
            ("nodes", .array(pods.pods.map { .string($0.name) })),
            (
                "brokers",
                .array(
                    pods.pods.map { pod in
                        let before = rows.first { $0["name"]?.stringValue == pod.name }
                        return row(pod, observation, before: before, container: container)
                    }
                )
            ),
            ("conditions", .array(own + others)),
        ])
    }

    /// What is said of what nobody has ever looked at.
    private static func unseen(_ kind: Condition.Kind) -> Condition? {
        switch kind {
        case .clustered: Condition(kind, .unknown, "NotObserved", "The brokers have not been asked yet.")
        case .configurationApplied:
            Condition(kind, .unknown, "NotObserved", "The configuration has not been compared yet.")
        case .restartRequired:
            Condition(kind, .unknown, "NotObserved", "Whether a setting waits for a restart is not known yet.")
        default: nil
        }
    }

    /// The selector of the pods, for the scale subresource: that of the set, or the one that our set will have.
    private static func selector(of resource: ClusterResource, _ observation: ClusterObservation) -> String? {
        if let labels = observation.statefulSet?["spec"]?["selector"]?["matchLabels"]?.objectValue {
            let pairs = labels.compactMap { name, value in value.stringValue.map { (name, $0) } }
            return WorkloadLabels.selectorText(pairs)
        }
        guard resource.referencedStatefulSet == nil else { return nil }
        return WorkloadLabels.selectorText(WorkloadLabels.selector(resource))
    }

    private static func row(
        _ pod: ObservedPods.Pod,
        _ observation: ClusterObservation,
        before: JSONValue?,
        container: String?
    ) -> JSONValue {
        let broker = observation.brokers[pod.name]
        let standing = broker?.standing
        // As with the conditions: what has not been looked at since the operator started is told as it was before.
        let oldStanding = observation.isAwaited(.clustered) ? before : nil
        let oldConfiguration = observation.isAwaited(.configurationApplied) ? before : nil
        let oldFault = oldConfiguration?["ready"] == true ? oldConfiguration?["message"] : nil
        return .members([
            ("name", .string(pod.name)),
            ("node", .string(pod.node)),
            ("ready", .bool(pod.isReady)),
            (
                "membership",
                standing.map { .string($0.place.rawValue) } ?? oldStanding?["membership"]
                    ?? .string(BrokerStanding.Place.unknown.rawValue)
            ),
            ("members", standing?.view.map { .integer(Int64($0.members.count)) } ?? oldStanding?["members"]),
            ("listedBy", standing.map { .integer(Int64($0.listedBy)) } ?? oldStanding?["listedBy"]),
            (
                "version",
                standing?.view?.version.map(JSONValue.string) ?? oldStanding?["version"]
                    ?? imageVersion(of: pod, container: container).map(JSONValue.string)
            ),
            (
                "configurationDigest",
                broker?.configurationDigest.map(JSONValue.string) ?? oldConfiguration?["configurationDigest"]
            ),
            (
                "restartRequired",
                broker?.restartRequired.map { .array($0.sorted().map(JSONValue.string)) }
                    ?? oldConfiguration?["restartRequired"]
            ),
            (
                "message",
                pod.isReady
                    ? broker?.configurationFault.map(JSONValue.string) ?? oldFault
                    : .string(pod.trouble)
            ),
        ])
    }

    /// The version that the tag of a pod's image names: what it will be where the broker does not tell.
    private static func imageVersion(of pod: ObservedPods.Pod, container: String?) -> String? {
        let containers = pod.object["spec"]?["containers"]?.arrayValue ?? []
        let image = containers.first { $0["name"]?.stringValue == container }?["image"]?.stringValue
        return image.flatMap { ImageReference($0) }?.version?.description
    }
}

extension ClusterObservation {
    /// Whether what a condition is about will be looked at, and has not been since the operator started.
    fileprivate func isAwaited(_ kind: Condition.Kind) -> Bool {
        guard managedElsewhere == nil else { return false }
        switch kind {
        case .clustered, .unmigratedState: return membership.isEmpty
        case .configurationApplied, .restartRequired: return isConfigurationAwaited
        default: return false
        }
    }
}

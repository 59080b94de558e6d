public import Document
import Kubernetes
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
        let conditions = ConditionJudge(resource: cluster, observation: observation, pods: pods.pods).conditions
        let previous = resource["status"]?["conditions"]?.arrayValue ?? []
        let own = conditions.map { condition -> JSONValue in
            let before = previous.first { $0["type"]?.stringValue == condition.kind.rawValue }
            return condition.entry(previous: before, generation: cluster.generation, now: now)
        }
        let others = previous.filter { entry in
            !Condition.Kind.allCases.contains { $0.rawValue == entry["type"]?.stringValue }
        }
        let set = observation.statefulSet?["status"]
        return .members([
            ("observedGeneration", cluster.generation.map(JSONValue.integer)),
            ("replicas", .integer(set?["replicas"]?.integerValue ?? 0)),
            ("readyReplicas", .integer(set?["readyReplicas"]?.integerValue ?? 0)),
            ("selector", selector(of: cluster, observation).map(JSONValue.string)),
            ("nodes", .array(pods.pods.map { .string($0.name) })),
            ("brokers", .array(pods.pods.map { row($0, observation) })),
            ("conditions", .array(own + others)),
        ])
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

    private static func row(_ pod: ObservedPods.Pod, _ observation: ClusterObservation) -> JSONValue {
        let broker = observation.brokers[pod.name]
        let view = broker?.view
        let membership: String
        switch view {
        case nil: membership = "Unknown"
        case let view? where view.count > 1: membership = "Member"
        case _?: membership = "Alone"
        }
        return .members([
            ("name", .string(pod.name)),
            ("node", .string(pod.node)),
            ("ready", .bool(pod.isReady)),
            ("membership", .string(membership)),
            ("members", view.map { .integer(Int64($0.count)) }),
            ("configurationDigest", broker?.configurationDigest.map(JSONValue.string)),
            ("restartRequired", broker?.restartRequired.map { .array($0.sorted().map(JSONValue.string)) }),
            ("message", pod.isReady ? broker?.configurationFault.map(JSONValue.string) : .string(pod.trouble)),
        ])
    }
}

import Document
import Injection
import Kubernetes

/// Makes what a StatefulSet needs around it.
enum SurroundingsPlan {
    /// The Service that gives pods their names. Pods find each other before they are ready, so it names those that are not.
    static func governingService(_ resource: ClusterResource) -> JSONValue {
        let fixed: [(String, Int64)] = [("vmq-cluster", 44053), ("epmd", 4369), ("http", 8888)]
        let distribution: [(String, Int64)] = (9100...9109).map { ("dist-\($0)", $0) }
        return [
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": WorkloadMetadata.make(WorkloadNames(resource).governingService, resource),
            "spec": [
                "clusterIP": "None",
                "publishNotReadyAddresses": true,
                "selector": .strings(WorkloadLabels.selector(resource)),
                "ports": .array((fixed + distribution).map { port($0.0, $0.1) }),
            ],
        ]
    }

    /// The Service that clients connect to. Its type is left to the user, who may set it beside us.
    static func clientService(_ resource: ClusterResource, ports: [ListenerPort]) -> JSONValue {
        [
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": WorkloadMetadata.make(WorkloadNames(resource).statefulSet, resource),
            "spec": [
                "selector": .strings(WorkloadLabels.selector(resource)),
                "ports": .array(ports.map { port($0.name, $0.port) }),
            ],
        ]
    }

    /// One broker at a time for maintenance: beside a dead member nobody can leave, and clients are refused.
    static func disruptionBudget(_ resource: ClusterResource, capabilities: ServerCapabilities) -> JSONValue {
        [
            "apiVersion": capabilities.hasPolicyV1 ? "policy/v1" : "policy/v1beta1",
            "kind": "PodDisruptionBudget",
            "metadata": WorkloadMetadata.make(WorkloadNames(resource).statefulSet, resource),
            "spec": [
                "maxUnavailable": 1,
                "selector": ["matchLabels": .strings(WorkloadLabels.selector(resource))],
            ],
        ]
    }

    /// The account of the brokers, nil where the resource names one.
    static func serviceAccount(_ resource: ClusterResource) -> JSONValue? {
        guard resource.text("serviceAccountName") == nil else { return nil }
        return [
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": WorkloadMetadata.make(WorkloadNames(resource).statefulSet, resource),
        ]
    }

    private static func port(_ name: String, _ number: Int64) -> JSONValue {
        [
            "name": .string(name), "port": .integer(number), "targetPort": .integer(number), "protocol": "TCP",
        ]
    }
}

/// Role, RoleBinding and boot Secret, as `inject` prints them, with owner and content.
enum CompanionPlan {
    /// - Parameters:
    ///   - statefulSet: the set that they belong to.
    ///   - owner: the owner reference, nil for none.
    ///   - labels: labels of ours beside the one that says who made them.
    ///   - boot: the content of the boot Secret; nil leaves the Secret out.
    static func objects(
        for statefulSet: JSONValue,
        owner: JSONValue?,
        labels: [(String, String)],
        boot: JSONValue?
    ) -> [DesiredObject] {
        Companions.documents(for: statefulSet).compactMap { document in
            var document = document
            document["metadata"]?["labels"] = .strings(
                labels + [(WorkloadLabels.managedBy, WorkloadLabels.manager)]
            )
            document["metadata"]?["ownerReferences"] = owner.map { .array([$0]) }
            guard ObjectView(document).kind == .secret else { return DesiredObject(.permissions, document) }
            guard let boot else { return nil }
            document["data"] = boot
            return DesiredObject(.bootConfiguration, document)
        }
    }
}

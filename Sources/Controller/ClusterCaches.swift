import Document
import Injection
import Kubernetes
import KubernetesClient
import Logging
import Telemetry
import Transport
import VerneMQ
import Workload

/// Copies of everything that the controllers look at, kept current by watches. What is not labelled for the operator is
/// watched only where it must be: Services, which users make themselves.
final class ClusterCaches: Sendable {
    /// By what objects are found, besides their names. The values are `NAMESPACE/NAME`.
    enum Index {
        /// Resources by the StatefulSet that they are about.
        static let statefulSet = "statefulSet"
        /// Resources, and StatefulSets, by the ConfigMap that they name.
        static let configMap = "configMap"
        /// StatefulSets by their governing Service.
        static let service = "service"
    }

    let resources: Informer
    let statefulSets: Informer
    let services: Informer
    let serviceAccounts: Informer
    let roles: Informer
    let roleBindings: Informer
    let disruptionBudgets: Informer
    let configMaps: Informer

    /// Makes the caches on the client's loop, on whose thread this is called. They are empty until ``run()``.
    init(
        _ client: APIClient,
        namespace: String?,
        capabilities: ServerCapabilities,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        func informer(
            _ type: ResourceType,
            _ labels: String = "",
            _ indexers: [String: Indexer] = [:],
            trim: @escaping Informer.Trim = Informer.withoutManagedFields
        ) -> Informer {
            Informer(
                client,
                type,
                in: namespace,
                Selector(labels: labels),
                indexers: indexers,
                trim: trim,
                metrics: metrics,
                logger: logger
            )
        }
        let ours = "app.kubernetes.io/managed-by=vernemq-operator"
        // Who writes a resource's status stands in its managedFields.
        resources = informer(
            .verneMQs,
            "",
            [Index.statefulSet: Self.statefulSet, Index.configMap: Self.configMap],
            trim: Informer.whole
        )
        statefulSets = informer(
            .statefulSets,
            "\(Label.inject.name)=\(Label.enabled)",
            [Index.service: Self.governingService, Index.configMap: Self.annotatedConfigMap]
        )
        services = informer(.services)
        serviceAccounts = informer(.serviceAccounts, ours)
        roles = informer(.roles, ours)
        roleBindings = informer(.roleBindings, ours)
        disruptionBudgets = informer(
            capabilities.hasPolicyV1 ? .podDisruptionBudgets : .podDisruptionBudgetsBeta,
            ours
        )
        configMaps = informer(.configMaps, "\(Label.config.name)=\(Label.vernemq)")
    }

    var all: [Informer] {
        [
            resources, statefulSets, services, serviceAccounts, roles, roleBindings, disruptionBudgets, configMaps,
        ]
    }

    /// Keeps them current until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for informer in all { group.addTask { await informer.run() } }
        }
    }

    /// Waits until each has taken in a complete list: until then what is not here may exist all the same.
    func waitUntilSynced() async throws(TransportError) {
        for informer in all { try await informer.waitUntilSynced() }
    }

    /// Whether objects of that type are watched.
    func watches(_ type: ResourceType) -> Bool { all.contains { $0.type == type } }

    /// The object of that kind and name as it is known; nil where it is unknown or of a kind that is not watched.
    func object(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        all.first { $0.type == type }?[key]
    }

    // MARK: - What objects are found by

    static func text(_ namespace: String?, _ name: String) -> String { "\(namespace ?? "")/\(name)" }

    private static let statefulSet: Indexer = { object in
        let resource = ClusterResource(object)
        return [text(resource.namespace, resource.statefulSetName)]
    }

    private static let configMap: Indexer = { object in
        let resource = ClusterResource(object)
        let name = resource.spec("configFrom")?["configMapRef"]?["name"]?.stringValue
        return name.map { [text(resource.namespace, $0)] } ?? []
    }

    private static let annotatedConfigMap: Indexer = { object in
        AnnotatedConfiguration.configMapName(of: object).map { [text(ObjectView(object).namespace, $0)] } ?? []
    }

    private static let governingService: Indexer = { object in
        let name = object["spec"]?["serviceName"]?.stringValue ?? ""
        return name.isEmpty ? [] : [text(ObjectView(object).namespace, name)]
    }
}

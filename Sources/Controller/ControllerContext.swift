import Document
import Injection
import Kubernetes
import KubernetesClient
import Logging
import Telemetry
import Transport
import VerneMQ
import Workload

/// What every reconciler works with. Belongs to the loop of its client.
final class ControllerContext {
    let settings: ControllerSettings
    let client: APIClient
    let caches: ClusterCaches
    let injector: Injector
    let capabilities: ServerCapabilities
    let metrics: MetricRegistry
    let logger: Logger
    private let applier: Applier
    private let events: (StatusEvent, JSONValue) -> Void
    private let writes: MetricFamily<Counter>

    init(
        _ settings: ControllerSettings,
        client: APIClient,
        caches: ClusterCaches,
        capabilities: ServerCapabilities,
        metrics: MetricRegistry,
        logger: Logger,
        events: @escaping (StatusEvent, JSONValue) -> Void
    ) {
        self.settings = settings
        self.client = client
        self.caches = caches
        self.capabilities = capabilities
        self.metrics = metrics
        self.logger = logger
        self.events = events
        injector = Injector(version: settings.version, pluginPolicy: settings.pluginPolicy)
        applier = Applier(client, patience: settings.resync)
        writes = metrics.counter(
            "vernemq_operator_objects_written_total",
            help: "Objects that the controllers made or changed.",
            labels: ["kind"]
        )
    }

    /// Records an event.
    func report(_ event: StatusEvent, about object: JSONValue) { events(event, object) }

    /// Brings an object to what it shall be.
    ///
    /// - Returns: the fields that somebody else owns, which stay as they are.
    @discardableResult
    func apply(_ object: DesiredObject) async throws(APIError) -> [Concession] {
        guard let type = resourceType(of: object.kind), let key = ObjectKey(of: ObjectView(object.configuration)) else {
            throw .malformed("an object of ours of unknown kind: \(object.kind)")
        }
        let outcome = try await applier.apply(
            type,
            object.configuration,
            live: comparable(type, key),
            isWatched: caches.watches(type)
        )
        if outcome.isChanged {
            writes[object.kind.kind].increment()
            logger.info(
                "object applied",
                metadata: [
                    "kind": "\(object.kind.kind)", "name": "\(key)",
                    "left_to_others": "\(outcome.concessions.map(\.field).joined(separator: " "))",
                ]
            )
        }
        return outcome.concessions
    }

    /// Forgets what was applied.
    func forget(_ object: DesiredObject) {
        guard let type = resourceType(of: object.kind), let key = ObjectKey(of: ObjectView(object.configuration)) else {
            return
        }
        applier.forget(type, key)
    }

    /// The pods that a StatefulSet controls.
    func pods(of set: JSONValue) async throws(APIError) -> [JSONValue] {
        try await client.pods(of: set)
    }

    /// What becomes of an object about which the API server said no.
    func failed(_ kind: String, _ key: ObjectKey, _ error: APIError) -> WorkResult {
        guard !error.isCancelled else { return .done }
        logger.log(
            level: error.isTransient ? .info : .warning,
            "reconciliation failed",
            metadata: ["kind": "\(kind)", "name": "\(key)", "reason": "\(error)", "code": "\(error.code)"]
        )
        return .retry(atLeast: error.retryAfter)
    }

    /// The object as it is known, in the form in which an apply configuration is held against it: without an injection,
    /// which the webhook adds to what is applied.
    private func comparable(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        guard let object = caches.object(type, key) else { return nil }
        guard type == .statefulSets else { return object }
        return injector.strip(object).object
    }

    private func resourceType(of kind: ResourceKind) -> ResourceType? {
        let types: [ResourceType] = [
            .statefulSets, .services, .serviceAccounts, .roles, .roleBindings, .podDisruptionBudgets,
            .podDisruptionBudgetsBeta, .secrets,
        ]
        return types.first { $0.kind == kind }
    }
}

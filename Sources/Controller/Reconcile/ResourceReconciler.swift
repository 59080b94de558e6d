import Document
import Injection
import Kubernetes
import KubernetesClient
import Logging
import Membership
import Telemetry
import Transport
import VerneMQ
import Workload

/// Makes clusters out of `VerneMQ` resources, and writes their status. Belongs to the loop of its client.
///
/// Each look is the same, whatever has happened: read what is wanted and what is there, bring the objects to what they
/// shall be, say how it stands.
final class ResourceReconciler {
    private typealias Observation = Workload.ClusterObservation

    private let context: ControllerContext
    private let sets: StatefulSetReconciler
    private let members: MembershipReconciler
    private let live: LiveReconciler
    /// Resources of others to whom it has been said that they are left alone.
    private var elsewhere: Set<String> = []
    /// The StatefulSets whose brokers are configured, by resource.
    private var followed: [ObjectKey: ObjectKey] = [:]
    private var releases = ReleaseMemory()

    /// How soon to look again at a cluster that is not as it should be, or not known yet.
    private static let unsettled: Duration = .seconds(10)

    init(
        _ context: ControllerContext,
        sets: StatefulSetReconciler,
        members: MembershipReconciler,
        live: LiveReconciler
    ) {
        self.context = context
        self.sets = sets
        self.members = members
        self.live = live
    }

    /// Looks at one resource.
    func reconcile(_ key: ObjectKey) async -> WorkResult {
        guard let resource = context.caches.resources[key] else {
            followed.removeValue(forKey: key).map(live.forget)
            releases.forget(key)
            return .done
        }
        let cluster = ClusterResource(resource)
        // Its objects go with it, by their owner references; volumes stay.
        guard !cluster.isBeingDeleted, !cluster.isPaused else {
            followed.removeValue(forKey: key).map(live.forget)
            return .done
        }
        do throws(APIError) {
            let observation = try await bringAbout(cluster)
            let isSettled = try await report(observation, on: cluster)
            return .again(after: isSettled ? context.settings.nextLook : Self.unsettled)
        } catch {
            return context.failed("VerneMQ", key, error)
        }
    }

    // MARK: - What shall be

    private func bringAbout(_ cluster: ClusterResource) async throws(APIError) -> Observation {
        var set = try await statefulSet(of: cluster)
        let configMap = try await configMap(of: cluster)
        let judgement = judgement(of: cluster, configMap)
        var pods: [JSONValue]?
        if let set { pods = try await context.pods(of: set) }
        let workload = DesiredWorkload.make(
            from: cluster.object,
            settings: VerneMQResource.settings(of: cluster.object, configMap: configMap),
            statefulSet: set,
            beside: running(pods ?? [], set, cluster),
            capabilities: context.capabilities
        ).holdingBack(for: judgement, isThere: set != nil)
        if let other = ManagedElsewhere.find(cluster.object, observed: try await observed(workload, set: set)) {
            followed.removeValue(forKey: cluster.key).map(live.forget)
            return Observation(statefulSet: set, workload: workload, managedElsewhere: other)
        }
        for object in workload.objects {
            let concessions = try await context.apply(object)
            if object.role == .statefulSet { tell(concessions, about: object, of: cluster) }
        }
        if releases.isNews(workload.withheld, cluster.key) {
            let key = ObjectKey(namespace: cluster.namespace, name: cluster.statefulSetName)
            context.tell(workload.withheld, of: key, about: cluster.object)
        }
        // What was just made is not in the cache yet.
        if set == nil, workload.objects.contains(where: { $0.role == .statefulSet }) {
            set = try await statefulSet(of: cluster)
        }
        configure(set, LiveSettings(of: cluster.object, configMap: configMap, findings: workload.findings), cluster)
        return try await observe(set, pods, workload, isConfigured: followed[cluster.key] != nil)
    }

    /// The releases with which brokers of the set start.
    private func running(_ pods: [JSONValue], _ set: JSONValue?, _ cluster: ClusterResource) -> Set<VerneMQVersion> {
        guard let set, let container = InjectionState(of: set).broker?["name"]?.stringValue else { return [] }
        let declared = VerneMQResource.declaredVersion(of: cluster.object)
        return releases.note(pods, of: set, container: container, declared: declared, cluster.key)
    }

    /// Has running brokers brought to the settings, now that those that start have them in their boot Secret.
    private func configure(_ set: JSONValue?, _ settings: LiveSettings, _ cluster: ClusterResource) {
        let key = ObjectKey(namespace: cluster.namespace, name: cluster.statefulSetName)
        guard let set, LiveRequest.isWelcome(on: set),
            let container = InjectionState(of: set).broker?["name"]?.stringValue
        else {
            followed.removeValue(forKey: cluster.key).map(live.forget)
            return
        }
        followed[cluster.key] = key
        live.want(
            LiveRequest(
                settings: settings,
                statefulSet: set,
                container: container,
                subject: cluster.object,
                restartsBrokers: cluster.spec("restartPolicy")?.stringValue == "Rolling"
            ),
            key
        )
    }

    /// The StatefulSet that the resource is about. One without our label is not in the cache.
    private func statefulSet(of cluster: ClusterResource) async throws(APIError) -> JSONValue? {
        let key = ObjectKey(namespace: cluster.namespace, name: cluster.statefulSetName)
        if let known = context.caches.statefulSets[key] { return known }
        return try await context.client.find(.statefulSets, key).map(Informer.withoutManagedFields)
    }

    /// What the webhook would say. It has, as a rule; a resource may have been stored while it was away.
    private func judgement(of cluster: ClusterResource, _ configMap: JSONValue?) -> [Finding] {
        VerneMQResource.validate(
            cluster.object,
            configMap: configMap,
            pluginPolicy: context.settings.pluginPolicy
        )
    }

    private func configMap(of cluster: ClusterResource) async throws(APIError) -> JSONValue? {
        guard let name = cluster.spec("configFrom")?["configMapRef"]?["name"]?.stringValue else { return nil }
        let key = ObjectKey(namespace: cluster.namespace, name: name)
        if let known = context.caches.configMaps[key] { return known }
        return try await context.client.find(.configMaps, key)
    }

    /// What stands under the names of what is wanted. Only what makes and feeds brokers is worth refusing for.
    private func observed(
        _ workload: DesiredWorkload,
        set: JSONValue?
    ) async throws(APIError) -> [JSONValue] {
        var objects = set.map { [$0] } ?? []
        for object in workload.objects where object.role == .governingService || object.role == .clientService {
            let key = ObjectKey(namespace: object.namespace, name: object.name)
            if let found = context.caches.services[key] { objects.append(found) }
        }
        return objects
    }

    private func tell(_ concessions: [Concession], about object: DesiredObject, of cluster: ClusterResource) {
        guard !concessions.isEmpty else { return }
        let fields = concessions.map { "\($0.field) (\($0.message))" }.joined(separator: ", ")
        let message = "Left to others in \(object.kind.kind) \(object.name): \(fields)."
        context.report(StatusEvent(.normal, "FieldsOwnedByOthers", message), about: cluster.object)
    }

    // MARK: - How it stands

    private func observe(
        _ set: JSONValue?,
        _ known: [JSONValue]?,
        _ workload: DesiredWorkload,
        isConfigured: Bool
    ) async throws(APIError) -> Observation {
        guard let set else { return Observation(workload: workload) }
        var pods = known ?? []
        if known == nil { pods = try await context.pods(of: set) }
        let audit = try await sets.assess(set, pods: pods)
        let key = ObjectKey(of: ObjectView(set))
        let report = key.flatMap { members.report(of: $0) } ?? Self.unlooked(audit)
        let configuration = key.flatMap(live.report)
        return Observation(
            statefulSet: set,
            pods: pods,
            workload: workload,
            audit: audit,
            membership: report?.conditions ?? [],
            brokers: brokers(report, configuration),
            configurationDigest: configuration?.digest,
            isExecPermitted: configuration?.isPermitted,
            isConfigurationAwaited: isConfigured && configuration == nil
        )
    }

    /// Whoever looks after members looks at labelled sets only.
    private static func unlooked(_ audit: InjectionAssessment) -> MembershipReport? {
        audit.state == .notSelected ? MembershipReport(.notInjected) : nil
    }

    /// What is said of each broker, by the name of its pod.
    private func brokers(_ report: MembershipReport?, _ configuration: LiveReport?) -> [String: BrokerObservation] {
        var brokers = (report?.standings ?? [:]).mapValues { BrokerObservation(standing: $0) }
        for (name, outcome) in configuration?.brokers ?? [:] {
            var broker = brokers[name] ?? BrokerObservation()
            broker.configurationDigest = outcome.digest
            broker.restartRequired = outcome.restartRequired
            broker.configurationFault = outcome.isPermitted ? outcome.fault : nil
            brokers[name] = broker
        }
        return brokers
    }

    /// Writes the status where it says something new.
    ///
    /// - Returns: whether all is known, and as it should be.
    private func report(
        _ observation: Observation,
        on cluster: ClusterResource
    ) async throws(APIError) -> Bool {
        let resource = cluster.object
        let before = resource["status"]
        let status = StatusBuilder.make(resource, observation, now: Timestamp.now.text)
        if before.map({ $0.isEquivalent(to: status) }) != true {
            try await write(status, of: cluster, isOurs: observation.managedElsewhere == nil)
            for event in StatusEvents.make(from: before, to: status) { context.report(event, about: resource) }
        }
        let conditions = status["conditions"]?.arrayValue ?? []
        let expected = ["Ready": "True", "Injected": "True", "Clustered": "True"]
        return expected.allSatisfy { type, value in
            conditions.contains { $0["type"]?.stringValue == type && $0["status"]?.stringValue == value }
        }
    }

    /// Where somebody else writes the status, ours are the conditions alone, and only as long as he does not mind: who
    /// replaces the status as a whole would be at it with us for ever.
    private func write(_ status: JSONValue, of cluster: ClusterResource, isOurs: Bool) async throws(APIError) {
        var written = status
        if !isOurs {
            guard elsewhere.insert(cluster.uid ?? "").inserted else { return }
            written = ["conditions": status["conditions"] ?? []]
        } else {
            elsewhere.remove(cluster.uid ?? "")
        }
        let configuration: JSONValue = [
            "apiVersion": .string(VerneMQStructure.apiVersion),
            "kind": .string(VerneMQStructure.kind),
            "metadata": [
                "name": .string(cluster.name), "namespace": .string(cluster.namespace ?? ""),
                "uid": .string(cluster.uid ?? ""),
            ],
            "status": written,
        ]
        try await context.client.apply(.verneMQs, configuration, force: isOurs, subresource: "status")
    }
}

extension ClusterResource {
    /// The resource's own key.
    fileprivate var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

import Document
import Injection
import Kubernetes
import KubernetesClient
import Logging
import Telemetry
import Transport
import VerneMQ
import Workload

/// Looks after labelled StatefulSets: finds what slipped through the webhook, and keeps what an injected set leans on.
/// Belongs to the loop of its client.
final class StatefulSetReconciler {
    private let context: ControllerContext
    private let live: LiveReconciler
    private let concerns: MetricFamily<Gauge>
    private let repairs: MetricFamily<Counter>
    /// What is wrong with the configurations of sets.
    private var faults: [ObjectKey: [Finding]] = [:]
    private var releases = ReleaseMemory()
    /// What was wrong with each set when it was last looked at: news is told once.
    private var known: [ObjectKey: [Concern]] = [:]

    init(_ context: ControllerContext, live: LiveReconciler) {
        self.context = context
        self.live = live
        concerns = context.metrics.gauge(
            "vernemq_operator_injection_concerns",
            help: "Labelled StatefulSets about which something is not as it should be.",
            labels: ["reason"]
        )
        repairs = context.metrics.counter(
            "vernemq_operator_injection_repairs_total",
            help: "Injections that the operator mended by itself, because no pod ran on them.",
            labels: ["state"]
        )
        for reason in Concern.Reason.allCases { concerns[reason.rawValue].set(0) }
    }

    /// Looks at one set.
    func reconcile(_ key: ObjectKey) async -> WorkResult {
        guard let set = context.caches.statefulSets[key] else {
            known[key] = nil
            releases.forget(key)
            count()
            live.forget(key)
            return .done
        }
        do throws(APIError) {
            let assessment = try await assess(set)
            for object in assessment.objects { try await context.apply(object) }
            try await repair(assessment, of: set, key)
            try await configure(set, key)
            tell(assessment, of: set, key)
            return .again(after: context.settings.nextLook)
        } catch {
            return context.failed("StatefulSet", key, error)
        }
    }

    /// Gives the brokers of a set that no resource speaks of the configuration that its annotation names.
    private func configure(_ set: JSONValue, _ key: ObjectKey) async throws(APIError) {
        let name = ClusterCaches.text(key.namespace, key.name)
        guard context.caches.resources.keys(in: ClusterCaches.Index.statefulSet, under: name).isEmpty else { return }
        let state = InjectionState(of: set)
        guard let mapName = AnnotatedConfiguration.configMapName(of: set), state.isInjected,
            LiveRequest.isWelcome(on: set), let container = state.broker?["name"]?.stringValue
        else { return live.forget(key) }
        let mapKey = ObjectKey(namespace: key.namespace, name: mapName)
        var configMap = context.caches.configMaps[mapKey]
        if configMap == nil { configMap = try await context.client.find(.configMaps, mapKey) }
        let running = try await runningReleases(of: set, container: container, key)
        let configuration = AnnotatedConfiguration.make(for: set, configMap: configMap, beside: running)
        report(configuration.settings.errors, of: set, key)
        if let boot = configuration.boot { try await context.apply(boot) }
        if releases.isNews(configuration.withheld, key) { context.tell(configuration.withheld, of: key, about: set) }
        // Without the ConfigMap nothing is wanted, which is not the same as wanting nothing.
        guard configMap != nil else { return live.forget(key) }
        live.want(
            LiveRequest(
                settings: configuration.settings,
                statefulSet: set,
                container: container,
                subject: set,
                restartsBrokers: false
            ),
            key
        )
    }

    /// The releases that brokers of a set start with. Its pods are read only where there can be more than one: while the
    /// set rolls, or its controller has not seen its template yet.
    private func runningReleases(
        of set: JSONValue,
        container: String,
        _ key: ObjectKey
    ) async throws(APIError) -> Set<VerneMQVersion> {
        guard Self.isRolling(set) || !Self.isObserved(set) else {
            releases.forget(key)
            return []
        }
        let declared = ObjectView(set).annotation(Annotation.version.name).flatMap(VerneMQVersion.init(tag:))
        let pods = try await context.pods(of: set)
        return releases.note(pods, of: set, container: container, declared: declared, key)
    }

    /// Tells of faults in a configuration, each lot of them once.
    private func report(_ errors: [Finding], of set: JSONValue, _ key: ObjectKey) {
        let before = faults.updateValue(errors, forKey: key) ?? []
        guard !errors.isEmpty, errors != before else { return }
        let text = errors.map(\.description).joined(separator: "; ") + "."
        context.logger.warning(
            "configuration is not valid",
            metadata: ["statefulset": "\(key)", "message": "\(text)"]
        )
        context.report(StatusEvent(.warning, "InvalidConfiguration", String(text.prefix(1000))), about: set)
    }

    /// Assesses a set as it is known. Its pods are read only where they matter: when something is to be repaired, or while
    /// it rolls.
    func assess(_ set: JSONValue, pods: [JSONValue]? = nil) async throws(APIError) -> InjectionAssessment {
        let view = ObjectView(set)
        let service = ObjectKey(namespace: view.namespace, name: set["spec"]?["serviceName"]?.stringValue ?? "")
        let companions = Companions.documents(for: set).compactMap { ObjectKey(of: ObjectView($0)) }
        var surroundings = InjectionSurroundings(
            pods: pods ?? [],
            services: context.caches.services[service].map { [$0] } ?? [],
            roles: companions.compactMap { context.caches.roles[$0] },
            roleBindings: companions.compactMap { context.caches.roleBindings[$0] }
        )
        let injector = context.injector
        let assessment = InjectionAudit.assess(set, surroundings, injector: injector)
        guard pods == nil, assessment.state != .injected || Self.isRolling(set) else { return assessment }
        surroundings.pods = try await context.pods(of: set)
        return InjectionAudit.assess(set, surroundings, injector: injector)
    }

    private static func isRolling(_ set: JSONValue) -> Bool {
        set["status"]?["currentRevision"] != set["status"]?["updateRevision"]
    }

    private static func isObserved(_ set: JSONValue) -> Bool {
        (set["status"]?["observedGeneration"]?.integerValue ?? 0) >= (set["metadata"]?["generation"]?.integerValue ?? 0)
    }

    private func repair(
        _ assessment: InjectionAssessment,
        of set: JSONValue,
        _ key: ObjectKey
    ) async throws(APIError) {
        guard case .patch(let patch) = assessment.repair, !patch.operations.isEmpty else { return }
        // The patch holds for this very version of the object, of which no pod was known a moment ago.
        guard try await context.pods(of: set).isEmpty else { return }
        try await context.client.patch(.statefulSets, key, .json(patch))
        repairs[assessment.state.rawValue].increment()
        context.logger.notice(
            "injection repaired",
            metadata: ["statefulset": "\(key)", "state": "\(assessment.state.rawValue)"]
        )
        let message = "The injection was \(assessment.state.rawValue), and no pod ran on it: it is as it should be now."
        context.report(StatusEvent(.normal, "InjectionRepaired", message), about: set)
    }

    private func tell(_ assessment: InjectionAssessment, of set: JSONValue, _ key: ObjectKey) {
        let before = known[key] ?? []
        known[key] = assessment.concerns.isEmpty ? nil : assessment.concerns
        count()
        for concern in assessment.concerns where !before.contains(concern) {
            context.logger.warning(
                "statefulset needs attention",
                metadata: [
                    "statefulset": "\(key)", "reason": "\(concern.reason.rawValue)",
                    "message": "\(concern.message)", "remedy": "\(concern.remedy)",
                ]
            )
            let text = "\(concern.message) Remedy: \(concern.remedy)."
            context.report(StatusEvent(.warning, concern.reason.rawValue, text), about: set)
        }
    }

    private func count() {
        var counts: [Concern.Reason: Int] = [:]
        for reason in known.values.flatMap({ Set($0.map(\.reason)) }) { counts[reason, default: 0] += 1 }
        for reason in Concern.Reason.allCases { concerns[reason.rawValue].set(Double(counts[reason] ?? 0)) }
    }
}

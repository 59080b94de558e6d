import Document
import Injection
import Kubernetes
import KubernetesClient
import LiveConfiguration
import Logging
import Telemetry
import Transport
import VerneMQ
import Workload

/// Brings running brokers to their configuration. Belongs to the loop of its client.
///
/// The reconcilers of resources and of StatefulSets say what is wanted, once pods that start have it in their boot Secret;
/// here it is brought to each broker that is ready, as many at a time as there are workers for it. Everything that it
/// remembers can be found out again: a new process begins by asking every broker.
final class LiveReconciler {
    private let context: ControllerContext
    private let queues: ControllerQueues
    private let exec: any BrokerExec
    private let metrics: LiveMetrics
    private let restarts: RollingRestart
    private var requests: [ObjectKey: LiveRequest] = [:]
    private var reports: [ObjectKey: LiveReport] = [:]
    /// By pod uid.
    private var memories: [ObjectKey: [String: BrokerMemory]] = [:]
    private var asked: [ObjectKey: Deadline] = [:]

    /// How many brokers of one set are worked on at once.
    private static let width = 8
    /// How often brokers are asked what they run with though nothing has changed: each time costs them half a second of
    /// processor time or more.
    private static let drift: Duration = .seconds(3600)
    /// How soon to try again what may go better by itself.
    private static let soon: Duration = .seconds(5)

    init(_ context: ControllerContext, _ queues: ControllerQueues, exec: any BrokerExec) {
        self.context = context
        self.queues = queues
        self.exec = exec
        metrics = LiveMetrics(context.metrics)
        restarts = RollingRestart(context, exec: exec, restarted: metrics.restarts)
    }

    /// Says what is wanted. Nothing is done that is done already.
    func want(_ request: LiveRequest, _ key: ObjectKey) {
        let isNew = requests[key].map { !$0.isSame(as: request) } ?? true
        requests[key] = request
        if isNew { reports[key] = nil }
        queues.live.add(key)
    }

    /// Nothing is wanted any more: its brokers are left alone.
    func forget(_ key: ObjectKey) {
        requests[key] = nil
        reports[key] = nil
        memories[key] = nil
        asked[key] = nil
        count()
    }

    /// What is known about the brokers of a set.
    func report(_ key: ObjectKey) -> LiveReport? { reports[key] }

    // MARK: - Work

    /// Looks at the brokers of one set.
    func reconcile(_ key: ObjectKey) async -> WorkResult {
        guard let request = requests[key] else { return .done }
        do throws(APIError) {
            let pods = try await context.pods(of: request.statefulSet)
            let report = await bring(pods, request, key)
            // Somebody may have asked for something else meanwhile; then it is this set's turn again at once.
            guard let current = requests[key] else { return .done }
            if current.isSame(as: request) {
                let before = reports[key]
                reports[key] = report.standing
                if before != report.standing { tell(report, before: before, request, key) }
                count()
            }
            let isRestarting = await restarts.advance(pods, request, report)
            if report.brokers.values.contains(where: { $0.fault != nil && $0.isTransient }) {
                return .retry(atLeast: nil)
            }
            return .again(after: isRestarting ? Self.soon : context.settings.nextLook)
        } catch {
            return context.failed("brokers of StatefulSet", key, error)
        }
    }

    private func bring(_ pods: [JSONValue], _ request: LiveRequest, _ key: ObjectKey) async -> LiveReport {
        let asksAgain = asked[key].map { $0.elapsed >= Self.drift } ?? true
        var report = LiveReport()
        var work: [(session: BrokerSession, memory: BrokerMemory, name: String)] = []
        var present: Set<String> = []
        for pod in pods {
            guard let entry = session(pod, request, key) else { continue }
            present.insert(entry.memory.pod)
            // What was refused a moment ago would be refused again.
            if let failed = entry.memory.failed, failed.digest == entry.session.desired.digest,
                failed.time.elapsed < context.settings.resync, let outcome = reports[key]?.brokers[entry.name]
            {
                report.brokers[entry.name] = outcome
                continue
            }
            work.append(entry)
        }
        report.digest = digest(request)
        var next = 0
        await withTaskGroup(of: (String, BrokerMemory, BrokerOutcome).self) { group in
            func start() {
                guard next < work.count else { return }
                let (session, memory, name) = work[next]
                next += 1
                group.addTask(executorPreference: context.client.loop) {
                    var memory = memory
                    let outcome = await session.bring(&memory, asksAgain: asksAgain)
                    return (name, memory, outcome)
                }
            }
            for _ in 0..<Self.width { start() }
            while let (name, memory, outcome) = await group.next() {
                report.brokers[name] = outcome
                memories[key, default: [:]][memory.pod] = memory
                note(outcome, name, key)
                start()
            }
        }
        memories[key] = memories[key]?.filter { present.contains($0.key) }
        if asksAgain, !work.isEmpty { asked[key] = .now }
        return report
    }

    /// What is to be done for a pod; nil for one whose broker takes no commands now.
    private func session(
        _ pod: JSONValue,
        _ request: LiveRequest,
        _ key: ObjectKey
    ) -> (session: BrokerSession, memory: BrokerMemory, name: String)? {
        let view = ObjectView(pod)
        guard let name = view.name, let uid = view.uid, !view.isBeingDeleted, pod.isReadyPod,
            let target = BrokerTarget(pod, of: request.statefulSet, container: request.container)
        else { return nil }
        let container = pod.containerID(of: request.container)
        let fresh = BrokerMemory(pod: uid, container: container)
        let known = memories[key]?[uid]
        let desired = DesiredConfiguration.make(
            request.settings.settings,
            excluded: request.settings.excluded,
            plugins: request.settings.plugins,
            in: PodSurroundings.read(pod, container: request.container, declared: request.settings.version)
        )
        let look = BrokerLook(exec: exec, target: target, container: container)
        let session = BrokerSession(look: look, desired: desired, fileInterval: context.settings.resync)
        return (session, known?.container == container ? known ?? fresh : fresh, name)
    }

    /// The digest that brokers of the set's present template have.
    private func digest(_ request: LiveRequest) -> String {
        let template = request.statefulSet["spec"]?["template"] ?? .null
        return DesiredConfiguration.make(
            request.settings.settings,
            excluded: request.settings.excluded,
            plugins: request.settings.plugins,
            in: PodSurroundings.read(template, container: request.container, declared: request.settings.version)
        ).digest
    }

    // MARK: - News

    private func note(_ outcome: BrokerOutcome, _ pod: String, _ key: ObjectKey) {
        for (code, count) in outcome.steps where code != "note" { metrics.steps[code].increment(by: UInt64(count)) }
        if outcome.hasDrifted { metrics.drifts.increment() }
        let place: Logger.Metadata = ["statefulset": "\(key)", "pod": "\(pod)"]
        if !outcome.changed.isEmpty {
            var metadata = place
            metadata["steps"] = "\(outcome.changed.joined(separator: "; "))"
            metadata["drift"] = "\(outcome.hasDrifted)"
            context.logger.info("broker configured", metadata: metadata)
        }
        if let fault = outcome.fault {
            metrics.failures[outcome.isPermitted ? outcome.isTransient ? "transient" : "refused" : "not-permitted"]
                .increment()
            var metadata = place
            metadata["reason"] = "\(fault)"
            context.logger.log(
                level: outcome.isTransient ? .info : .warning,
                "broker not configured",
                metadata: metadata
            )
        }
    }

    /// Has the status written that the report changes, or says on the set itself what has changed.
    private func tell(_ report: LiveReport, before: LiveReport?, _ request: LiveRequest, _ key: ObjectKey) {
        let subject = ObjectView(request.subject)
        if subject.kind?.isSameKind(as: .verneMQ) == true {
            queues.resources.add(ObjectKey(namespace: subject.namespace, name: subject.name ?? ""))
            return
        }
        for event in LiveEvents.make(from: before, to: report) { context.report(event, about: request.subject) }
    }

    private func count() {
        let waiting = reports.values.flatMap(\.brokers.values).filter { $0.restartRequired?.isEmpty == false }.count
        metrics.waiting.set(Double(waiting))
    }
}

extension JSONValue {
    /// Whether a pod is ready.
    var isReadyPod: Bool {
        (self["status"]?["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True"
        }
    }

    /// The name that the container runtime has for a container of a pod, or when it started where it has none.
    func containerID(of container: String) -> String {
        let statuses = self["status"]?["containerStatuses"]?.arrayValue ?? []
        let status = statuses.first { $0["name"]?.stringValue == container }
        return status?["containerID"]?.stringValue ?? status?["state"]?["running"]?["startedAt"]?.stringValue ?? ""
    }
}

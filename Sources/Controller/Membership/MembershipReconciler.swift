import Document
import Kubernetes
import KubernetesClient
import Logging
import Membership
import Telemetry
import VerneMQ
import Workload

/// Looks after the members of the clusters of labelled StatefulSets: asks the planner what to do and what to say, does it,
/// and says it. Belongs to the loop of its client.
///
/// It is the only place that judges membership: conditions of resources, events, metrics and actions all come from here.
final class MembershipReconciler {
    /// What it works with.
    struct Surroundings {
        var client: APIClient
        var exec: any BrokerExec
        /// A set as it is known.
        var set: (ObjectKey) -> JSONValue?
        /// Whether the resource that a set belongs to says to leave it alone.
        var isPaused: (ObjectKey) -> Bool
        /// Takes events about a set.
        var event: (StatusEvent, JSONValue) -> Void
        /// Told of a set of which something else is to be said now.
        var changed: (ObjectKey) -> Void
        /// How long to wait at most until the next look.
        var nextLook: () -> Duration
        var policy = MembershipPolicy()
        /// Seconds since 1970.
        var clock: @Sendable () -> Int64 = { Int64(UTCTime.now.seconds) }
        var metrics: MetricRegistry
        var logger: Logger
    }

    /// What is known of one set.
    struct State {
        /// The set's UID.
        var uid: String
        /// What the planner remembers.
        var memory: MembershipMemory
        /// What of it is written down.
        var written: MembershipMemory
        var news = MembershipNews()
        var last: (plan: MembershipPlan, observation: Membership.ClusterObservation)?
    }

    let around: Surroundings
    let planner: MembershipPlanner
    let observer: ClusterObserver
    let metrics: MembershipMetrics
    var states: [ObjectKey: State] = [:]
    /// When the API server last said that commands may not be run in a namespace.
    var denials: [String: Int64] = [:]
    private var reports: [ObjectKey: MembershipReport] = [:]

    init(_ around: Surroundings) {
        self.around = around
        planner = MembershipPlanner(policy: around.policy)
        observer = ClusterObserver(around.client, metrics: around.metrics, clock: around.clock)
        metrics = MembershipMetrics(around.metrics)
    }

    /// What is known of a set's members; nil before the first look.
    func report(of key: ObjectKey) -> MembershipReport? { reports[key] }

    /// Looks at one set, and does at most one thing.
    func reconcile(_ key: ObjectKey) async -> WorkResult {
        guard let set = around.set(key) else {
            forget(key)
            return .done
        }
        do throws(ClusterReaderError) {
            let reader = try ClusterReader(set)
            do throws(APIError) { return try await look(at: set, reader, key) } catch { return failed(key, error) }
        } catch {
            // Whatever makes it fit is a change of the set.
            states[key] = nil
            metrics.tell(states.values.compactMap(\.last))
            publish(MembershipReport(error), key)
            return .done
        }
    }

    private func forget(_ key: ObjectKey) {
        states[key] = nil
        reports[key] = nil
        metrics.tell(states.values.compactMap(\.last))
    }

    private func failed(_ key: ObjectKey, _ error: APIError) -> WorkResult {
        guard !error.isCancelled else { return .done }
        around.logger.log(
            level: error.isTransient ? .info : .warning,
            "members not looked after",
            metadata: ["statefulset": "\(key)", "reason": "\(error)", "code": "\(error.code)"]
        )
        return .retry(atLeast: error.retryAfter)
    }

    // MARK: - Looking

    private func look(at set: JSONValue, _ reader: ClusterReader, _ key: ObjectKey) async throws(APIError) -> WorkResult
    {
        let state = state(of: set, reader, key)
        var sight = try await sight(of: set, reader, state)
        var plan = planner.plan(sight.observation, state.memory)
        // A cluster of which there is nothing to say is looked at without its claims.
        if !plan.findings.isEmpty, !Self.needsClaims(state) {
            sight.observation.claims = try await observer.claims(of: set, reader)
            plan = planner.plan(sight.observation, state.memory)
        }
        if let action = plan.action {
            guard let obstacle = obstacle(to: action, sight.observation) else {
                return try await act(on: action, key)
            }
            plan = planner.plan(sight.observation, state.memory, obstacle: obstacle)
        }
        await settle(plan, sight, key)
        return .again(after: pause(after: plan))
    }

    /// What is known of a set. Whoever begins, begins with what is written down.
    private func state(of set: JSONValue, _ reader: ClusterReader, _ key: ObjectKey) -> State {
        if let state = states[key], state.uid == reader.set.uid { return state }
        let (memory, fault) = MembershipRecord.read(set)
        if let fault {
            let name = Annotation.membership.name
            let message = "The annotation \(name) cannot be read, waiting times begin anew: \(fault)."
            around.event(StatusEvent(.warning, "MembershipRecordInvalid", message), set)
            around.logger.warning("memory not read", metadata: ["statefulset": "\(key)", "reason": "\(fault)"])
        }
        let state = State(uid: reader.set.uid, memory: memory, written: memory)
        states[key] = state
        return state
    }

    func sight(
        of set: JSONValue,
        _ reader: ClusterReader,
        _ state: State
    ) async throws(APIError) -> ClusterObserver.Sight {
        let pods = try await around.client.pods(of: set)
        var sight = try await observer.look(at: set, reader, pods: pods, claims: Self.needsClaims(state))
        if around.isPaused(ObjectKey(namespace: reader.naming.namespace, name: reader.naming.set)) {
            sight.observation.set.isPaused = true
        }
        return sight
    }

    private static func needsClaims(_ state: State) -> Bool {
        state.last?.plan.findings.isEmpty == false || state.memory.pending != nil || !state.memory.tries.isEmpty
            || !state.memory.unmigrated.isEmpty
    }

    /// Why commands cannot be run for this set now.
    private func obstacle(to action: MembershipAction, _ observation: Membership.ClusterObservation) -> String? {
        let namespace = observation.naming.namespace
        guard let denied = denials[namespace] else { return nil }
        // Rights may have been granted meanwhile: a look now and then is no flood.
        guard (0..<300).contains(around.clock() - denied) else {
            denials[namespace] = nil
            return nil
        }
        return Self.denial(of: action, observation)
    }

    static func denial(of action: MembershipAction, _ observation: Membership.ClusterObservation) -> String {
        let namespace = observation.naming.namespace
        let command = action.command.joined(separator: " ")
        return
            "the operator may not run commands in pods of namespace \(namespace): add it to the chart's exec.namespaces,"
            + " or grant its service account get and create on pods/exec there (docs/membership.md has the commands), or"
            + " run `kubectl -n \(namespace) exec \(action.executor.pod) -c \(observation.set.container) -- \(command)`"
            + " yourself"
    }

    // MARK: - Saying

    /// Keeps, writes down and says what a plan without an action came to.
    func settle(_ plan: MembershipPlan, _ sight: ClusterObserver.Sight, _ key: ObjectKey) async {
        verify(plan, sight, key)
        states[key]?.memory = plan.memory
        tell(plan, sight, key)
        await record(plan.memory, sight, key)
    }

    /// Says how a set's members stand.
    func tell(_ plan: MembershipPlan, _ sight: ClusterObserver.Sight, _ key: ObjectKey) {
        guard var state = states[key] else { return }
        for event in state.news.take(plan) {
            around.event(event, sight.set)
            around.logger.log(
                level: event.type == .warning ? .warning : .notice,
                "members",
                metadata: ["statefulset": "\(key)", "reason": "\(event.reason)", "message": "\(event.message)"]
            )
        }
        state.last = (plan, sight.observation)
        states[key] = state
        metrics.tell(states.values.compactMap(\.last))
        publish(MembershipReport(plan, sight.observation), key)
    }

    private func publish(_ report: MembershipReport, _ key: ObjectKey) {
        guard reports[key] != report else { return }
        reports[key] = report
        around.changed(key)
    }

    /// Writes down what must not be forgotten. Failing is no harm as long as nothing is done: the next look tries again.
    private func record(_ memory: MembershipMemory, _ sight: ClusterObserver.Sight, _ key: ObjectKey) async {
        guard let written = states[key]?.written else { return }
        let next = MembershipRecord.worthWriting(
            memory,
            over: written,
            now: sight.observation.now,
            settle: planner.policy.settle
        )
        guard let next, let patch = MembershipRecord.patch(next, uid: sight.observation.set.uid) else { return }
        do throws(APIError) {
            try await around.client.patch(.statefulSets, key, .merge(patch))
            states[key]?.written = next
        } catch {
            guard !error.isCancelled else { return }
            around.logger.warning("memory not written", metadata: ["statefulset": "\(key)", "reason": "\(error)"])
        }
    }

    /// How long until the next look: soon while something is under way, at leisure while nothing changes, be it good or bad.
    func pause(after plan: MembershipPlan) -> Duration {
        let policy = planner.policy
        let isMoving =
            plan.memory.pending != nil || plan.hold != nil || plan.findings.count != plan.settled.count
        guard !isMoving else { return .seconds(policy.haste) }
        return min(.seconds(policy.interval) * Double.random(in: 0.9...1.1), around.nextLook())
    }
}

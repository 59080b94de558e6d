import Document
import Kubernetes
public import Logging
public import Telemetry
import Transport

/// Lets one of several processes do the work: whoever holds a Lease. Everything of it lives on its client's loop.
///
/// ```swift
/// let elector = LeaderElector(client, ObjectKey(namespace: "vernemq", name: "vernemq-operator"), identity: podName, logger: logger)
/// await elector.run { await controllers() }     // cancelled when the lease is lost, begun anew when it comes back
/// elector.resign()                              // on SIGTERM: stops the work, gives the lease back, ends run()
/// ```
public final class LeaderElector: Sendable {
    private let core: LoopBound<Election>

    /// Makes a candidate on the client's loop, on whose thread this is called. It speaks over a connection of its own, so
    /// that renewals wait behind nothing.
    ///
    /// - Parameters:
    ///   - client: whom to ask.
    ///   - lease: the Lease's namespace and name; it is made if there is none.
    ///   - identity: who we are: different for every process that ever runs (a pod's name and a random part).
    ///   - timing: when to renew and when to give up.
    ///   - metrics: where to say who leads; nil for nobody.
    ///   - logger: changes are logged at notice.
    public init(
        _ client: APIClient,
        _ lease: ObjectKey,
        identity: String,
        timing: LeaseTiming = LeaseTiming(),
        metrics: MetricRegistry? = nil,
        logger: Logger
    ) {
        let gauge = (metrics ?? MetricRegistry()).gauge(
            "vernemq_operator_leader",
            help: "Whether this process runs the controllers."
        )
        let election = Election(client.sibling(), lease, identity, timing, gauge, logger)
        core = LoopBound(election, on: client.loop)
    }

    /// Whether this process leads.
    public var isLeading: Bool { core.value.isLeading }

    /// Who leads, as far as this process has seen; empty if nobody does.
    public var holder: String { core.value.holder }

    /// Stands for election, leads when elected, and stands again when the lease is lost; until ``resign()``, or until the
    /// task is cancelled (which gives nothing back: others wait for the lease to end), or until the work returns by itself.
    ///
    /// - Parameter work: what the leader does. It is cancelled when the lease cannot be renewed, and must then return
    ///   within the difference of lease duration and renew deadline (5 seconds).
    public func run(_ work: @escaping @Sendable () async -> Void) async {
        await core.value.run(core, work)
    }

    /// Ends ``run(_:)``: the work is cancelled, and when it has returned the lease is given back.
    public func resign() {
        core.value.resign()
    }
}

/// The state of a candidate on its loop.
private final class Election {
    private enum End: Sendable { case workDone, lost, resigned, cancelled }

    private let client: APIClient
    private let lease: ObjectKey
    private let identity: String
    private let timing: LeaseTiming
    private let gauge: MetricFamily<Gauge>
    private let logger: Logger
    private let waiting: WaitQueue
    private var state: LeaseState
    private var object: JSONValue?
    private var hasResigned = false
    private var lastHolder = ""

    init(
        _ client: APIClient,
        _ lease: ObjectKey,
        _ identity: String,
        _ timing: LeaseTiming,
        _ gauge: MetricFamily<Gauge>,
        _ logger: Logger
    ) {
        self.client = client
        self.lease = lease
        self.identity = identity
        self.timing = timing
        self.gauge = gauge
        self.logger = logger
        waiting = WaitQueue(on: client.loop)
        state = LeaseState(identity: identity, timing: timing)
    }

    var isLeading: Bool { state.isLeading }
    var holder: String { state.holder }

    func resign() {
        hasResigned = true
        waiting.resumeAll()
    }

    func run(_ bound: LoopBound<Election>, _ work: @escaping @Sendable () async -> Void) async {
        while !Task.isCancelled, !hasResigned {
            guard await acquire() else { return }
            gauge.set(1)
            logger.notice("leading", metadata: ["lease": "\(lease)", "identity": "\(identity)"])
            let end = await lead(bound, work)
            gauge.set(0)
            switch end {
            case .lost: logger.warning("the lease is lost; the work has been stopped", metadata: ["lease": "\(lease)"])
            case .resigned, .workDone:
                await release()
                return
            case .cancelled: return
            }
        }
    }

    private func lead(_ bound: LoopBound<Election>, _ work: @escaping @Sendable () async -> Void) async -> End {
        await withTaskGroup(of: End.self) { group in
            group.addTask {
                await work()
                return .workDone
            }
            group.addTask { await bound.value.renew() }
            var end = await group.next() ?? .cancelled
            group.cancelAll()
            for await _ in group {}
            if end == .workDone, Task.isCancelled { end = .cancelled }
            return end
        }
    }

    /// - Returns: false when there is no use in going on.
    private func acquire() async -> Bool {
        while !Task.isCancelled, !hasResigned {
            do throws(APIError) {
                if try await attempt(until: .after(timing.renewDeadline)) { return true }
            } catch {
                if error.isCancelled { return false }
                logger.warning("cannot stand for election", metadata: ["lease": "\(lease)", "reason": "\(error)"])
            }
            if state.holder != lastHolder {
                lastHolder = state.holder
                logger.info("another one leads", metadata: ["lease": "\(lease)", "holder": "\(lastHolder)"])
            }
            // Chance keeps candidates from trying at the same moment for ever.
            await pause(timing.retryPeriod * Double.random(in: 1...1.2))
        }
        return false
    }

    private func renew() async -> End {
        while true {
            await pause(timing.retryPeriod)
            if hasResigned { return .resigned }
            if Task.isCancelled { return .cancelled }
            guard let limit = state.leadsUntil, !limit.isPast else {
                state.stepDown()
                return .lost
            }
            do throws(APIError) {
                if try await attempt(until: limit) { continue }
                // Somebody else has it, which cannot be while we renew in time: a person has edited it, or we slept.
                state.stepDown()
                return .lost
            } catch {
                if hasResigned { return .resigned }
                if error.isCancelled { return .cancelled }
                logger.info("cannot renew the lease", metadata: ["lease": "\(lease)", "reason": "\(error)"])
            }
        }
    }

    private func pause(_ duration: Duration) async {
        guard !hasResigned else { return }
        do { try await waiting.wait(until: .after(duration)) } catch {
            // Time-out is what was waited for; cancellation is seen by the caller.
            return
        }
    }

    /// - Returns: whether we lead.
    private func attempt(until deadline: Deadline) async throws(APIError) -> Bool {
        let started = Deadline.now
        let current = try await read(until: deadline)
        switch state.decide(current.map { LeaseRecord($0) }, now: .now, time: .now) {
        case .leave: return false
        case .write(let record):
            do throws(APIError) {
                object = try await write(record, over: current, until: deadline)
            } catch {
                switch error {
                case .conflict, .alreadyExists:
                    // Somebody was faster. Whoever leads tries again: it may have been an edit of something else.
                    if state.isLeading { throw error }
                    return false
                default: throw error
                }
            }
            state.wrote(record, started: started)
            return true
        }
    }

    private func read(until deadline: Deadline) async throws(APIError) -> JSONValue? {
        let path = ResourceType.leases.path(namespace: lease.namespace, name: lease.name)
        do throws(APIError) {
            return try await client.object(
                APIRequest(verb: .get, resource: ResourceType.leases.plural, path: path),
                until: deadline
            )
        } catch {
            if case .notFound = error { return nil }
            throw error
        }
    }

    private func write(
        _ record: LeaseRecord,
        over current: JSONValue?,
        until deadline: Deadline
    ) async throws(APIError) -> JSONValue {
        let type = ResourceType.leases
        guard var object = current else {
            var metadata: JSONObject = ["name": .string(lease.name)]
            if let namespace = lease.namespace { metadata["namespace"] = .string(namespace) }
            let fresh: JSONValue = [
                "apiVersion": .string(type.kind.apiVersion), "kind": .string(type.kind.kind),
                "metadata": .object(metadata), "spec": record.jsonValue,
            ]
            let path = type.path(namespace: lease.namespace)
            return try await client.object(
                APIRequest(verb: .create, resource: type.plural, path: path, body: fresh.serialized()),
                until: deadline
            )
        }
        // With the version that was read: whoever is faster makes this a conflict.
        object["spec"] = record.jsonValue
        let path = type.path(namespace: lease.namespace, name: lease.name)
        return try await client.object(
            APIRequest(verb: .update, resource: type.plural, path: path, body: object.serialized()),
            until: deadline
        )
    }

    private func release() async {
        guard state.isLeading, let object else { return }
        state.stepDown()
        do throws(APIError) {
            let record = state.released(LeaseRecord(object), time: .now)
            _ = try await write(record, over: object, until: .after(timing.retryPeriod))
            logger.notice("the lease has been given back", metadata: ["lease": "\(lease)"])
        } catch {
            logger.warning("the lease could not be given back", metadata: ["lease": "\(lease)", "reason": "\(error)"])
        }
        client.closeIdleConnections()
    }
}

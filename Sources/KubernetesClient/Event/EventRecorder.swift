public import Document
public import Logging
public import Telemetry
import Transport

/// Tells people what happens to objects, as `v1 Event`s. Telling never waits and never fails: what cannot be told is
/// counted. Everything of it lives on its client's loop.
///
/// ```swift
/// recorder.record(.warning, on: set, reason: "InjectionMissing", message: "the label is older than the operator …")
/// group.addTask { await recorder.run() }
/// ```
public final class EventRecorder: Sendable {
    private let core: LoopBound<RecorderCore>

    /// Makes a recorder on the client's loop, on whose thread this is called.
    ///
    /// - Parameters:
    ///   - client: whom to tell.
    ///   - component: who tells (`source.component`).
    ///   - instance: which of several (`reportingInstance`): a pod's name.
    ///   - metrics: where to count; nil counts for nobody.
    ///   - logger: trouble is logged at warning.
    public init(
        _ client: APIClient,
        component: String,
        instance: String,
        metrics: MetricRegistry? = nil,
        logger: Logger
    ) {
        let recorder = RecorderCore(client, component, instance, metrics ?? MetricRegistry(), logger)
        core = LoopBound(recorder, on: client.loop)
    }

    /// Tells something about an object. An object without kind or name is counted as dropped.
    public func record(_ type: EventType, on object: JSONValue, reason: String, message: String) {
        guard let subject = EventSubject(object) else { return core.value.drop(.unnamed) }
        record(EventNote(subject, type, reason: reason, message: message))
    }

    /// Tells something.
    public func record(_ note: EventNote) {
        core.value.add(note)
    }

    /// Sends what is recorded until the task is cancelled, or until ``drain()``.
    public func run() async {
        await core.value.run()
    }

    /// Has ``run()`` return when what is recorded has been sent.
    public func drain() {
        core.value.drain()
    }
}

/// Why something was not told.
enum EventDropReason: String, Sendable {
    /// There has been too much about the object.
    case rate
    /// The API server is slower than the news.
    case queue = "queue-full"
    /// The API server does not take it.
    case refused
    /// The object has no name.
    case unnamed
}

private final class RecorderCore {
    private let client: APIClient
    private let component: String
    private let instance: String
    private let sent: MetricFamily<Counter>
    private let dropped: MetricFamily<Counter>
    private let logger: Logger
    private let waiting: WaitQueue
    private var correlator = EventCorrelator()
    private var pending: [EventCorrelator.Outcome] = []
    private var isDraining = false

    private static let capacity = 256
    private static let tries = 4

    init(_ client: APIClient, _ component: String, _ instance: String, _ metrics: MetricRegistry, _ logger: Logger) {
        self.client = client
        self.component = component
        self.instance = instance
        self.logger = logger
        waiting = WaitQueue(on: client.loop)
        sent = metrics.counter("vernemq_operator_events_total", help: "Kubernetes events sent.", labels: ["type"])
        dropped = metrics.counter(
            "vernemq_operator_events_dropped_total",
            help: "Kubernetes events that were not sent, by reason.",
            labels: ["reason"]
        )
    }

    func drop(_ reason: EventDropReason) {
        dropped[reason.rawValue].increment()
    }

    func add(_ note: EventNote) {
        guard pending.count < Self.capacity, !isDraining else { return drop(.queue) }
        let outcome = correlator.take(note, now: .now, time: .now)
        if outcome == .drop { return drop(.rate) }
        pending.append(outcome)
        waiting.resumeFirst()
    }

    func drain() {
        isDraining = true
        waiting.resumeAll()
    }

    func run() async {
        while !Task.isCancelled {
            guard !pending.isEmpty else {
                if isDraining { return }
                do { try await waiting.wait() } catch { return }
                continue
            }
            await deliver(pending.removeFirst())
        }
    }

    private func deliver(_ outcome: EventCorrelator.Outcome) async {
        var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(10))
        for attempt in 1...Self.tries {
            do throws(APIError) {
                try await send(outcome)
                return
            } catch {
                if error.isCancelled { return }
                guard error.isTransient, attempt < Self.tries else { return refused(outcome, error) }
                let pause = backoff.pause(random: Double.random(in: 0..<1))
                do { try await client.loop.sleep(until: .after(pause)) } catch { return }
            }
        }
    }

    private func refused(_ outcome: EventCorrelator.Outcome, _ error: APIError) {
        drop(.refused)
        if case .create(let name, _, _) = outcome { correlator.lost(name) }
        // An object in a namespace that is going takes no events: no news.
        if case .forbidden(let status) = error, status.causes.contains(where: { $0.reason == "NamespaceTerminating" }) {
            return
        }
        logger.warning("an event could not be sent", metadata: ["code": "\(error.code)", "reason": "\(error)"])
    }

    private func send(_ outcome: EventCorrelator.Outcome) async throws(APIError) {
        switch outcome {
        case .drop: return
        case .create(let name, let note, let first):
            do throws(APIError) {
                try await create(name, note, first: first, last: first, count: 1)
            } catch {
                // A try whose answer was lost had come through.
                guard case .alreadyExists = error else { throw error }
            }
            sent[note.type.rawValue].increment()
        case .update(let name, let note, let first, let count):
            let last = Timestamp.now
            do throws(APIError) {
                let change: JSONValue = [
                    "count": .integer(count), "lastTimestamp": .string(last.text), "message": .string(note.message),
                ]
                let key = ObjectKey(namespace: note.subject.namespace ?? "default", name: name)
                try await client.patch(.events, key, .merge(change))
            } catch {
                // Events live for an hour. A series that outlives its event gets a new one.
                guard case .notFound = error else { throw error }
                try await create(name, note, first: first, last: last, count: count)
            }
            sent[note.type.rawValue].increment()
        }
    }

    private func create(
        _ name: String,
        _ note: EventNote,
        first: Timestamp,
        last: Timestamp,
        count: Int64
    ) async throws(APIError) {
        // Events about objects that stand in no namespace are kept in "default".
        let namespace = note.subject.namespace ?? "default"
        let event: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "involvedObject": note.subject.jsonValue,
            "type": .string(note.type.rawValue), "reason": .string(note.reason), "message": .string(note.message),
            "source": ["component": .string(component)],
            "reportingComponent": .string(component), "reportingInstance": .string(instance),
            "firstTimestamp": .string(first.text), "lastTimestamp": .string(last.text), "count": .integer(count),
        ]
        try await client.create(.events, event, in: namespace)
    }
}

public import Telemetry
public import Transport

/// What is to become of a key after work on it.
public enum WorkResult: Sendable, Hashable {
    /// Nothing, until it is added again. Its failures are forgotten.
    case done
    /// It comes again after a time, whatever happens. Its failures are forgotten.
    case again(after: Duration)
    /// It failed: it comes again after a pause that grows from failure to failure, or after what the server asked for.
    case retry(atLeast: Duration?)
}

/// Keys that wait to be worked on. Everything of it lives on one event loop.
///
/// ```swift
/// let queue = WorkQueue<ObjectKey>(name: "injection-audit", on: loop)
/// await queue.run(workers: 4) { key in await reconcile(key) }
/// ```
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    /// The queue's name in metrics and logs.
    public let name: String
    private let core: LoopBound<QueueCore<Key>>

    /// Makes an empty queue on the loop on whose thread this is called.
    ///
    /// - Parameters:
    ///   - name: for metrics, out of a closed set.
    ///   - loop: the loop to live on.
    ///   - backoff: the pauses after failures of one key.
    ///   - metrics: where to count; nil counts for nobody.
    public init(
        name: String,
        on loop: EventLoop,
        backoff: Backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(300), jitter: 0.2),
        metrics: MetricRegistry? = nil
    ) {
        self.name = name
        core = LoopBound(QueueCore(name, on: loop, backoff, metrics ?? MetricRegistry()), on: loop)
    }

    // MARK: Adding

    /// Has a key worked on as soon as there is time, or after a delay. A key that waits already keeps the earlier moment.
    public func add(_ key: Key, after delay: Duration = .zero) {
        core.value.add(key, after: delay)
    }

    /// How many keys wait, due or not.
    public var count: Int { core.value.state.waitingCount }

    /// How many keys are being worked on.
    public var runningCount: Int { core.value.state.runningCount }

    // MARK: Working

    /// Works on keys until the task is cancelled, or until ``drain()`` has been called and the work at hand is done. No key
    /// is worked on twice at once.
    ///
    /// - Parameters:
    ///   - workers: how many keys are worked on at once.
    ///   - work: works on a key. It is called on the queue's loop and does not throw: what went wrong is in the result.
    public func run(workers: Int = 1, _ work: @escaping @Sendable (Key) async -> WorkResult) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask { [core] in await core.value.work(work) }
            }
        }
    }

    /// Takes nothing in any more and forgets what waits; ``run(workers:_:)`` returns when the work at hand is done.
    public func drain() {
        core.value.drain()
    }

    /// The next key, for callers that do not use ``run(workers:_:)``; nil once the queue drains. Call
    /// ``finish(_:_:)`` when done.
    ///
    /// - Throws: `cancelled`.
    public func next() async throws(TransportError) -> Key? {
        try await core.value.next()
    }

    /// Ends the work on a key that ``next()`` gave.
    public func finish(_ key: Key, _ result: WorkResult) {
        core.value.finish(key, result)
    }
}

/// The state of a queue on its loop.
private final class QueueCore<Key: Hashable & Sendable> {
    private(set) var state = WorkQueueState<Key>()

    private let loop: EventLoop
    private let backoff: Backoff
    private let waiting: WaitQueue
    private let depth: Gauge
    private let retries: Counter
    private let additions: Counter
    private let durations: Histogram
    private var isDraining = false
    private var startedAt: [Key: Deadline] = [:]

    init(_ name: String, on loop: EventLoop, _ backoff: Backoff, _ metrics: MetricRegistry) {
        self.loop = loop
        self.backoff = backoff
        waiting = WaitQueue(on: loop)
        depth =
            metrics.gauge(
                "vernemq_operator_queue_depth",
                help: "Keys that wait to be worked on, those included that wait for a moment to come.",
                labels: ["queue"]
            )[name]
        retries =
            metrics.counter(
                "vernemq_operator_queue_retries_total",
                help: "Keys that are worked on again because the work failed.",
                labels: ["queue"]
            )[name]
        additions =
            metrics.counter(
                "vernemq_operator_queue_additions_total",
                help: "Keys that were added, those included that waited already.",
                labels: ["queue"]
            )[name]
        durations =
            metrics.histogram(
                "vernemq_operator_queue_work_duration_seconds",
                help: "Time that work on a key took.",
                labels: ["queue"]
            )[name]
    }

    func add(_ key: Key, after delay: Duration) {
        guard !isDraining else { return }
        additions.increment()
        let isSooner = state.add(key, due: .after(max(delay, .zero)))
        depth.set(Double(state.waitingCount))
        if isSooner { waiting.resumeFirst() }
    }

    func next() async throws(TransportError) -> Key? {
        while !isDraining {
            if Task.isCancelled { throw .cancelled }
            if let key = state.take(now: .now) {
                depth.set(Double(state.waitingCount))
                startedAt[key] = .now
                // Another one may be due as well, and somebody sleeps for its sake.
                if state.nextDue() != nil { waiting.resumeFirst() }
                return key
            }
            do throws(TransportError) {
                try await waiting.wait(until: state.nextDue() ?? .never)
            } catch {
                if error != .timedOut { throw error }
            }
        }
        return nil
    }

    func finish(_ key: Key, _ result: WorkResult) {
        if let start = startedAt.removeValue(forKey: key) { durations.record(start.elapsed) }
        switch result {
        case .done: state.forget(key)
        case .again(let delay):
            state.forget(key)
            if !isDraining { state.add(key, due: .after(max(delay, .zero))) }
        case .retry(let minimum):
            retries.increment()
            let count = state.countFailure(key)
            let pause = backoff.pause(afterFailures: count, random: Double.random(in: 0..<1))
            if !isDraining { state.add(key, due: .after(max(pause, minimum ?? .zero))) }
        }
        state.done(key)
        depth.set(Double(state.waitingCount))
        if state.nextDue() != nil { waiting.resumeFirst() }
    }

    func work(_ work: (Key) async -> WorkResult) async {
        do throws(TransportError) {
            while let key = try await next() {
                finish(key, await work(key))
            }
        } catch {
            // Cancelled: there is nothing to hand back.
            return
        }
    }

    func drain() {
        isDraining = true
        state.drop()
        depth.set(0)
        waiting.resumeAll()
    }
}

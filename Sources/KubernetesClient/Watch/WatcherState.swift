public import Document
public import Transport

/// When a watcher does what.
public struct WatcherTiming: Sendable, Hashable {
    /// Objects a page of the list. Small pages keep the memory small: what a page takes while it is read is never given back.
    public var pageSize: Int
    /// When the server is asked to end a watch: so that none lives for ever on a server that should be relieved.
    public var watchTimeout: Duration
    /// The share by which watches are shorter, by chance, so that they do not end together.
    public var watchJitter: Double
    /// How much later than its time a watch is given up.
    public var idleMargin: Duration
    /// The pauses after failures.
    public var backoff: Backoff
    /// How long things must go well until pauses begin anew.
    public var resetAfter: Duration

    /// Times that suit a cluster.
    public init(
        pageSize: Int = 100,
        watchTimeout: Duration = .seconds(290),
        watchJitter: Double = 0.1,
        idleMargin: Duration = .seconds(10),
        backoff: Backoff = Backoff(),
        resetAfter: Duration = .seconds(120)
    ) {
        self.pageSize = pageSize
        self.watchTimeout = watchTimeout
        self.watchJitter = watchJitter
        self.idleMargin = idleMargin
        self.backoff = backoff
        self.resetAfter = resetAfter
    }
}

/// What a watcher has seen.
public enum WatcherOutput: Sendable, Hashable {
    /// A complete list begins: what follows until ``initialized`` replaces everything known.
    case initializing
    /// A part of the list.
    case page([JSONValue])
    /// The list is complete.
    case initialized
    /// An object has come or changed.
    case applied(JSONValue)
    /// An object has gone.
    case deleted(JSONValue)
}

/// Decides when to list, when to watch and when to wait, so that no change of a resource is missed: sans I/O, without a
/// clock and without chance of its own.
///
/// A list, page by page; a watch from the list's version on; when it ends, another one from the last version seen; when
/// that version is too old (410), a list again. Failures are followed by pauses that grow.
public struct WatcherState: Sendable {
    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// Ask for a page, then call ``WatcherState/listed(_:now:)`` or ``WatcherState/failed(_:now:random:)``.
        case list(limit: Int?, continuation: String?)
        /// Open a watch and pass what comes to ``WatcherState/received(_:now:random:)``; at its end call
        /// ``WatcherState/ended(now:random:)`` or ``WatcherState/failed(_:now:random:)``. Give it up at the deadline.
        case watch(resourceVersion: String, timeout: Duration, deadline: Deadline)
        /// Do nothing until then.
        case pause(until: Deadline)
    }

    private enum Phase: Sendable {
        case empty
        case listing(continuation: String)
        case watching(resourceVersion: String)
    }

    private let timing: WatcherTiming
    private var phase = Phase.empty
    private var backoff: Backoff
    private var pauseUntil: Deadline?
    private var watchStarted: Deadline?
    private var lastFailure: Deadline?
    /// How often in a row a list came to nothing because the server lost the thread.
    private var lostLists = 0

    /// A watcher that knows nothing.
    public init(_ timing: WatcherTiming = WatcherTiming()) {
        self.timing = timing
        backoff = timing.backoff
    }

    /// The version that a watch would go on from; nil while listing.
    public var resourceVersion: String? {
        if case .watching(let version) = phase { version } else { nil }
    }

    /// What to do next.
    ///
    /// - Parameters:
    ///   - now: the moment.
    ///   - random: a number from 0 up to 1.
    public mutating func step(now: Deadline, random: Double) -> Step {
        if let until = pauseUntil {
            if until > now { return .pause(until: until) }
            pauseUntil = nil
        }
        switch phase {
        case .empty: return .list(limit: limit, continuation: nil)
        case .listing(let continuation): return .list(limit: limit, continuation: continuation)
        case .watching(let version):
            let timeout = timing.watchTimeout * (1 - timing.watchJitter * min(max(random, 0), 1))
            watchStarted = now
            return .watch(
                resourceVersion: version,
                timeout: timeout,
                deadline: now.advanced(by: timeout + timing.idleMargin)
            )
        }
    }

    /// Pages, unless the server loses the thread again and again.
    private var limit: Int? { lostLists < 2 ? max(1, timing.pageSize) : nil }

    /// Takes a page of the list.
    public mutating func listed(_ page: ObjectList, now: Deadline) -> [WatcherOutput] {
        var outputs: [WatcherOutput] = []
        if case .empty = phase { outputs.append(.initializing) }
        outputs.append(.page(page.items))
        if let continuation = page.continuation {
            phase = .listing(continuation: continuation)
        } else {
            phase = .watching(resourceVersion: page.resourceVersion)
            lostLists = 0
            outputs.append(.initialized)
        }
        return outputs
    }

    /// Takes an event of the watch.
    ///
    /// - Returns: what it means; nil for events that mean nothing to whoever watches. After an error the watch is over.
    public mutating func received(_ event: WatchEvent, now: Deadline, random: Double) -> WatcherOutput? {
        recover(now)
        switch event {
        case .added(let object), .modified(let object):
            note(object)
            return .applied(object)
        case .deleted(let object):
            note(object)
            return .deleted(object)
        case .bookmark(let version):
            phase = .watching(resourceVersion: version)
            return nil
        case .error(let status):
            failed(APIError(status), now: now, random: random)
            return nil
        }
    }

    /// Takes note that the server has ended the watch in good order.
    public mutating func ended(now: Deadline, random: Double) {
        // A watch that ends at once, again and again, must not turn into a storm.
        if let watchStarted, watchStarted.duration(to: now) < .seconds(1) { pause(now, random) }
    }

    /// Takes note of a failure, of the list or of the watch.
    public mutating func failed(_ error: APIError, now: Deadline, random: Double) {
        if case .gone = error {
            if case .watching = phase {} else { lostLists += 1 }
            phase = .empty
            // The first time at once: it is the usual end of a long absence.
            if let lastFailure, lastFailure.duration(to: now) < timing.resetAfter { pause(now, random) }
            lastFailure = now
            return
        }
        recover(now)
        pause(now, random, atLeast: error.retryAfter)
        lastFailure = now
    }

    private mutating func note(_ object: JSONValue) {
        // An object without a version cannot come from an API server; the last good one stands.
        guard let version = object["metadata"]?["resourceVersion"]?.stringValue else { return }
        phase = .watching(resourceVersion: version)
    }

    /// Begins pauses anew when things have gone well for long enough.
    private mutating func recover(_ now: Deadline) {
        if let last = lastFailure, last.duration(to: now) >= timing.resetAfter {
            backoff.reset()
            lastFailure = nil
        }
    }

    private mutating func pause(_ now: Deadline, _ random: Double, atLeast: Duration? = nil) {
        let pause = backoff.pause(random: random)
        pauseUntil = now.advanced(by: max(pause, atLeast ?? .zero))
        lastFailure = now
    }
}

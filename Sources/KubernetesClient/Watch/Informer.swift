public import Document
public import Logging
public import Telemetry
public import Transport

/// A copy of all objects of a resource that keeps itself current. Everything of it lives on its client's loop.
///
/// ```swift
/// let sets = Informer(client, .statefulSets, Selector(labels: "vmq.k8s.vernemq.com/inject=enabled"), logger: logger)
/// sets.onChange { change in queue.add(change.key) }
/// group.addTask { await sets.run() }
/// try await sets.waitUntilSynced(until: .after(.seconds(60)))
/// ```
public final class Informer: Sendable {
    /// Makes an object smaller before it is kept.
    public typealias Trim = @Sendable (JSONValue) -> JSONValue

    /// The resource.
    public let type: ResourceType
    private let core: LoopBound<Core>

    /// Makes an informer on the client's loop, on whose thread this is called.
    ///
    /// - Parameters:
    ///   - client: whom to ask.
    ///   - type: the resource.
    ///   - namespace: where; nil for everywhere.
    ///   - selector: which objects.
    ///   - indexers: by what objects are found, besides their names.
    ///   - timing: when to do what.
    ///   - trim: what is kept of an object; by default everything but `metadata.managedFields`.
    ///   - metrics: where to count; nil counts for nobody.
    ///   - logger: trouble is logged at warning, once.
    public init(
        _ client: APIClient,
        _ type: ResourceType,
        in namespace: String? = nil,
        _ selector: Selector = .everything,
        indexers: [String: Indexer] = [:],
        timing: WatcherTiming = WatcherTiming(),
        trim: @escaping Trim = Informer.withoutManagedFields,
        metrics: MetricRegistry? = nil,
        logger: Logger
    ) {
        self.type = type
        let watcher = Watcher(client, type, in: namespace, selector, timing: timing, logger: logger)
        let gauge = (metrics ?? MetricRegistry()).gauge(
            "vernemq_operator_informer_objects",
            help: "Objects that the operator keeps a copy of.",
            labels: ["resource"]
        )
        let core = Core(
            watcher: watcher,
            store: ObjectStore(indexers: indexers),
            trim: trim,
            complete: { type.complete($0) },
            size: gauge[type.plural],
            on: client.loop
        )
        self.core = LoopBound(core, on: client.loop)
    }

    /// Takes `metadata.managedFields` out, which is often the larger half of an object.
    public static let withoutManagedFields: Trim = { object in
        guard object["metadata"]?["managedFields"] != nil else { return object }
        var trimmed = object
        var metadata = object["metadata"]
        metadata?["managedFields"] = nil
        trimmed["metadata"] = metadata
        return trimmed
    }

    /// Keeps everything.
    public static let whole: Trim = { $0 }

    /// Lists and watches until the task is cancelled.
    public func run() async {
        await core.value.run()
    }

    // MARK: Reading

    /// Whether a complete list has been taken in: until then what is not here may exist all the same.
    public var isSynced: Bool { core.value.store.isSynced }

    /// Waits until ``isSynced``.
    ///
    /// - Throws: `timedOut`, `cancelled`.
    public func waitUntilSynced(until deadline: Deadline = .never) async throws(TransportError) {
        let core = core.value
        while !core.store.isSynced { try await core.waiting.wait(until: deadline) }
    }

    /// What is here now.
    public var store: ObjectStore { core.value.store }

    /// How many objects there are.
    public var count: Int { core.value.store.count }

    /// The object of that name, as it was trimmed; nil if there is none.
    public subscript(key: ObjectKey) -> JSONValue? { core.value.store[key] }

    /// The names of objects that an index holds under a value, in order.
    public func keys(in index: String, under value: String) -> [ObjectKey] {
        core.value.store.keys(in: index, under: value)
    }

    /// The objects that an index holds under a value, in the order of their names.
    public func objects(in index: String, under value: String) -> [JSONValue] {
        let store = core.value.store
        return store.keys(in: index, under: value).compactMap { store[$0] }
    }

    // MARK: Changes

    /// Has a function called with every change from now on, in order, on the loop; and at once with what is here already.
    /// It must not wait: it puts names into a ``WorkQueue``, which holds each name once, so that nothing piles up.
    public func onChange(_ handler: @escaping @Sendable (ObjectChange) -> Void) {
        let core = core.value
        for key in core.store.keys { handler(ObjectChange(key: key, old: nil, new: core.store[key])) }
        core.handlers.append(handler)
    }
}

/// The state of an informer.
private final class Core {
    let waiting: WaitQueue
    var store: ObjectStore
    var handlers: [@Sendable (ObjectChange) -> Void] = []

    private let watcher: Watcher
    private var interner = StringInterner()
    private let trim: Informer.Trim
    private let complete: (JSONValue) -> JSONValue
    private let size: Gauge

    init(
        watcher: Watcher,
        store: ObjectStore,
        trim: @escaping Informer.Trim,
        complete: @escaping (JSONValue) -> JSONValue,
        size: Gauge,
        on loop: EventLoop
    ) {
        self.watcher = watcher
        self.store = store
        self.trim = trim
        self.complete = complete
        self.size = size
        waiting = WaitQueue(on: loop)
    }

    func run() async {
        await watcher.run { output in
            let wasSynced = store.isSynced
            let changes = store.take(trimmed(output))
            size.set(Double(store.count))
            if !wasSynced, store.isSynced { waiting.resumeAll() }
            for change in changes {
                for handler in handlers { handler(change) }
            }
        }
    }

    private func trimmed(_ output: WatcherOutput) -> WatcherOutput {
        switch output {
        case .initializing, .initialized: output
        case .page(let items): .page(items.map(lean))
        case .applied(let object): .applied(lean(complete(object)))
        case .deleted(let object): .deleted(trim(complete(object)))
        }
    }

    private func lean(_ object: JSONValue) -> JSONValue {
        var object = trim(object)
        interner.intern(&object)
        return object
    }
}

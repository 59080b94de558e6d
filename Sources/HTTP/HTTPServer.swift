public import Logging
import Synchronization
public import Telemetry
public import Transport

/// An HTTP/1.1 server on one or more event loops.
///
/// ```swift
/// let server = try HTTPServer(configuration, on: [loop], tls: contexts, handler: router.handler)
/// try await server.run()      // until drain() has been called and has come to its end
/// ```
public final class HTTPServer: Sendable {
    /// How the server was told to behave.
    public let configuration: ServerConfiguration
    /// Where it listens, with the port that the system chose.
    public let address: SocketAddress

    let loops: [EventLoop]
    let tls: TLSContextSource?
    let logger: Logger
    let metrics: ServerMetrics
    let handler: HTTPHandler
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var sockets: [ListenerBox]
        var shards: [LoopBound<ServerShard>] = []
        var isDraining = false
        var onDrain: [@Sendable () -> Void] = []
    }

    /// Binds the server's port. Connections are accepted once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - configuration: where to listen, and every bound.
    ///   - loops: where connections are handled; the kernel spreads them over the loops.
    ///   - tls: where each handshake finds its context; nil for a plain server.
    ///   - metrics: where the server counts; nil counts for nobody.
    ///   - logger: what becomes of connections is logged at debug, what an operator must know at warning.
    ///   - handler: what answers requests.
    /// - Throws: `system`, with `bind` and EADDRINUSE when the port is taken.
    public init(
        _ configuration: ServerConfiguration,
        on loops: [EventLoop],
        tls: TLSContextSource? = nil,
        metrics: MetricRegistry? = nil,
        logger: Logger,
        handler: @escaping HTTPHandler
    ) throws(TransportError) {
        precondition(!loops.isEmpty, "a server needs an event loop")
        var sockets: [ListenerBox] = []
        var address = configuration.address
        for _ in loops {
            let socket = try TCPListenerSocket(address, sharesPort: loops.count > 1)
            address = socket.address
            sockets.append(ListenerBox(socket))
        }
        self.configuration = configuration
        self.address = address
        self.loops = loops
        self.tls = tls
        self.logger = logger
        self.metrics = ServerMetrics(metrics ?? MetricRegistry(), server: configuration.name)
        self.handler = handler
        state = Mutex(State(sockets: sockets))
    }

    /// Serves until ``drain()`` has come to its end, or until the task is cancelled, which breaks off all connections.
    ///
    /// - Throws: `system` when the listening socket fails. Call it once.
    public func run() async throws(TransportError) {
        let sockets = state.withLock { state in
            let sockets = state.sockets
            state.sockets = []
            return sockets
        }
        precondition(!sockets.isEmpty, "a server runs once")
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (loop, socket) in zip(loops, sockets) {
                    group.addTask(executorPreference: loop) { [self] in try await serve(socket, on: loop) }
                }
                try await group.waitForAll()
            }
        } catch let error as TransportError {
            throw error
        } catch {
            throw .cancelled
        }
    }

    /// Begins to end: responses say `Connection: close` from now on; after ``ServerConfiguration/drainDelay`` nothing more
    /// is accepted and idle connections are closed; ``run()`` returns when the last request has been answered, at the
    /// latest after ``ServerConfiguration/drainGrace`` more. Can be called from any thread, and repeatedly.
    public func drain() {
        let (shards, actions) = state.withLock { state -> ([LoopBound<ServerShard>], [@Sendable () -> Void]) in
            if state.isDraining { return ([], []) }
            state.isDraining = true
            return (state.shards, state.onDrain)
        }
        for action in actions { action() }
        for shard in shards { shard.execute { $0.drain() } }
    }

    /// Has something done when draining begins: turning readiness off, above all. It is called once, on the thread that
    /// called ``drain()``, or at once if that was before.
    public func onDrain(_ action: @escaping @Sendable () -> Void) {
        let isDraining = state.withLock { state in
            if !state.isDraining { state.onDrain.append(action) }
            return state.isDraining
        }
        if isDraining { action() }
    }

    private func serve(_ socket: ListenerBox, on loop: EventLoop) async throws(TransportError) {
        guard let socket = socket.take() else { return }
        let listener = try TCPListener(socket, on: loop)
        let shard = ServerShard(self, listener: listener, on: loop)
        let bound = LoopBound(shard, on: loop)
        let isDraining = state.withLock { state in
            state.shards.append(bound)
            return state.isDraining
        }
        if isDraining { shard.drain() }
        await withTaskCancellationHandler {
            await shard.run()
        } onCancel: {
            bound.execute { $0.abort() }
        }
    }
}

/// Carries a listening socket, which has one owner, through collections to its loop.
private final class ListenerBox: Sendable {
    private let socket: Mutex<TCPListenerSocket?>

    init(_ socket: consuming TCPListenerSocket) {
        self.socket = Mutex(consume socket)
    }

    func take() -> TCPListenerSocket? {
        socket.withLock { $0.take() }
    }
}

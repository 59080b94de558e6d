import Logging
import Telemetry
import Transport

/// The part of a server that lives on one event loop: accepts connections and knows all that are open.
final class ServerShard {
    let configuration: ServerConfiguration
    let tls: TLSContextSource?
    let logger: Logger
    let metrics: ServerMetrics
    let loop: EventLoop
    let handler: HTTPHandler
    private(set) var isDraining = false

    private let listener: TCPListener
    private let maximumConnections: Int
    private let maximumRefusals: Int
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var refusals = 0
    private var isAccepting = true
    private var timer: LoopTimer?
    private var dateOfSecond: (second: Int, text: [UInt8]) = (-1, [])

    /// How many connections are accepted before those that are open get their turn.
    private static let acceptsAtATime = 32

    init(_ server: HTTPServer, listener: TCPListener, on loop: EventLoop) {
        configuration = server.configuration
        tls = server.tls
        logger = server.logger
        metrics = server.metrics
        handler = server.handler
        self.loop = loop
        self.listener = listener
        let share = server.loops.count
        maximumConnections = (configuration.maximumConnections + share - 1) / share
        maximumRefusals = (configuration.maximumRefusals + share - 1) / share
    }

    /// Serves until drained or aborted, and until the last connection has ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            // Told once, and again only after it has been over.
            var isShort = false
            while isAccepting {
                do {
                    let stream = try await listener.accept()
                    admit(stream, to: &group)
                    try await admitWaiting(to: &group)
                    isShort = false
                } catch TransportError.cancelled {
                    break
                } catch {
                    if !isShort { logger.warning("connections have to wait", metadata: ["reason": "\(error)"]) }
                    isShort = true
                    do { try await loop.sleep(for: configuration.acceptPause) } catch { break }
                }
            }
            listener.close()
        }
        timer?.cancel()
    }

    /// Takes what else the kernel holds ready, leaving the loop to others now and then.
    private func admitWaiting(to group: inout DiscardingTaskGroup) async throws(TransportError) {
        var count = 0
        while let stream = try listener.acceptNow() {
            admit(stream, to: &group)
            count += 1
            if count % Self.acceptsAtATime == 0 { await Task.yield() }
        }
    }

    private func admit(_ stream: TCPStream, to group: inout DiscardingTaskGroup) {
        let isRefused = connections.count - refusals >= maximumConnections
        metrics.accepted.increment()
        if isRefused { metrics.refused.increment() }
        if isRefused, refusals >= maximumRefusals { return }
        metrics.open.add(1)
        let connection = ServerConnection(stream, shard: self, isRefused: isRefused)
        connections[ObjectIdentifier(connection)] = connection
        if isRefused { refusals += 1 }
        let bound = LoopBound(connection, on: loop)
        group.addTask { await bound.value.run() }
    }

    /// Forgets a connection that has ended.
    func ended(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        metrics.open.add(-1)
        if connection.isRefused { refusals -= 1 }
    }

    // MARK: Ending

    /// Answers with `Connection: close` from now on, and stops accepting later.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        let timer = LoopTimer(on: loop) { [weak self] in self?.stopAccepting() }
        self.timer = timer
        timer.arm(at: .after(configuration.drainDelay))
    }

    /// Breaks everything off.
    func abort() {
        isAccepting = false
        isDraining = true
        listener.interrupt()
        for connection in connections.values { connection.abort() }
    }

    private func stopAccepting() {
        isAccepting = false
        listener.interrupt()
        for connection in connections.values { connection.closeIfIdle() }
        let timer = LoopTimer(on: loop) { [weak self] in self?.abort() }
        self.timer = timer
        timer.arm(at: .after(configuration.drainGrace))
    }

    // MARK: Date

    /// The value of the Date field now (RFC 9110, section 5.6.7), made once a second.
    var date: [UInt8] {
        let now = UTCTime.now.seconds
        if dateOfSecond.second != now { dateOfSecond = (now, HTTPDate.format(secondsSince1970: now)) }
        return dateOfSecond.text
    }
}

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
    private let maximumHeldBytes: Int
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var refusals = 0
    /// Connections that have been told to go and are still there.
    private var leaving = 0
    private var heldBytes = 0
    private var isAccepting = true
    private var timer: LoopTimer?
    private var dateOfSecond: (second: Int, text: [UInt8]) = (-1, [])

    /// How many connections are accepted before those that are open get their turn.
    private static let acceptsAtATime = 32
    /// How many may be on their way out at a time: they hold their descriptors until they get their turn.
    private static let leavingAtMost = 64
    /// How long accepting waits for those that have been told to go.
    private static let leavingPause: Duration = .milliseconds(1)

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
        maximumHeldBytes = (configuration.maximumHeldBytes + share - 1) / share
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
                    // No descriptor is left: the idle give theirs to those who wait.
                    for _ in 0..<Self.acceptsAtATime { guard makeRoom() else { break } }
                    let pause =
                        leaving > 0 ? min(Self.leavingPause, configuration.acceptPause) : configuration.acceptPause
                    do { try await loop.sleep(for: pause) } catch { break }
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
        let isRefused = connections.count - refusals - leaving >= maximumConnections && !makeRoom()
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
        if connection.isLeaving { leaving -= 1 }
        heldBytes -= connection.heldBytes
    }

    // MARK: Bounds

    /// Closes the connection that needs its place least, if any can be spared.
    private func makeRoom() -> Bool {
        guard leaving < Self.leavingAtMost else { return false }
        return shedOne { _ in true }
    }

    private func shedOne(where isOfUse: (ServerConnection) -> Bool) -> Bool {
        let now = Deadline.now
        var least: (connection: ServerConnection, claim: ServerConnection.Claim)?
        for connection in connections.values where isOfUse(connection) {
            guard let claim = connection.claim(at: now) else { continue }
            if let least, !(claim < least.claim) { continue }
            least = (connection, claim)
        }
        guard let least else { return false }
        leaving += 1
        metrics.shed.increment()
        least.connection.leave()
        return true
    }

    /// Takes note that connections hold so many bytes more, or less.
    func hold(_ more: Int) {
        heldBytes += more
    }

    /// Whether there is memory for what is held; bodies that have been coming in for long give way to the others.
    func hasMemory(for asker: ServerConnection) -> Bool {
        while heldBytes > maximumHeldBytes {
            guard shedOne(where: { $0 !== asker && $0.heldBytes > 0 && $0.phase == .receiving }) else { return false }
        }
        return true
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

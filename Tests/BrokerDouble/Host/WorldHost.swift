public import Foundation
import Synchronization

/// Lends a `World` what it lacks: time, sockets, a name service, an API server with TLS, and a `vmq-admin`.
public final class WorldHost: Sendable {
    /// How many of the world's seconds go into a real one.
    public let divisor: Int
    /// Where the world's files are.
    public let root: URL
    /// The port of every broker's HTTP listener, on its own address.
    public let brokerPort: UInt16
    /// The port of the API server, on 127.0.0.1.
    public let apiPort: UInt16

    private let isPatient: Bool
    private let clock: VirtualClock
    private let state: Mutex<World>
    private let running = Atomic<Bool>(true)
    private let listeners: Mutex<[Listener]>
    private let endings = Mutex<[@Sendable (String) -> Void]>([])

    /// Opens a world.
    ///
    /// - Parameters:
    ///   - world: makes it, given the moment at which it begins.
    ///   - divisor: how many times faster than real time it goes.
    ///   - root: a directory of its own, with `tls.crt`, `tls.key` and `ca.crt` in it.
    ///   - isPatient: see `Rig.Settings.silenceLasts`.
    /// - Returns: nil if there are no sockets to be had.
    public init?(divisor: Int, root: URL, isPatient: Bool = false, world: (Double) -> World) {
        self.divisor = divisor
        self.isPatient = isPatient
        self.root = root
        let gate = Gate()
        guard
            let clock = VirtualClock(file: root.appendingPathComponent("uptime"), divisor: divisor),
            let tls = TLSContext(
                certificate: root.appendingPathComponent("tls.crt").path,
                key: root.appendingPathComponent("tls.key").path
            ),
            let brokers = Listener(serve: { gate.host?.serveBroker($0) ?? $0.close() }),
            let api = Listener(serve: { gate.host?.serveAPI($0, tls) ?? $0.close() })
        else { return nil }
        brokerPort = brokers.port
        apiPort = api.port
        self.clock = clock
        state = Mutex(world(clock.now))
        listeners = Mutex([brokers, api])
        gate.set(self)
        Thread.detachNewThread { [weak self] in
            while let self, self.running.load(ordering: .relaxed) {
                self.clock.tick()
                self.tick()
                usleep(5_000)
            }
        }
    }

    /// Lets go of sockets and time.
    public func close() {
        running.store(false, ordering: .relaxed)
        listeners.withLock { open in
            for listener in open { listener.close() }
            open = []
        }
    }

    /// The present moment of the world: the scripts read the same clock.
    public var now: Double { clock.now }
    /// The file that the hooks read it from.
    var clockFile: String { clock.file.path }

    /// Waits so many of the world's seconds.
    public func pause(_ seconds: Double) {
        let end = now + seconds
        while now < end { usleep(2_000) }
    }

    /// Reads or changes the world, at its present moment.
    public func with<Result: Sendable>(_ body: (inout sending World) -> sending Result) -> Result {
        let moment = now
        return state.withLock { world in
            world.advance(to: moment)
            return body(&world)
        }
    }

    /// Whom to tell that the broker at an address must end.
    public func onEnding(_ body: @escaping @Sendable (String) -> Void) {
        endings.withLock { $0.append(body) }
    }

    private func tick() {
        let effects = with { $0.takeEffects() }
        for effect in effects {
            guard case .endProcess(_, let address) = effect else { continue }
            for tell in endings.withLock({ $0 }) { tell(address) }
        }
    }

    // MARK: Sockets

    private func serveBroker(_ connection: Connection) {
        let asked = connection.local
        let origin = connection.remote
        guard let request = HTTPRequest(read: connection.read) else { return connection.close() }
        if asked == "127.0.0.1" {
            connection.write(HTTPRequest.response(200, control(request, from: origin)))
            return connection.close()
        }
        finish(connection, with { $0.http(request.target, at: asked, from: origin) })
    }

    private func finish(_ connection: Connection, _ outcome: HTTPOutcome) {
        switch outcome {
        case .refused: connection.reset()
        case .silence: hold(connection, 6)
        case .answer(let status, let body):
            connection.write(HTTPRequest.response(status, body))
            connection.close()
        }
    }

    /// Says nothing for as long as a client at real pace would wait: the hooks' own time-outs are not divided below three real
    /// seconds, which are a minute here, and a look at a silent server would take the world that long.
    private func hold(_ connection: Connection, _ seconds: Double) {
        let end = now + seconds
        connection.hold { !self.running.load(ordering: .relaxed) || (!self.isPatient && self.now >= end) }
    }

    private func serveAPI(_ connection: Connection, _ tls: TLSContext) {
        let origin = connection.remote
        let pod = with { world in world.kubernetes.pods.values.first { $0.address == origin }?.name }
        switch with({ world in pod.flatMap { world.kubernetes.moods[$0] } ?? world.kubernetes.mood }) {
        case .refuses: return connection.reset()
        case .silent: return hold(connection, 10)
        case .answers, .forbids: break
        }
        tls.serve(connection) { request in
            let field = request.fields["authorization"] ?? ""
            let token = field.hasPrefix("Bearer ") ? String(field.dropFirst(7)) : nil
            guard case .answer(let status, let body) = self.with({ $0.api(request.target, token: token, from: pod) })
            else {
                return HTTPRequest.response(503, "")
            }
            return HTTPRequest.response(status, body)
        }
    }

    /// What the shims on the sandbox's PATH ask.
    private func control(_ request: HTTPRequest, from origin: String) -> String {
        let words = String(decoding: request.body, as: UTF8.self).split(separator: "\n").map(String.init)
        switch request.target {
        case "/admin":
            let node = words.first ?? ""
            let reply = admin(Array(words.dropFirst()), at: origin, node: node)
            let output = reply.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
                "1\($0)\n"
            }
            let error = reply.error.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
                "2\($0)\n"
            }
            return "\(reply.exit)\n" + output.joined() + error.joined()
        case "/resolve":
            switch with({ $0.resolve(words.first ?? "", from: origin) }) {
            case .addresses(let addresses): return addresses.map { "\($0)\n" }.joined()
            case .unknown: return "unknown\n"
            case .failure: return "failure\n"
            case .silence:
                pause(6)
                return "failure\n"
            }
        case "/connect":
            return with { world in
                if case .silence = world.http("/health/ping", at: words.first ?? "", from: origin) {
                    return "silence\n"
                }
                return world.brokers[words.first ?? ""]?.phase == .up ? "open\n" : "refused\n"
            }
        default:
            return ""
        }
    }

    func admin(_ arguments: [String], at address: String, node: String) -> AdminReply {
        switch with({ $0.admin(arguments, at: address, node: node) }) {
        case .answer(let reply, let seconds):
            pause(seconds)
            return reply
        case .leave(let id, let timeout):
            while running.load(ordering: .relaxed) {
                if let reply = with({ $0.leaveReply(id, timeout: timeout) }) { return reply }
                usleep(5_000)
            }
            return AdminReply(exit: 1)
        }
    }
}

/// Lets the listeners begin before the host that serves them is whole.
private final class Gate: Sendable {
    private let box = Mutex<WeakHost>(WeakHost())

    private struct WeakHost: Sendable { weak var host: WorldHost? }

    var host: WorldHost? { box.withLock { $0.host } }
    func set(_ host: WorldHost) { box.withLock { $0.host = host } }
}

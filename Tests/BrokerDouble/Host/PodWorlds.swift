import Foundation
import Synchronization

/// Worlds for brokers whose processes, addresses, listeners, files and commands are real: those of pods on a real node.
///
/// One world a namespace. A pod's broker tells of its life over a connection that stays open as long as the process lives;
/// its `vmq-admin` and its HTTP listener ask here. The Kubernetes side of each world is a mirror of the API server's, so
/// that the world judges at every moment what must never happen. Time goes faster than on the wall; what the hooks wait for
/// is real time.
public final class PodWorlds: Sendable {
    /// What cannot be had.
    public struct SetUpError: Error, CustomStringConvertible {
        /// In words.
        public let description: String
    }

    /// The pods and StatefulSets of all namespaces as the API server has them, each list a JSON document; nil without an
    /// answer.
    public typealias Question = @Sendable () -> (pods: String, sets: String)?

    private struct Life: Sendable {
        let connection: Connection
        let token: Int
        var told = Broker.Phase.starting
    }

    private struct State: Sendable {
        var worlds: [String: World] = [:]
        /// The connections of running brokers by address.
        var lives: [String: Life] = [:]
        /// When the process at an address ended, in seconds since 1970: what the API server said before is about another.
        var ends: [String: Double] = [:]
        var nextToken = 1
        var history: [String] = []

        mutating func note(_ text: String) {
            history.append("\(Date().formatted(.iso8601)) \(text.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }

    private let speed: Double
    private let question: Question
    private let state = Mutex(State())
    private let mirroring = Mutex(())
    private let isRunning = Atomic<Bool>(true)
    private let listener = Mutex<Listener?>(nil)

    /// Opens them.
    ///
    /// - Parameters:
    ///   - network: the network namespace that pods reach, as `/proc/1/ns/net`.
    ///   - port: where pods ask.
    ///   - speed: how many of a broker's seconds go into a real one.
    ///   - question: asks the API server.
    /// - Throws: ``SetUpError`` if the port cannot be had.
    public init(network: String, port: UInt16, speed: Double, question: @escaping Question) throws(SetUpError) {
        self.speed = speed
        self.question = question
        let opened = Listener(network: network, port: port) { [weak self] in
            if let self { self.serve($0) } else { $0.close() }
        }
        guard let opened else { throw SetUpError(description: "port \(port) in \(network) cannot be listened on") }
        listener.withLock { $0 = opened }
        every(0.02) { $0.tick() }
        every(1) { $0.mirror() }
    }

    /// Ends them all.
    public func close() {
        isRunning.store(false, ordering: .relaxed)
        listener.withLock { open in
            open?.close()
            open = nil
        }
    }

    /// Makes the world of a namespace with one StatefulSet.
    public func open(_ kubernetes: KubernetesState) {
        let moment = now
        state.withLock { $0.worlds[kubernetes.namespace] = World(seed: 1, now: moment, kubernetes: kubernetes) }
    }

    /// Reads or changes the world of a namespace, at its present moment; nil if there is none.
    public func with<Result: Sendable>(_ namespace: String, _ body: (inout World) -> Result) -> Result? {
        let moment = now
        return state.withLock { state in
            guard var world = state.worlds.removeValue(forKey: namespace) else { return nil }
            world.advance(to: moment)
            let result = body(&world)
            state.worlds[namespace] = world
            return result
        }
    }

    /// What has happened, a line each.
    public var history: [String] { state.withLock { $0.history } }

    // MARK: Time

    private var now: Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return (Double(time.tv_sec) + Double(time.tv_nsec) / 1e9) * speed
    }

    private func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds / speed) }

    private func every(_ seconds: Double, _ body: @escaping @Sendable (PodWorlds) -> Void) {
        Thread.detachNewThread { [weak self] in
            while let self, self.isRunning.load(ordering: .relaxed) {
                body(self)
                Thread.sleep(forTimeInterval: seconds)
            }
        }
    }

    /// Worlds go on, and brokers are told what becomes of them.
    private func tick() {
        let moment = now
        // Written under the lock, so that no connection is closed and its number given to another meanwhile.
        state.withLock { state in
            for namespace in state.worlds.keys.sorted() {
                state.worlds[namespace]?.advance(to: moment)
                for effect in state.worlds[namespace]?.takeEffects() ?? [] {
                    guard case .endProcess(let node, let address) = effect, let life = state.lives[address] else {
                        continue
                    }
                    state.note("\(node) has left and ends")
                    life.connection.write(Array("end\n".utf8))
                }
                for (address, broker) in state.worlds[namespace]?.brokers ?? [:] {
                    guard let life = state.lives[address], life.told != broker.phase else { continue }
                    state.lives[address]?.told = broker.phase
                    state.note("\(broker.name) is \(broker.phase)")
                    life.connection.write(Array("\(broker.phase)\n".utf8))
                }
            }
        }
    }

    /// The Kubernetes side follows the API server.
    private func mirror() {
        // One at a time: an older answer must not overwrite a newer one.
        mirroring.withLock { _ in
            guard let answer = question(), let pods = KubernetesMirror.items(answer.pods),
                let sets = KubernetesMirror.items(answer.sets)
            else { return }
            state.withLock { state in
                for namespace in state.worlds.keys {
                    let set = sets.first { KubernetesMirror.isOf(namespace, $0) }
                    state.worlds[namespace]?.kubernetes.follow(
                        set: set,
                        pods: pods.filter { KubernetesMirror.isOf(namespace, $0) },
                        ends: state.ends
                    )
                }
            }
        }
    }

    // MARK: Sockets

    private func serve(_ connection: Connection) {
        guard let request = HTTPRequest(read: connection.read) else { return connection.close() }
        let words = String(decoding: request.body, as: UTF8.self).split(separator: "\n").map(String.init)
        let node = words.first ?? ""
        switch request.target {
        case "/life":
            let rest = words.dropFirst(2)
            var settings: [String: String] = [:]
            for line in rest {
                guard let equals = line.firstIndex(of: "=") else { continue }
                settings[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            let plugins = Set(rest.filter { !$0.contains("=") })
            live(node, found: words.dropFirst().first ?? "-", plugins: plugins, settings, connection)
        case "/admin":
            connection.write(HTTPRequest.response(200, admin(node, Array(words.dropFirst()), at: connection.remote)))
        case "/http":
            connection.write(HTTPRequest.response(200, http(words, at: connection.remote)))
        default:
            connection.write(HTTPRequest.response(404, ""))
        }
        connection.close()
    }

    private func namespace(of node: String) -> String {
        let labels = node.split(separator: ".")
        return labels.count > 2 ? String(labels[2]) : ""
    }

    /// The life of a broker's process: as long as its connection.
    private func live(
        _ node: String,
        found: String,
        plugins: Set<String>,
        _ settings: [String: String],
        _ connection: Connection
    ) {
        let address = connection.remote
        let space = namespace(of: node)
        let begun = state.withLock { state -> (token: Int, disk: Int)? in
            guard var world = state.worlds[space] else { return nil }
            if found == "halves" { world.report("\(node) starts on files that do not belong together") }
            let disk = Int(found).flatMap { world.disks[$0]?.id } ?? world.makeDisk(owner: node)
            world.startBroker(node, at: address, disk: disk, plugins: plugins, settings: settings)
            state.worlds[space] = world
            let token = state.nextToken
            state.nextToken += 1
            state.lives[address] = Life(connection: connection, token: token)
            state.note("\(node) starts at \(address) on disk \(disk) (found: \(found)), plugins \(plugins.sorted())")
            return (token, disk)
        }
        guard let begun else { return }
        connection.write(Array("disk \(begun.disk)\n".utf8))
        while connection.read() != nil {}
        state.withLock { state in
            guard state.lives[address]?.token == begun.token else { return }
            state.lives[address] = nil
            state.ends[address] = Date().timeIntervalSince1970
            state.worlds[space]?.endBroker(at: address)
            state.note("\(node) at \(address) has ended")
        }
    }

    private func http(_ words: [String], at address: String) -> String {
        guard words.count == 3,
            let outcome = with(namespace(of: words[0]), { $0.http(words[1], at: address, from: words[2]) })
        else { return "refused\n" }
        switch outcome {
        case .refused: return "refused\n"
        case .silence: return "silence\n"
        case .answer(let status, let body): return "\(status)\n\(body)"
        }
    }

    /// The exit code in the first line; then lines of standard output begin with 1, of standard error with 2.
    private func admin(_ node: String, _ arguments: [String], at address: String) -> String {
        let space = namespace(of: node)
        let isRead = arguments.contains("show")
        if !isRead { state.withLock { $0.note("\(node): vmq-admin \(arguments.joined(separator: " "))") } }
        // Whether a leave is right is judged by what the API server says now.
        if arguments.starts(with: ["cluster", "leave"]) { mirror() }
        var reply = AdminReply(exit: 1)
        switch with(space, { $0.admin(arguments, at: address, node: node) }) {
        case .none: break
        case .answer(let answer, let seconds):
            pause(seconds)
            reply = answer
        case .leave(let id, let timeout):
            while isRunning.load(ordering: .relaxed) {
                if let answer = with(space, { $0.leaveReply(id, timeout: timeout) }) ?? nil {
                    reply = answer
                    break
                }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
        func lines(_ text: String, _ mark: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "\(mark)\($0)\n" }.joined()
        }
        if !isRead { state.withLock { $0.note("\(node): answered \(reply.output)\(reply.error)") } }
        return "\(reply.exit)\n" + lines(reply.output, "1") + lines(reply.error, "2")
    }
}

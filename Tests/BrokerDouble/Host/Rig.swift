public import Foundation
import Synchronization

/// A whole rig for one test: a world, its host, a kubelet for its pods and a controller for its StatefulSet, and the hooks.
public final class Rig: Sendable {
    /// What is the same for all pods of a rig.
    public struct Settings: Sendable {
        /// The texts of the hooks by file name, as the init container writes them.
        public var scripts: [String: String]
        /// What they run in.
        public var shell: Sandbox.Shell
        /// How many times faster than real time.
        public var divisor = 20
        /// Tools that the image lacks.
        public var without: Set<String> = []
        /// The user's own handlers, chained behind the hook's verb.
        public var postStart: [String] = []
        /// See ``postStart``.
        public var preStop: [String] = []
        /// See ``postStart``.
        public var probe: [String] = []
        /// More environment.
        public var environment: [String: String] = [:]
        /// Plugins that brokers enable at boot.
        public var plugins: Set<String> = []
        /// Seconds for a join.
        public var joinTimeout = 300
        /// Seconds for a leave.
        public var leaveTimeout = 600
        /// The pods' termination grace.
        public var grace = 660.0
        /// How long the first pod of an ordinal waits for its node and image.
        public var startDelay: [Int: Double] = [:]
        /// Whether what is silent is silent until the client gives up. Else it lets go when the client would have given up
        /// at real pace: the hooks' own time-outs are never divided below three seconds.
        public var silenceLasts = false

        /// Hooks in a shell.
        public init(scripts: [String: String], shell: Sandbox.Shell) {
            self.scripts = scripts
            self.shell = shell
        }
    }

    /// The world's host.
    public let host: WorldHost
    /// The settings.
    public let settings: Settings
    let sandbox: Sandbox
    private let runners = Mutex<[String: PodRunner]>([:])
    private let counter = Atomic<Int>(0)
    private let delayed = Mutex<Set<Int>>([])
    private let network: Int
    private static let networks = Atomic<Int>(0)
    private let isControlled = Atomic<Bool>(true)

    /// Opens a rig.
    ///
    /// - Parameters:
    ///   - settings: of the pods.
    ///   - seed: of everything that is left to chance.
    ///   - kubernetes: the namespace and the StatefulSet.
    ///   - certificates: a directory with `tls.crt`, `tls.key` and `ca.crt` for 127.0.0.1.
    /// - Throws: what cannot be set up.
    public init(settings: Settings, seed: UInt64, kubernetes: KubernetesState, certificates: URL) throws {
        self.settings = settings
        network = 16 + Self.networks.wrappingAdd(1, ordering: .relaxed).oldValue % 200
        let root = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("vernemq-rig-\(getpid())-\(network)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for name in ["tls.crt", "tls.key", "ca.crt"] {
            try FileManager.default.copyItem(
                at: certificates.appendingPathComponent(name),
                to: root.appendingPathComponent(name)
            )
        }
        sandbox = try Sandbox(root: root, shell: settings.shell, without: settings.without)
        let made = WorldHost(divisor: settings.divisor, root: root, isPatient: settings.silenceLasts) { now in
            World(seed: seed, now: now, kubernetes: kubernetes)
        }
        guard let made else { throw Sandbox.SetUpError(description: "no sockets for the broker double") }
        host = made
        host.onEnding { [weak self] address in self?.runner(at: address)?.endBroker() }
        Thread.detachNewThread { [weak self] in
            while let self, self.isControlled.load(ordering: .relaxed) {
                self.control()
                self.host.pause(0.5)
            }
        }
    }

    /// Ends everything that runs, and removes the files.
    public func close() {
        isControlled.store(false, ordering: .relaxed)
        for runner in runners.withLock({ Array($0.values) }) { runner.abandon() }
        let limit = Date(timeIntervalSinceNow: 20)
        while runners.withLock({ !$0.isEmpty }), Date() < limit { usleep(5_000) }
        host.close()
        try? FileManager.default.removeItem(at: host.root)
    }

    // MARK: The StatefulSet's controller

    /// One pass: level-triggered, as the real one.
    private func control() {
        let policy = host.with { $0.kubernetes }
        guard policy.isControlled else { return }
        if !policy.exists || policy.isDeleting || policy.namespaceIsDeleting {
            // Garbage collection.
            for pod in policy.pods.values { delete(pod.uid) }
            return
        }
        for pod in policy.pods.values where pod.owner != policy.uid { delete(pod.uid) }
        for ordinal in policy.wanted {
            guard let pod = policy.pod(ordinal) else {
                create(ordinal, policy)
                if policy.policy == .orderedReady { return }
                continue
            }
            if policy.policy == .orderedReady, pod.deletion != nil || !pod.isStarted { return }
        }
        let condemned = policy.pods.values.filter { !policy.wanted.contains($0.ordinal) }.sorted {
            $0.ordinal > $1.ordinal
        }
        for pod in condemned {
            if pod.deletion == nil { delete(pod.uid) }
            if policy.policy == .orderedReady { return }
        }
        guard condemned.isEmpty else { return }
        // Rolling update: the highest that is old, one at a time, while all others are ready.
        for ordinal in policy.wanted.reversed() {
            guard let pod = policy.pod(ordinal), pod.deletion == nil, pod.isStarted else { return }
            if pod.revision != policy.revision { return delete(pod.uid) }
        }
    }

    private func create(_ ordinal: Int, _ kubernetes: KubernetesState) {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let pod = Pod(
            name: "\(kubernetes.set)-\(ordinal)",
            ordinal: ordinal,
            uid: "pod-\(number)",
            address: address(number),
            owner: kubernetes.uid,
            revision: kubernetes.revision
        )
        host.with { $0.kubernetes.pods[pod.uid] = pod }
        let runner = PodRunner(pod: pod, rig: self)
        runners.withLock { $0[pod.uid] = runner }
        Thread.detachNewThread { [weak self] in
            runner.run()
            self?.runners.withLock { $0[pod.uid] = nil }
        }
    }

    /// The address of the rig's so-and-so-manieth pod.
    public func address(_ number: Int) -> String { "127.\(network).\(number / 250).\(number % 250 + 1)" }

    /// How long this pod waits before it gets its address: only the first of its ordinal does.
    func delay(of pod: Pod) -> Double {
        delayed.withLock { $0.insert(pod.ordinal).inserted } ? settings.startDelay[pod.ordinal] ?? 0 : 0
    }

    // MARK: What tests do

    /// `vmq-admin` on the node of an ordinal, as a person or a controller calls it.
    public func admin(_ ordinal: Int, _ arguments: String...) -> AdminReply {
        guard let pod = host.with({ $0.kubernetes.pod(ordinal) }) else { return AdminReply(error: "no pod", exit: 1) }
        return host.admin(arguments, at: pod.address, node: host.with { $0.kubernetes.node(ordinal) })
    }

    /// Asks for a pod's deletion, as `kubectl delete pod` or a controller does.
    ///
    /// - Parameters:
    ///   - uid: the pod's UID.
    ///   - grace: seconds; the pod's own by default.
    public func delete(_ uid: String, grace: Double? = nil) {
        let period = grace ?? settings.grace
        host.with { world in
            guard world.kubernetes.pods[uid]?.deletion == nil else { return }
            world.kubernetes.pods[uid]?.deletion = (world.now, period)
        }
    }

    /// Asks for the deletion of the pod of an ordinal.
    public func deletePod(_ ordinal: Int, grace: Double? = nil) {
        if let pod = host.with({ $0.kubernetes.pod(ordinal) }) { delete(pod.uid, grace: grace) }
    }

    /// The runner of a pod that runs, by its address.
    func runner(at address: String) -> PodRunner? {
        runners.withLock { $0.values.first { $0.pod.address == address } }
    }

    /// The runner of a pod that runs, by its ordinal.
    public func runner(_ ordinal: Int) -> PodRunner? {
        runners.withLock { running in running.values.first { $0.pod.ordinal == ordinal } }
    }

    /// Waits until something holds in the world.
    ///
    /// - Parameters:
    ///   - seconds: of the world, at most.
    ///   - condition: what must hold.
    /// - Returns: whether it did in time.
    public func wait(_ seconds: Double, until condition: (World) -> Bool) -> Bool {
        let limit = host.now + seconds
        while true {
            if condition(host.with { $0 }) { return true }
            if host.now > limit { return false }
            usleep(10_000)
        }
    }

    /// The API server forgets a pod whose container still runs, and its kubelet hears of the deletion late.
    public func forget(_ ordinal: Int, uid: String) {
        host.with { world in
            world.kubernetes.pods[uid]?.isForgotten = true
            world.kubernetes.pods[uid]?.deletion = (world.now, settings.grace)
        }
    }

    /// Deletes the StatefulSet and makes one of the same name at once: the pods of the old one are collected, new ones come
    /// under the old names.
    public func remakeSet() {
        host.with { world in
            world.kubernetes.uid = "set-\(Int(world.now))"
        }
    }

    /// Deletes the namespace: everything in it goes, and nothing new is made.
    public func deleteNamespace() {
        host.with { $0.kubernetes.namespaceIsDeleting = true }
    }

    /// Removes a member that is down, from a survivor, as the controller (or a person) does.
    public func removeDead(_ ordinal: Int, from survivor: Int) -> AdminReply {
        admin(survivor, "cluster", "leave", "node=\(host.with { $0.kubernetes.node(ordinal) })")
    }

    /// The directory of a claim; it outlives pods.
    public func volume(_ ordinal: Int) -> URL { host.root.appendingPathComponent("volumes/\(ordinal)") }

    /// Empties a claim, as if its volume had been lost.
    public func loseVolume(_ ordinal: Int) {
        for id in StateFiles.all(under: volume(ordinal)) { host.with { $0.destroy(disk: id) } }
        try? FileManager.default.removeItem(at: volume(ordinal))
    }

    /// What the hooks and the broker of each pod that ever was have written, by pod UID; for messages of tests.
    public var logs: String {
        let pods = host.root.appendingPathComponent("pods")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: pods.path)) ?? []).sorted()
        return names.map { name in
            let box = pods.appendingPathComponent(name)
            let files = ["log", "events", "termination-log"].map { file in
                let text = (try? String(contentsOf: box.appendingPathComponent(file), encoding: .utf8)) ?? ""
                return text.isEmpty ? "" : "--- \(name) \(file)\n\(text)"
            }
            return files.joined()
        }.joined()
    }
}

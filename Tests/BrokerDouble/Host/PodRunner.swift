public import Foundation
import Synchronization

/// Does for one pod what a kubelet does: init container, container, lifecycle handlers, startup probe, restarts in place,
/// deletion within the grace, and the end of every process of a container whose PID 1 has ended.
public final class PodRunner: Sendable {
    /// The pod, as it was created.
    public let pod: Pod
    private let rig: Rig
    private let box: URL
    private let isAbandoned = Atomic<Bool>(false)
    private let restart = Atomic<Bool>(false)
    private let isHeld = Atomic<Bool>(false)
    private let state = Mutex(State())

    private struct State: Sendable {
        var pid: pid_t = 0
        var containers = 0
        var gateReasons: [String] = []
        var prepareRuns = 0
        var postStartSeconds: [Double] = []
        var preStop: (status: Int32?, output: String)?
    }

    init(pod: Pod, rig: Rig) {
        self.pod = pod
        self.rig = rig
        box = rig.host.root.appendingPathComponent("pods/\(pod.name)-\(pod.uid)")
    }

    // MARK: For tests

    /// What the startup gate has said, each text once.
    public var gateReasons: [String] { state.withLock { $0.gateReasons } }
    /// How many times the container has started.
    public var containers: Int { state.withLock { $0.containers } }
    /// How long postStart took, in real seconds, for each start.
    public var postStartSeconds: [Double] { state.withLock { $0.postStartSeconds } }
    /// How the last preStop ended; nil if none has, or if the end of the container took it along.
    public var preStopStatus: Int32? { state.withLock { $0.preStop?.status } }
    /// The directory of the broker's data.
    public var data: URL {
        switch rig.host.with({ $0.kubernetes.storage }) {
        case .persistent: rig.volume(pod.ordinal)
        case .ephemeral: box.appendingPathComponent("data")
        case .container: box.appendingPathComponent("layer-\(containers)")
        }
    }
    /// The scripts' volume.
    public var home: URL { box.appendingPathComponent("vernemq-operator") }
    /// What the broker's container has written.
    public var log: String { text("log") }
    /// The last words that the pod's status would show.
    public var terminationMessage: String { text("termination-log") }

    /// Kills the broker, as an out-of-memory killer does: the container is restarted in place.
    public func killBroker() { endBroker() }

    /// Restarts the container in place in good order, as a failed liveness probe does.
    public func restartInPlace() { restart.store(true, ordering: .relaxed) }

    /// Keeps the container from starting again until it is let go.
    public func hold(_ held: Bool) { isHeld.store(held, ordering: .relaxed) }

    /// The process ids of the `join run` that holds the lock, if any.
    public var joiner: Int32? {
        (try? String(contentsOf: home.appendingPathComponent("run/lock"), encoding: .utf8))
            .flatMap { $0.split(separator: " ").first }.flatMap { Int32($0) }
    }

    /// A file of the pod's own directory, which `BOX` names in its containers.
    public func file(_ name: String) -> String { text(name) }
    /// Writes one.
    public func write(_ text: String, to name: String) {
        try? Data(text.utf8).write(to: box.appendingPathComponent(name))
    }

    private func text(_ file: String) -> String {
        (try? String(contentsOf: box.appendingPathComponent(file), encoding: .utf8)) ?? ""
    }

    // MARK: The life of a pod

    func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    private var isGoing: Bool {
        isAbandoned.load(ordering: .relaxed) || rig.host.with { $0.kubernetes.pods[self.pod.uid]?.deletion != nil }
    }

    func run() {
        do {
            try setUp()
        } catch {
            note("the pod cannot be set up: \(error)")
        }
        let ready = rig.host.now + rig.delay(of: pod)
        while rig.host.now < ready, !isGoing { usleep(5_000) }
        rig.host.with { $0.kubernetes.pods[self.pod.uid]?.hasAddress = true }
        var wait = 2.0
        while !isGoing {
            let prepared = hook(["prepare"], seconds: 600) { self.isGoing }
            if prepared.status == 0 { break }
            note("Init:Error \(prepared.status.map(String.init) ?? "killed"): \(prepared.output)")
            wait = min(wait * 2, 60)
            pause(wait)
        }
        wait = 1
        while !isGoing {
            runContainer()
            if isGoing { break }
            while isHeld.load(ordering: .relaxed), !isGoing { usleep(5_000) }
            pause(wait)
            wait = min(wait * 2, 60)
        }
        rig.host.with { $0.kubernetes.pods[self.pod.uid] = nil }
        if rig.host.with({ $0.kubernetes.storage }) == .ephemeral { destroyData() }
    }

    private func destroyData() {
        for id in StateFiles.all(under: data) { rig.host.with { $0.destroy(disk: id) } }
        try? FileManager.default.removeItem(at: data)
    }

    private func setUp() throws {
        for directory in [home, data, box.appendingPathComponent("token")] {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        }
        for (name, text) in rig.settings.scripts {
            try Data(text.utf8).write(to: home.appendingPathComponent(name))
        }
        let token = box.appendingPathComponent("token")
        try Data(rig.host.with { $0.kubernetes.token }.utf8).write(to: token.appendingPathComponent("token"))
        try FileManager.default.copyItem(
            at: rig.host.root.appendingPathComponent("ca.crt"),
            to: token.appendingPathComponent("ca.crt")
        )
        try Data().write(to: box.appendingPathComponent("termination-log"))
    }

    private func runContainer() {
        let number = state.withLock { state in
            state.containers += 1
            return state.containers
        }
        restart.store(false, ordering: .relaxed)
        try? FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        defer { if rig.host.with({ $0.kubernetes.storage }) == .container { destroyData() } }
        guard let pid = startProcess(number) else { return pause(5) }
        rig.host.with { $0.kubernetes.pods[self.pod.uid]?.runningSince = $0.now }
        let deadline = DispatchTime.now().uptimeNanoseconds
        let postStart = hook(["join", "start"] + rig.settings.postStart, seconds: 60) {
            self.hasEnded(pid) || self.isGoing
        }
        let took = Double(DispatchTime.now().uptimeNanoseconds - deadline) / 1e9
        state.withLock { $0.postStartSeconds.append(took) }
        if let status = postStart.status, status != 0 {
            note("FailedPostStartHook \(status): \(postStart.output)")
            stop(pid, grace: 30)
        } else {
            supervise(pid)
        }
        if rig.host.with({ $0.kubernetes.pods[self.pod.uid]?.deletion != nil }), !hasEnded(pid) { terminate(pid) }
        if !hasEnded(pid) { stop(pid, grace: isAbandoned.load(ordering: .relaxed) ? 0 : 30) }
        rig.host.with { world in
            world.kubernetes.pods[self.pod.uid]?.isStarted = false
            world.kubernetes.pods[self.pod.uid]?.runningSince = nil
        }
    }

    /// The startup probe until it succeeds, then nothing but the wait for an end.
    private func supervise(_ pid: pid_t) {
        let threshold = (rig.settings.joinTimeout + 4) / 5
        var failures = 0
        var isStarted = false
        var next = rig.host.now + 5
        while !isGoing, !hasEnded(pid), !restart.load(ordering: .relaxed) {
            if !isStarted, rig.host.now >= next {
                let gate = hook(["join", "gate"] + rig.settings.probe, seconds: 10) {
                    self.hasEnded(pid) || self.isGoing
                }
                next = rig.host.now + 5
                if gate.status == 0 {
                    isStarted = true
                    rig.host.with { $0.kubernetes.pods[self.pod.uid]?.isStarted = true }
                } else if !hasEnded(pid), !isGoing {
                    let reason = gate.output.trimmingCharacters(in: .whitespacesAndNewlines)
                    state.withLock { if !$0.gateReasons.contains(reason) { $0.gateReasons.append(reason) } }
                    note("Startup probe failed: \(reason)")
                    failures += 1
                    if failures >= threshold {
                        note("Container failed startup probe, will be restarted")
                        return stop(pid, grace: rig.settings.grace, preStop: true)
                    }
                }
            }
            usleep(5_000)
        }
        if restart.load(ordering: .relaxed), !isGoing, !hasEnded(pid) {
            stop(pid, grace: rig.settings.grace, preStop: true)
        }
    }

    /// Deletion: preStop, TERM, KILL, all within the grace that the pod's deletion names.
    private func terminate(_ pid: pid_t) {
        let deletion = rig.host.with { $0.kubernetes.pods[self.pod.uid]?.deletion }
        guard let deletion else { return }
        stop(pid, grace: deletion.asked + deletion.grace - rig.host.now, preStop: true)
    }

    private func stop(_ pid: pid_t, grace: Double, preStop: Bool = false) {
        let end = rig.host.now + grace
        func isOver() -> Bool {
            hasEnded(pid) || self.rig.host.now >= end || isAbandoned.load(ordering: .relaxed)
        }
        if preStop {
            let result = hook(["leave"] + rig.settings.preStop, seconds: 3600, isOver: isOver)
            if let status = result.status, status != 0 { note("FailedPreStopHook \(status): \(result.output)") }
            state.withLock { $0.preStop = result }
        }
        kill(pid, SIGTERM)
        while !isOver() { usleep(5_000) }
        if !hasEnded(pid) {
            kill(pid, SIGKILL)
            endBroker()
            while !hasEnded(pid) { usleep(2_000) }
        }
    }

    // MARK: Processes

    private var marker: String { "HOOK_CONTAINER=\(rig.host.root.lastPathComponent)/\(pod.uid)" }

    private func startProcess(_ number: Int) -> pid_t? {
        let disk: Int
        do {
            switch StateFiles.read(data) {
            case .state(let id): disk = id
            case .nothing:
                let node = rig.host.with { $0.kubernetes.node(of: self.pod.name) }
                disk = rig.host.with { $0.makeDisk(owner: node) }
                try StateFiles.write(disk, to: data)
            case .halves:
                note("VIOLATION: the broker finds membership and messages that do not belong together")
                rig.host.with { $0.report("\(self.pod.name) started on state that was moved by halves") }
                return nil
            }
            let log = unsafe open(
                box.appendingPathComponent("log").path,
                O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                0o644
            )
            defer { close(log) }
            let pid = try ChildProcess.spawn(
                ["\(rig.sandbox.bin)/start-broker"],
                environment: environment(pid: nil),
                output: log
            )
            state.withLock { $0.pid = pid }
            let plugins = rig.settings.plugins
            rig.host.with { world in
                world.startBroker(
                    world.kubernetes.node(of: self.pod.name),
                    at: self.pod.address,
                    disk: disk,
                    plugins: plugins
                )
            }
            return pid
        } catch {
            note("the container cannot be started: \(error)")
            return nil
        }
    }

    /// Whether PID 1 has ended; with it end all processes of the container, a second later at most.
    private func hasEnded(_ pid: pid_t) -> Bool {
        let known = state.withLock { $0.pid }
        guard known == pid else { return true }
        guard ChildProcess.exitStatus(pid) != nil else { return false }
        state.withLock { $0.pid = 0 }
        rig.host.with { $0.endBroker(at: self.pod.address) }
        pause(1)
        ChildProcess.killAll(carrying: marker)
        return true
    }

    func endBroker() {
        guard let pid = pid_t(text("beam").trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else { return }
        kill(pid, SIGKILL)
    }

    private func hook(_ arguments: [String], seconds: Double, isOver: () -> Bool) -> (status: Int32?, output: String) {
        let pid = state.withLock { $0.pid }
        let script = home.appendingPathComponent(arguments[0]).path
        return ChildProcess.run(
            [rig.sandbox.shellPath, script] + arguments.dropFirst(),
            environment: environment(pid: pid),
            seconds: max(3, seconds / Double(rig.settings.divisor)),
            isOver: isOver
        )
    }

    private func environment(pid: pid_t?) -> [String: String] {
        let kubernetes = rig.host.with { $0.kubernetes }
        var environment = [
            "PATH": rig.sandbox.path,
            "HOME": "/",
            "BOX": box.path,
            "DOUBLE": "http://127.0.0.1:\(rig.host.brokerPort)",
            "DOUBLE_LIBC": rig.settings.shell == .ash ? "musl" : "glibc",
            "DOCKER_VERNEMQ_NODENAME": pod.name + kubernetes.nameSuffix,
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": String(rig.host.apiPort),
            "VMQ_OPERATOR_POD_NAME": pod.name,
            "VMQ_OPERATOR_NAMESPACE": kubernetes.namespace,
            "VMQ_OPERATOR_POD_UID": pod.uid,
            "VMQ_OPERATOR_POD_IP": pod.address,
            "VMQ_OPERATOR_SERVICE": kubernetes.service,
            "VMQ_OPERATOR_DOMAIN": kubernetes.domain,
            "VMQ_OPERATOR_HTTP_PORT": String(rig.host.brokerPort),
            "VMQ_OPERATOR_DATA": data.path,
            "VMQ_OPERATOR_STORAGE": kubernetes.storage.rawValue,
            "VMQ_OPERATOR_JOIN_TIMEOUT": String(rig.settings.joinTimeout),
            "VMQ_OPERATOR_LEAVE_TIMEOUT": String(rig.settings.leaveTimeout),
            "VMQ_OPERATOR_LEAVE": "auto",
            "VMQ_OPERATOR_PLUGINS": "",
            "VMQ_OPERATOR_TOKEN_DIR": box.appendingPathComponent("token").path,
            "VMQ_OPERATOR_TERMINATION_LOG": box.appendingPathComponent("termination-log").path,
            "VMQ_OPERATOR_TIME_DIVISOR": String(rig.settings.divisor),
            "VMQ_OPERATOR_CLOCK": rig.host.clockFile,
            "VMQ_OPERATOR_SHELL": rig.sandbox.shellPath,
        ]
        if let pid, pid > 0 { environment["VMQ_OPERATOR_PID1"] = String(pid) }
        for (name, value) in rig.settings.environment { environment[name] = value }
        let marked = marker.split(separator: "=", maxSplits: 1)
        environment[String(marked[0])] = String(marked[1])
        return environment
    }

    private func pause(_ seconds: Double) {
        let end = rig.host.now + seconds
        while rig.host.now < end, !isAbandoned.load(ordering: .relaxed) { usleep(2_000) }
    }

    private func note(_ text: String) {
        let line = "\(Int(rig.host.now)) \(text)\n"
        let file = box.appendingPathComponent("events")
        guard let handle = FileHandle(forWritingAtPath: file.path) else {
            try? Data(line.utf8).write(to: file)
            return
        }
        handle.seekToEndOfFile()
        handle.write(Data(line.utf8))
        try? handle.close()
    }
}

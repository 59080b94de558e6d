import BrokerDouble
import Document
import Foundation
import Synchronization
import Testing

@testable import Injection

/// What a scenario found wrong. Scenarios run on threads of their own, where the test's own records are out of reach.
final class Findings: Sendable {
    private let faults = Mutex<[String]>([])

    /// Notes a fault unless `holds`.
    func expect(_ holds: Bool, _ text: String) {
        if !holds { faults.withLock { $0.append(text) } }
    }

    var all: [String] { faults.withLock { $0 } }
}

/// Runs stories of a set of brokers with the real hooks.
enum Scenario {
    /// The hooks as a container gets them: embedded, doubled `$`s undone by kubelet.
    static let scripts: [String: String] = Dictionary(
        uniqueKeysWithValues: ScriptLibrary.files(withPlugins: true).map { file in
            (file.name, KubeletExpansion.expand(file.argument.stringValue ?? "") { _ in nil })
        }
    )

    /// A certificate for the API server's stand-in, which is its own authority.
    static let certificates: URL? = {
        let directory = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "vernemq-rig-tls-\(getpid())"
        )
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let made = ChildProcess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=rig", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", directory.appendingPathComponent("tls.key").path,
                "-out", directory.appendingPathComponent("tls.crt").path,
            ],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"],
            seconds: 30
        )
        guard made.status == 0 else { return nil }
        try? FileManager.default.copyItem(
            at: directory.appendingPathComponent("tls.crt"),
            to: directory.appendingPathComponent("ca.crt")
        )
        return directory
    }()

    /// So many stories at a time: enough to keep the processors busy while stories wait. With more, a process of one waits
    /// for those of the others longer than the brokers' time-outs allow (with three a processor all still passed, and
    /// nothing was gained: `jq` is what they spend their time on).
    private static let places = Places(ProcessInfo.processInfo.activeProcessorCount * 2)

    /// Tells a story, and judges its world at the end: no two clusters, no leave of a node that stays, no queue lost, no
    /// state gone that was not on storage that went.
    static func run(
        _ shell: Sandbox.Shell,
        replicas: Int = 3,
        policy: ManagementPolicy = .orderedReady,
        storage: StorageKind = .persistent,
        state: KubernetesState? = nil,
        seed: UInt64 = 1,
        change: @Sendable (inout Rig.Settings) -> Void = { _ in },
        story: @escaping @Sendable (Rig, Findings) -> Void
    ) async throws {
        let certificates = try #require(certificates, "openssl could not make a certificate")
        var settings = Rig.Settings(scripts: scripts, shell: shell)
        change(&settings)
        let final = settings
        await places.take()
        let outcome: (faults: [String], logs: String) = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let findings = Findings()
                do {
                    let kubernetes = state ?? KubernetesState(replicas: replicas, policy: policy, storage: storage)
                    let rig = try Rig(settings: final, seed: seed, kubernetes: kubernetes, certificates: certificates)
                    story(rig, findings)
                    judge(rig, findings)
                    let logs = rig.logs
                    rig.close()
                    continuation.resume(returning: (findings.all, logs))
                } catch {
                    continuation.resume(returning: (["the rig cannot be set up: \(error)"], ""))
                }
            }
        }
        await places.give()
        if ProcessInfo.processInfo.environment["HOOKTESTS_LOGS"] != nil { print(outcome.logs) }
        if !outcome.faults.isEmpty {
            Issue.record("\(outcome.faults.joined(separator: "\n"))\nseed \(seed)\n\(outcome.logs)")
        }
    }

    private static func judge(_ rig: Rig, _ findings: Findings) {
        let world = rig.host.with { $0 }
        for violation in world.violations { findings.expect(false, "violated: \(violation)") }
        findings.expect(world.clusters.count <= 1, "more than one cluster: \(world.clusters)")
        for pod in world.kubernetes.pods.values where pod.isStarted {
            let words = rig.runner(pod.ordinal)?.terminationMessage ?? ""
            findings.expect(
                !words.contains("not joined"),
                "\(pod.name) is in service, and yet its last words are: \(words)"
            )
        }
        // Nothing is deleted: whatever state ever was, and was not destroyed with its storage, lies somewhere.
        let present = StateFiles.all(under: rig.host.root)
        for disk in world.disks.values where !disk.destroyed && !present.contains(disk.id) {
            findings.expect(false, "the state \(disk.id) of \(disk.owner) has been deleted")
        }
    }
}

/// Places that tests wait for.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

extension Rig {
    /// The names of pods, short for findings.
    func short(_ nodes: some Sequence<String>) -> [String] {
        nodes.map {
            $0.replacingOccurrences(of: "VerneMQ@", with: "").split(separator: ".").first.map(String.init) ?? ""
        }
        .sorted()
    }

    /// Waits until exactly these ordinals are one cluster and in service, each with all of them in its view.
    func settles(_ ordinals: Range<Int>, within seconds: Double, _ findings: Findings) {
        let wanted = Set(ordinals.map { "VerneMQ@vernemq-\($0).vernemq-headless.rig.svc.cluster.local" })
        let isSettled = wait(seconds) { world in
            world.clusters == (wanted.isEmpty ? [] : [wanted])
                && world.inService.allSatisfy { $0.view == wanted && $0.membership.members == wanted }
                && world.kubernetes.pods.count == ordinals.count
        }
        let world = host.with { $0 }
        let views = world.inService.map {
            "\(short([$0.name])): \(short($0.view)), knows \(short($0.membership.members))"
        }
        let pods = world.kubernetes.pods.values.map { "\($0.name) \($0.uid)\($0.deletion == nil ? "" : " going")" }
            .sorted()
        findings.expect(isSettled, "not one cluster of \(ordinals) within \(seconds) s, but \(views), pods \(pods)")
    }

    /// Sessions on a node, each with messages.
    func store(_ count: Int, on ordinal: Int) -> [String] {
        let clients = (0..<count).map { "client-\(ordinal)-\($0)" }
        host.with { world in
            let node = world.kubernetes.node(ordinal)
            for client in clients { world.store(client: client, messages: 3, on: node) }
        }
        return clients
    }

    /// All these sessions are on running members, with their messages.
    func keeps(_ clients: [String], _ findings: Findings) {
        let world = host.with { $0 }
        let live = Set(world.brokers.values.map(\.disk))
        let missing = clients.filter { client in
            guard let home = world.home(of: client) else { return true }
            return !live.contains(home.id) || home.destroyed || home.queues[client] != 3
        }
        findings.expect(missing.isEmpty, "\(missing.count) of \(clients.count) queues are not on running members")
    }

    /// Changes the number of replicas.
    func scale(to replicas: Int) {
        host.with { $0.kubernetes.replicas = replicas }
    }
}

import BrokerDouble
import Foundation
import Synchronization
import Testing

/// A node that runs pods, with its control plane, the operator of this build, and the worlds of the brokers in its pods.
struct RealNode: Sendable {
    /// The node of the running suite.
    @TaskLocal private static var shared: RealNode?

    /// The node of the running suite; a test outside of it has none.
    static var current: RealNode {
        get throws {
            guard let shared else { throw NeverHappened(description: "this test runs outside of the suite RealPods") }
            return shared
        }
    }

    /// Why this machine cannot have one; nil if it can.
    static let obstacle: String? = {
        let answer = BrokerDouble.ChildProcess.run(
            [Repository.script("node"), "check"],
            environment: ProcessInfo.processInfo.environment,
            seconds: 30
        )
        return answer.status == 0 ? nil : answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    /// How much faster than real ones the brokers of the double are. What the hooks wait for is real time.
    private static let speed = 4.0
    /// Where the brokers' image asks (`WORLD` in Scripts/node-images/build).
    private static let worldPort: UInt16 = 7000

    let bed: TestBed
    let worlds: PodWorlds
    /// kubelet refuses pods that request more than the machine has, and there is no scheduler that would keep them waiting.
    let room = Room(ProcessInfo.processInfo.activeProcessorCount * 10)
    private let failures: Failures

    /// Sets up everything, runs `body`, and takes everything down again, whatever happens.
    static func with(_ body: @Sendable @concurrent () async throws -> Void) async throws {
        let failures = Failures()
        try await TestBed.with(.withNode, isKept: { !failures.isEmpty }) {
            let bed = try TestBed.current
            let network = try String(contentsOf: bed.plane.directory.appendingPathComponent("network"), encoding: .utf8)
            let worlds = try PodWorlds(
                network: network,
                port: worldPort,
                speed: speed,
                question: question(to: bed.plane)
            )
            defer { worlds.close() }
            try await $shared.withValue(RealNode(bed: bed, worlds: worlds, failures: failures), operation: body)
        }
    }

    /// The pods and StatefulSets of all namespaces, by curl, which costs a fifth of what kubectl does.
    private static func question(to plane: ControlPlane) -> PodWorlds.Question {
        let directory = plane.directory.path
        let server = "https://127.0.0.1"
        let command =
            plane.entrance + [
                "curl", "-sSf", "-A", "e2e", "--max-time", "10", "--cacert", "\(directory)/pki/ca.crt",
                "--cert", "\(directory)/pki/admin.crt", "--key", "\(directory)/pki/admin.key",
                "\(server)/api/v1/pods", "\(server)/apis/apps/v1/statefulsets",
            ]
        return {
            let answer = BrokerDouble.ChildProcess.run(
                command,
                environment: ProcessInfo.processInfo.environment,
                seconds: 20
            )
            let lists = answer.output.split(separator: "\n")
            guard answer.status == 0, lists.count == 2 else { return nil }
            return (String(lists[0]), String(lists[1]))
        }
    }

    /// Where a test's volumes are.
    func volumes(of namespace: String) -> URL {
        bed.plane.directory.appendingPathComponent("volumes").appendingPathComponent(namespace)
    }

    /// Keeps what a failed test leaves: events, pods, logs, what the brokers did. The whole directory stays, kubelet's log
    /// included, and is named at the end.
    func keep(_ kubectl: Kubectl) async {
        let namespace = kubectl.namespace ?? ""
        failures.note(namespace)
        let directory = bed.plane.directory.appendingPathComponent("failures/\(namespace)")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            func keep(_ file: String, _ arguments: [String]) async throws {
                let output = try await kubectl.run(arguments)
                try Data((output.standardOutput + output.standardError).utf8)
                    .write(to: directory.appendingPathComponent(file))
            }
            try await keep("events.txt", ["get", "events", "--sort-by=.lastTimestamp"])
            try await keep("objects.yaml", ["get", "statefulsets,pods,persistentvolumeclaims,endpoints", "-o", "yaml"])
            let pods = try await kubectl.run(["get", "pods", "-o", "name"]).standardOutput
            for pod in pods.split(separator: "\n") {
                let name = String(pod.replacing("pod/", with: ""))
                try await keep("\(name).log", ["logs", name, "--all-containers", "--prefix", "--timestamps"])
                try await keep("\(name)-before.log", ["logs", name, "--all-containers", "--prefix", "--previous"])
            }
            let history = worlds.history.filter { $0.contains(".\(namespace).") }.joined(separator: "\n")
            try Data(history.utf8).write(to: directory.appendingPathComponent("brokers.log"))
            FileHandle.standardError.write(Data("events and logs of \(namespace): \(directory.path)\n".utf8))
        } catch {
            FileHandle.standardError.write(Data("what \(namespace) left cannot be kept: \(error)\n".utf8))
        }
    }
}

/// Something that tests share out among them, first come, first served.
actor Room {
    private let size: Int
    private var free: Int
    private var waiting: [(amount: Int, go: CheckedContinuation<Void, Never>)] = []

    init(_ size: Int) {
        self.size = size
        free = size
    }

    /// Waits for so much of it; for all, where there never is so much.
    func take(_ amount: Int) async {
        let amount = min(amount, size)
        if waiting.isEmpty, free >= amount {
            free -= amount
        } else {
            await withCheckedContinuation { waiting.append((amount, $0)) }
        }
    }

    /// Gives back what was taken.
    func give(_ amount: Int) {
        free += min(amount, size)
        while let first = waiting.first, free >= first.amount {
            free -= first.amount
            waiting.removeFirst().go.resume()
        }
    }
}

/// Which tests failed.
private final class Failures: Sendable {
    private let namespaces = Mutex<[String]>([])

    var isEmpty: Bool { namespaces.withLock { $0.isEmpty } }
    func note(_ namespace: String) { namespaces.withLock { $0.append(namespace) } }
}

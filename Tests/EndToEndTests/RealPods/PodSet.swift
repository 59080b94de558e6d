import BrokerDouble
import Document
import Foundation
import Testing

/// A labelled StatefulSet `mqtt` in a namespace of its own, whose pods really run.
struct PodSet: Sendable {
    /// What it is to be.
    struct Shape: Sendable {
        var replicas = 3
        var storage = StorageKind.persistent
        /// How many replicas it may grow to; nil for no more than ``replicas``.
        var most: Int?
        /// The namespace; nil for one that is named after the purpose.
        var namespace: String?
        /// Ordinals whose volumes are there from the beginning; nil for all that the test may need.
        var volumes: Range<Int>?
        /// Whether a container that is not the broker's stands behind it.
        var hasSidecar = false
        /// Lines of YAML.
        var annotations: [String] = []
        /// A Secret that is mounted at `/etc/tls`.
        var secret: String?
        /// Whether its pods build a plugin.
        var buildsPlugin = false

        /// What its pods request at once, in tenths of a processor: what the injected containers ask for, and one pod more
        /// where one ends while the next begins.
        var request: Int { buildsPlugin ? replicas * 5 : max(replicas, most ?? 0) + 1 }
    }

    let node: RealNode
    let kubectl: Kubectl
    var namespace: String { kubectl.namespace ?? "" }

    /// Makes one, tells a story about it, and judges its world at the end: what must never happen has not happened.
    ///
    /// `before` is done before its pods are made. What a failure leaves is kept. Faults are thrown, not merely recorded, so that it is kept before the pods go on.
    static func with(
        _ purpose: String,
        _ shape: Shape = Shape(),
        before: (PodSet) async throws -> Void = { _ in },
        story: (PodSet) async throws -> Void
    ) async throws {
        let node = try RealNode.current
        await node.room.take(shape.request)
        try await finally {
            try await tell(purpose, shape, node, before, story)
        } do: {
            await node.room.give(shape.request)
        }
    }

    private static func tell(
        _ purpose: String,
        _ shape: Shape,
        _ node: RealNode,
        _ before: (PodSet) async throws -> Void,
        _ story: (PodSet) async throws -> Void
    ) async throws {
        let set = PodSet(node: node, kubectl: try await node.bed.namespace(purpose, named: shape.namespace))
        try await finally {
            do {
                try await before(set)
                try await set.create(shape)
                try await story(set)
                let violations = set.world { $0.violations } ?? ["its world is gone"]
                try #require(violations.isEmpty)
            } catch {
                await node.keep(set.kubectl)
                throw NeverHappened(description: "\(error)\n\(set.description)")
            }
        } do: {
            try await set.remove()
        }
    }

    private func create(_ shape: Shape) async throws {
        var kubernetes = KubernetesState(replicas: shape.replicas, policy: .parallel, storage: shape.storage)
        kubernetes.namespace = namespace
        kubernetes.set = "mqtt"
        kubernetes.service = "mqtt"
        node.worlds.open(kubernetes)
        if shape.storage == .persistent {
            try await provideVolumes(shape.volumes ?? 0..<max(shape.replicas, shape.most ?? 0))
        }
        let manifest = PodSetManifest.statefulSet(shape)
        try await permit(manifest)
        try await kubectl("apply", "-f", "-", input: PodSetManifest.service)
        // An old server's kubectl does not know all that the injection writes.
        try await kubectl("create", "-f", "-", input: manifest)
    }

    /// Deletes the StatefulSet, and waits for its pods to go: others need their room.
    ///
    /// Deleting the namespace would do for both, but its controller looks again only after half of the pods' grace.
    private func remove() async throws {
        try await kubectl("delete", "statefulset", "mqtt", "--ignore-not-found", "--wait=false")
        try await eventually("the pods of a deleted StatefulSet are gone") {
            world { $0.kubernetes.pods.isEmpty } == true ? true : nil
        }
    }

    /// Applies the Role that the brokers' hooks need, as `vernemq-operator inject` prints it.
    private func permit(_ manifest: String) async throws {
        let printed = try await Subprocess.output(
            Repository.operatorExecutable.path,
            ["inject", "-f", "-"],
            input: manifest
        )
        for document in try YAMLDocument.parse(printed).map(\.value)
        where document["kind"]?.stringValue?.hasPrefix("Role") == true {
            var document = document
            if document["kind"] == "RoleBinding" { document["subjects"]?[0]?["namespace"] = .string(namespace) }
            try await kubectl("apply", "-f", "-", input: document.serializedString())
        }
    }

    /// Provides the volumes that the claims of these ordinals bind to.
    func provideVolumes(_ ordinals: Range<Int>) async throws {
        for ordinal in ordinals {
            let directory = volume(ordinal)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try FileManager.default.setAttributes(
                [.ownerAccountID: 10000, .groupOwnerAccountID: 10000],
                ofItemAtPath: directory.path
            )
            try await kubectl(
                "apply",
                "-f",
                "-",
                input: PodSetManifest.volume(ordinal, namespace: namespace, directory: directory.path)
            )
        }
    }

    /// The directory of an ordinal's volume.
    func volume(_ ordinal: Int) -> URL { node.volumes(of: namespace).appendingPathComponent(String(ordinal)) }

    /// Reads or changes the world of the brokers.
    func world<Result: Sendable>(_ body: (inout World) -> Result) -> Result? {
        node.worlds.with(namespace, body)
    }

    /// Waits until exactly the first so many pods are Ready and one cluster, each with all of them in its view.
    func settles(_ replicas: Int, within limit: Duration = .seconds(240)) async throws {
        let wanted = Set((0..<replicas).map { "VerneMQ@mqtt-\($0).mqtt.\(namespace).svc.cluster.local" })
        try await eventually("\(replicas) brokers are one cluster", within: limit) { () -> Bool? in
            let isSettled = world { (world: inout World) -> Bool in
                world.clusters == (wanted.isEmpty ? [] : [wanted])
                    && world.inService.allSatisfy { $0.view == wanted && $0.membership.members == wanted }
                    && world.kubernetes.pods.count == replicas && world.brokers.count == replicas
            }
            guard isSettled == true else { return nil }
            let ready = try await kubectl.statefulSet("mqtt")["status"]?["readyReplicas"]?.integerValue ?? 0
            return ready == replicas ? true : nil
        }
    }

    /// Scales as users do.
    func scale(to replicas: Int) async throws {
        try await kubectl("scale", "statefulset", "mqtt", "--replicas=\(replicas)")
    }

    /// Sessions on a broker, each with three messages.
    func store(_ count: Int, on ordinal: Int) -> [String] {
        let clients = (0..<count).map { "client-\(ordinal)-\($0)" }
        _ = world { world in
            let node = world.kubernetes.node(ordinal)
            for client in clients { world.store(client: client, messages: 3, on: node) }
        }
        return clients
    }

    /// All these sessions must be on running members, with their messages.
    func keeps(_ clients: [String]) throws {
        let missing = world { world in
            let live = Set(world.brokers.values.map(\.disk))
            return clients.filter { client in
                guard let home = world.home(of: client) else { return true }
                return !live.contains(home.id) || home.queues[client] != 3
            }
        }
        try #require(missing?.isEmpty == true, "queues that are not on running members: \(missing ?? [])")
    }

    /// The brokers that have left the cluster, by their pods, in order.
    var left: [String] {
        let nodes = world { $0.left } ?? []
        return nodes.map { node in
            node.replacing("VerneMQ@", with: "").split(separator: ".").first.map(String.init) ?? node
        }
    }

    /// A pod as the API server has it; nil if there is none.
    func pod(_ ordinal: Int) async throws -> JSONValue? {
        let answer = try await kubectl.run(["get", "pod", "mqtt-\(ordinal)", "-o", "json"])
        return answer.status == 0 ? try JSONValue(parsing: answer.standardOutput) : nil
    }

    /// The status of a container of a pod.
    func container(_ name: String, of pod: JSONValue?) -> JSONValue? {
        let lists = ["containerStatuses", "initContainerStatuses"].map { pod?["status"]?[$0] }
        return lists.lazy.compactMap { Injected.named(name, in: $0) }.first
    }

    /// What a container of a pod has written.
    func log(_ ordinal: Int, _ container: String = "vernemq") async throws -> String {
        try await kubectl.run(["logs", "mqtt-\(ordinal)", "-c", container]).standardOutput
    }

    /// What was moved aside on a volume.
    func aside(_ ordinal: Int) throws -> [String] {
        let directory = volume(ordinal).appendingPathComponent(".vmq/aside").path
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory)
    }

    /// How the brokers stand, for failures.
    var description: String {
        let lines = world { world in
            world.brokers.values.sorted { $0.name < $1.name }.map { broker in
                "\(broker.name) at \(broker.address) \(broker.phase): view \(broker.view.sorted()), knows \(broker.membership.members.sorted())"
            }
                + world.kubernetes.pods.values.sorted { $0.name < $1.name }.map { pod in
                    "\(pod.name) \(pod.uid) at \(pod.address)\(pod.isStarted ? " started" : "")\(pod.deletion == nil ? "" : " going")"
                }
        }
        return (lines ?? []).joined(separator: "\n")
    }
}

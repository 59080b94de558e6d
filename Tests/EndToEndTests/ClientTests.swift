import Document
import Foundation
import HTTP
import Kubernetes
import KubernetesClient
import Logging
import Synchronization
import Telemetry
import Testing
import Transport

/// The API client against a server that is killed under it: with a control plane of its own, because the others' must live.
@Suite("The API client on a real API server", .timeLimit(.minutes(10)))
struct RealServerClientTests {
    static let silent = Logger(label: "client") { _ in SwiftLogNoOpLogHandler() }

    @Test("reads, writes, watches, outlives the API server's death and a compaction, and hands leadership over")
    func everything() async throws {
        let directory = try Repository.temporaryDirectory("client")
        let plane = try await ControlPlane.start(in: directory, flags: ["--etcd-compaction-interval=2s"])
        try await finally {
            let loop = try EventLoop(name: "client")
            defer { loop.shutDown() }
            try await loop.run {
                let bench = try ClientBench(plane, on: loop)
                try await bench.verbs()
                try await bench.refusals()
                try await bench.events()
                try await bench.watching()
                try await bench.leases()
            }
        } do: {
            try await plane.stop()
        }
        removeQuietly(directory)
    }
}

/// The steps, which share a client.
private struct ClientBench: Sendable {
    let plane: ControlPlane
    let loop: EventLoop
    let client: APIClient
    let metrics = MetricRegistry()
    let namespace = "client"

    init(_ plane: ControlPlane, on loop: EventLoop) throws {
        self.plane = plane
        self.loop = loop
        let configuration = try KubeConfig.load(path: plane.kubeconfig).configuration()
        client = APIClient(configuration, on: loop, metrics: metrics, logger: RealServerClientTests.silent)
    }

    func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }

    func configMap(_ name: String, _ text: String) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "data": ["text": .string(text)],
        ]
    }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = Deadline.after(.seconds(90))
        while try await !condition() {
            if deadline.isPast { throw NeverHappened(description: "never: \(what)") }
            try await loop.sleep(until: .after(.milliseconds(50)))
        }
    }

    func verbs() async throws {
        try await client.create(.namespaces, ["metadata": ["name": .string(namespace)]])
        try await client.apply(.configMaps, configMap("a", "1"))
        let first = try await client.get(.configMaps, key("a"))
        #expect(first["data"]?["text"]?.stringValue == "1")
        try await client.apply(.configMaps, configMap("a", "1"))
        let same = try await client.get(.configMaps, key("a"))
        #expect(ObjectView(same).resourceVersion == ObjectView(first).resourceVersion)
        try await client.patch(.configMaps, key("a"), .merge(["data": ["more": "2"]]))
        let patch = JSONPatch([.replace(path: ["data", "more"], value: "3")])
        let patched = try await client.patch(.configMaps, key("a"), .json(patch))
        #expect(patched["data"]?["more"]?.stringValue == "3")
        try await client.create(.configMaps, configMap("dry", ""), isDryRun: true)
        let dry = try await client.find(.configMaps, key("dry"))
        #expect(dry == nil)
        let set = try JSONValue(
            parsing: """
                {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"set","namespace":"client"},
                 "spec":{"serviceName":"set","replicas":0,"selector":{"matchLabels":{"app":"x"}},"template":
                 {"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
                """
        )
        try await client.apply(.statefulSets, set)
        let scale = try await client.get(.statefulSets, key("set"), subresource: "scale")
        #expect(scale["kind"]?.stringValue == "Scale")
        let scaled = try await client.patch(
            .statefulSets,
            key("set"),
            .merge(["spec": ["replicas": 2]]),
            subresource: "scale"
        )
        #expect(scaled["spec"]?["replicas"]?.integerValue == 2)
        for index in 0..<7 { try await client.create(.configMaps, configMap("page-\(index)", "")) }
        let list = try await client.list(.configMaps, in: namespace, pageSize: 3)
        #expect(list.items.count >= 8)
        #expect(list.items.allSatisfy { ObjectView($0).kind == .configMap })
        let one = try await client.list(.configMaps, in: namespace, .name("a"))
        #expect(one.items.count == 1)
        let version = try await client.raw(.get, "/version")
        #expect(version.status == 200)
    }

    private func code(_ work: () async throws(APIError) -> Void) async -> String {
        do throws(APIError) {
            try await work()
            return "success"
        } catch {
            return error.code
        }
    }

    func refusals() async throws {
        let stale = try await client.get(.configMaps, key("a"))
        try await client.patch(.configMaps, key("a"), .merge(["data": ["text": "changed"]]))
        #expect(
            await code { () async throws(APIError) in try await client.replace(.configMaps, key("a"), with: stale) }
                == "conflict"
        )
        #expect(
            await code { () async throws(APIError) in try await client.create(.configMaps, configMap("a", "")) }
                == "already-exists"
        )
        #expect(
            await code { () async throws(APIError) in _ = try await client.get(.configMaps, key("none")) }
                == "not-found"
        )
        #expect(
            await code { () async throws(APIError) in
                try await client.delete(.configMaps, key("a"), Deletion(uid: "another"))
            } == "conflict"
        )
        let error = await #expect(throws: APIError.self) {
            try await client.create(.configMaps, configMap("No_Name", ""))
        }
        #expect(error?.code == "invalid")
        #expect(error?.status?.causes.first?.field == "metadata.name")
        let other = Patch.apply(configMap("a", "other"), manager: "other", force: false)
        #expect(
            await code { () async throws(APIError) in try await client.patch(.configMaps, key("a"), other) }
                == "conflict"
        )
        try await client.delete(.configMaps, key("a"), Deletion(propagation: .background))
        #expect(
            await code { () async throws(APIError) in try await client.delete(.configMaps, key("a")) } == "not-found"
        )
        var stranger = try KubeConfig.load(path: plane.kubeconfig).configuration()
        stranger.clientCertificate = nil
        let unknown = APIClient(stranger, on: loop, logger: RealServerClientTests.silent)
        #expect(await code { () async throws(APIError) in _ = try await unknown.get(.pods, key("x")) } == "forbidden")
        stranger.authorization = .token(Secret("wrong"))
        let liar = APIClient(stranger, on: loop, logger: RealServerClientTests.silent)
        #expect(await code { () async throws(APIError) in _ = try await liar.get(.pods, key("x")) } == "unauthorized")
        stranger.trust = .system
        let wary = APIClient(stranger, on: loop, logger: RealServerClientTests.silent)
        #expect(await code { () async throws(APIError) in _ = try await wary.get(.pods, key("x")) } == "access")
    }

    func events() async throws {
        let recorder = EventRecorder(
            client,
            component: "test",
            instance: "test-0",
            metrics: metrics,
            logger: RealServerClientTests.silent
        )
        let set = try await client.get(.statefulSets, key("set"))
        for _ in 0..<3 { recorder.record(.warning, on: set, reason: "Tested", message: "it was tested") }
        recorder.drain()
        await recorder.run()
        let all = try await client.list(.events, in: namespace, Selector(fields: "reason=Tested"))
        #expect(all.items.count == 1)
        #expect(all.items.first?["count"]?.integerValue == 3)
        #expect(all.items.first?["involvedObject"]?["uid"]?.stringValue == ObjectView(set).uid)
    }

    /// Whether an informer holds exactly what the server has.
    private func isCurrent(_ informer: Informer) async throws -> Bool {
        let truth = try await client.list(.configMaps, in: namespace)
        let expected = truth.items.map { Informer.withoutManagedFields($0) }
        return informer.count == expected.count
            && expected.allSatisfy { item in ObjectKey(of: ObjectView(item)).flatMap { informer[$0] } == item }
    }

    func watching() async throws {
        let timing = WatcherTiming(backoff: Backoff(minimum: .milliseconds(200), maximum: .seconds(2)))
        let informer = Informer(
            client,
            .configMaps,
            in: namespace,
            timing: timing,
            metrics: metrics,
            logger: RealServerClientTests.silent
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informer.run() }
            try await informer.waitUntilSynced(until: .after(.seconds(60)))
            for index in 0..<20 { try await client.apply(.configMaps, configMap("w-\(index % 5)", "\(index)")) }
            try await client.delete(.configMaps, key("w-0"))
            try await wait("the informer follows") { try await isCurrent(informer) }

            let before = informer.store.values.compactMap { ObjectView($0).resourceVersion }.first ?? "1"
            try await Subprocess.output(script, ["kill", plane.directory.path, "kube-apiserver"])
            try await Subprocess.output(script, ["revive", plane.directory.path, "kube-apiserver"])
            try await wait("the API server is back") {
                do throws(APIError) { return try await client.raw(.get, "/readyz").status == 200 } catch {
                    return false
                }
            }
            try await client.apply(.configMaps, configMap("after", "the restart"))
            try await client.delete(.configMaps, key("w-1"))
            try await wait("the informer follows again") { try await isCurrent(informer) }
            try await compacted(since: before)
            try await client.apply(.configMaps, configMap("after", "the compaction"))
            try await wait("the informer follows after the compaction") { try await isCurrent(informer) }
            group.cancelAll()
        }
    }

    /// What has been compacted away is gone: the rest of a list that was begun before, and a watch from before.
    private func compacted(since version: String) async throws {
        let first = try await client.listPage(.configMaps, in: namespace, limit: 2)
        #expect(first.continuation != nil)
        var index = 0
        try await wait("the continuation is gone") {
            index += 1
            try await client.apply(.configMaps, configMap("churn", "\(index)"))
            try await loop.sleep(until: .after(.milliseconds(500)))
            return await code { () async throws(APIError) in
                _ = try await client.listPage(.configMaps, in: namespace, limit: 2, continuation: first.continuation)
            } == "gone"
        }
        let outcome = await code { () async throws(APIError) in
            let stream = try await client.watch(.configMaps, in: namespace, from: version, timeout: .seconds(5))
            defer { stream.close() }
            while let event = try await stream.next(until: .after(.seconds(30))) {
                if case .error(let status) = event, status.code == 410 { throw .gone(status) }
            }
        }
        #expect(outcome == "gone")
    }

    private var script: String { Repository.script("control-plane") }

    func leases() async throws {
        let timing = LeaseTiming(duration: .seconds(4), renewDeadline: .seconds(3), retryPeriod: .milliseconds(300))
        let lease = key("leader")
        let first = LeaderElector(
            client,
            lease,
            identity: "first",
            timing: timing,
            logger: RealServerClientTests.silent
        )
        let second = LeaderElector(
            client,
            lease,
            identity: "second",
            timing: timing,
            logger: RealServerClientTests.silent
        )
        let reign = Reign()
        let loop = loop
        let lead: @Sendable () async -> Void = {
            #expect(reign.begin() == 1, "two lead at once")
            do { try await loop.sleep(until: .never) } catch {}
            reign.end()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let cut = WaitQueue(on: loop)
            let cutter = LoopBound(cut, on: loop)
            group.addTask {
                // Cancelled as SIGKILL would do it: nothing is given back.
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask { await first.run(lead) }
                    do { try await cutter.value.wait() } catch {}
                    inner.cancelAll()
                }
            }
            try await wait("the first leads") { first.isLeading }
            group.addTask { await second.run(lead) }
            try await wait("the second knows") { second.holder == "first" }
            #expect(!second.isLeading)
            cut.resumeAll()
            try await wait("the second takes over") { second.isLeading }
            let taken = try await client.get(.leases, lease)
            #expect(taken["spec"]?["holderIdentity"]?.stringValue == "second")
            #expect(taken["spec"]?["leaseTransitions"]?.integerValue == 1)
            second.resign()
            try await group.waitForAll()
        }
        let released = try await client.get(.leases, lease)
        #expect(released["spec"]?["holderIdentity"]?.stringValue ?? "" == "")
    }
}

/// Counts who leads.
private final class Reign: Sendable {
    private let leaders = Mutex(0)

    func begin() -> Int {
        leaders.withLock { leaders in
            leaders += 1
            return leaders
        }
    }

    func end() {
        leaders.withLock { $0 -= 1 }
    }
}

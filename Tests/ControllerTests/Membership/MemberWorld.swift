import Document
import HTTP
import Injection
import KubernetesClient
import Logging
import Membership
import Synchronization
import Telemetry
import Testing
import Transport
import Workload

@testable import Controller

/// An injected set of three with its pods, its claims and its brokers, behind one server: the API server, and every broker's
/// `/status.json` at the pod's own address.
final class MemberWorld: Sendable {
    struct State {
        var now: Int64 = 1_800_000_000
        var set: JSONValue = [:]
        var version = 1
        var pods: [Int: JSONValue] = [:]
        var claims: Set<Int> = [0, 1, 2]
        /// What each broker lists; one that is missing does not answer.
        var views: [Int: [Int: Bool]] = [:]
        /// Whether commands do what they are for.
        var isObeyed = true
        /// What running a command comes to, in place of success.
        var refusal: BrokerExecError?
        /// What happens right before that.
        var beforeRefusal: @Sendable (inout State) -> Void = { _ in }
        /// How many requests and commands the operator lives for yet; nil for ever.
        var life: Int?
        /// What happens right before the set is next read or written, once.
        var surprise: (method: HTTPMethod, change: @Sendable (inout State) -> Void)?
        /// Leaves that were carried out, `member through pod`.
        var leaves: [String] = []
        var isPaused = false

        mutating func changeSet(_ change: (inout JSONValue) -> Void) {
            version += 1
            change(&set)
            set["metadata"]?["resourceVersion"] = .string(String(version))
        }

        /// One more step of the operator; false once it is dead.
        mutating func step() -> Bool {
            guard let life else { return true }
            guard life > 0 else { return false }
            self.life = life - 1
            return true
        }
    }

    static let key = ObjectKey(namespace: "demo", name: "mqtt")
    static let naming = NodeNaming(set: "mqtt", service: "mqtt-headless", namespace: "demo")
    static let setPath = "/apis/apps/v1/namespaces/demo/statefulsets/mqtt"

    let state = Mutex(State())
    let loop: EventLoop
    private let port = Mutex(0)

    private init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Runs a body on a loop next to the server.
    static func run<Success: Sendable>(
        _ body: @escaping @Sendable (MemberWorld) async throws -> Success
    ) async throws -> Success {
        let loop = try EventLoop(name: "members")
        defer { loop.shutDown() }
        let world = MemberWorld(loop)
        let server = try HTTPServer(
            ServerConfiguration(address: try SocketAddress("0.0.0.0:0"), name: "fake"),
            on: [loop],
            logger: CertificateCluster.quiet
        ) { request in world.respond(to: request) }
        let port = try #require("\(server.address)".split(separator: ":").last.flatMap { Int($0) })
        world.port.withLock { $0 = port }
        world.state.withLock { state in
            state.set = set(port: port)
            for ordinal in 0..<3 {
                state.pods[ordinal] = pod(ordinal)
                state.views[ordinal] = [0: true, 1: true, 2: true]
            }
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let success = try await loop.run { try await body(world) }
            group.cancelAll()
            do { try await group.waitForAll() } catch TransportError.cancelled {}
            return success
        }
    }

    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// A pod that was scaled away and could not leave: all list it as down.
    func leaveGhost(_ ordinal: Int = 3, claim: Bool = false) {
        change { state in
            for broker in state.views.keys { state.views[broker]?[ordinal] = false }
            if claim { state.claims.insert(ordinal) }
        }
    }

    var leaves: [String] { state.withLock { $0.leaves } }

    /// What is written down with the set.
    var memory: MembershipMemory { state.withLock { MembershipRecord.read($0.set).memory } }

    // MARK: Objects

    /// The set as it is stored.
    static func set(port: Int) -> JSONValue {
        let bare: JSONValue = [
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": [
                "name": "mqtt", "namespace": "demo", "uid": "set-1", "generation": 4, "resourceVersion": "1",
                "labels": ["vmq.k8s.vernemq.com/inject": "enabled"], "annotations": [:],
            ],
            "spec": [
                "serviceName": "mqtt-headless", "replicas": 3, "selector": ["matchLabels": ["app": "mqtt"]],
                "template": [
                    "metadata": ["labels": ["app": "mqtt"]],
                    "spec": [
                        "containers": [
                            [
                                "name": "vernemq", "image": "vernemq/vernemq:2.1.1",
                                "env": [
                                    [
                                        "name": "DOCKER_VERNEMQ_LISTENER__HTTP__METRICS",
                                        "value": .string("0.0.0.0:\(port)"),
                                    ]
                                ],
                                "volumeMounts": [["name": "data", "mountPath": "/vernemq/data"]],
                            ]
                        ],
                        "serviceAccountName": "mqtt",
                    ],
                ],
                "volumeClaimTemplates": [["metadata": ["name": "data"], "spec": ["accessModes": ["ReadWriteOnce"]]]],
            ],
        ]
        var set = Injector(version: "1.0.0").inject(bare).object
        set["status"] = ["replicas": 3, "readyReplicas": 3, "observedGeneration": 4, "updateRevision": "r1"]
        return set
    }

    /// A pod that is Ready for a year.
    static func pod(_ ordinal: Int) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string("mqtt-\(ordinal)"), "namespace": "demo", "uid": .string("pod-\(ordinal)"),
                "creationTimestamp": "2026-01-15T08:00:00Z", "labels": ["controller-revision-hash": "r1"],
                "ownerReferences": [["kind": "StatefulSet", "name": "mqtt", "uid": "set-1", "controller": true]],
            ],
            "status": [
                "podIP": .string("127.0.1.\(ordinal + 1)"),
                "conditions": [["type": "Ready", "status": "True", "lastTransitionTime": "2026-01-15T08:01:00Z"]],
                "containerStatuses": [
                    ["name": "vernemq", "state": ["running": ["startedAt": "2026-01-15T08:00:30Z"]]]
                ],
            ],
        ]
    }

    static func claim(_ ordinal: Int) -> JSONValue {
        [
            "metadata": [
                "name": .string("data-mqtt-\(ordinal)"), "namespace": "demo", "uid": .string("claim-\(ordinal)"),
            ]
        ]
    }

    static func view(_ ordinal: Int, _ members: [Int: Bool]) -> JSONValue {
        var rows = JSONObject()
        for (member, isRunning) in members.sorted(by: { $0.key < $1.key }) {
            rows[naming.node(member)] = .bool(isRunning)
        }
        let part: JSONValue = ["version": "2.1.1", "num_online": 7, "mystatus": [.object(rows)]]
        return [.object([naming.node(ordinal): part])]
    }

    // MARK: Requests

    private func respond(to request: HTTPRequest) -> HTTPResponse {
        state.withLock { state in
            if request.path == "/status.json" { return Self.status(request, state) }
            guard state.step() else { return Self.failure(400, "BadRequest") }
            if let surprise = state.surprise, surprise.method == request.method, request.path == Self.setPath {
                state.surprise = nil
                surprise.change(&state)
            }
            do {
                return try Self.carryOut(request, &state)
            } catch {
                return Self.failure(422, "Invalid")
            }
        }
    }

    private static func status(_ request: HTTPRequest, _ state: State) -> HTTPResponse {
        let host = request.fields["Host"]?.split(separator: ":").first ?? ""
        guard let ordinal = host.split(separator: ".").last.flatMap({ Int($0) }).map({ $0 - 1 }),
            let members = state.views[ordinal]
        else { return HTTPResponse(HTTPStatus(503)) }
        return .json(.ok, view(ordinal, members).serialized())
    }

    private static func carryOut(_ request: HTTPRequest, _ state: inout State) throws -> HTTPResponse {
        func list(_ items: [JSONValue]) -> HTTPResponse {
            .json(.ok, (["metadata": ["resourceVersion": "1"], "items": .array(items)] as JSONValue).serialized())
        }
        switch (request.method, request.path) {
        case (.get, setPath): return .json(.ok, state.set.serialized())
        case (.get, "/api/v1/namespaces/demo"):
            return .json(.ok, (["metadata": ["name": "demo"]] as JSONValue).serialized())
        case (.get, "/api/v1/namespaces/demo/pods"):
            return list(state.pods.sorted { $0.key < $1.key }.map(\.value))
        case (.get, "/api/v1/namespaces/demo/persistentvolumeclaims"):
            return list(state.claims.sorted().map(claim))
        case (.patch, setPath):
            let patch = try JSONValue(parsing: request.body)
            for name in ["uid", "resourceVersion"] {
                if let wanted = patch["metadata"]?[name], wanted != state.set["metadata"]?[name] {
                    return failure(409, "Conflict")
                }
            }
            let annotations = patch["metadata"]?["annotations"]?.objectValue ?? [:]
            state.changeSet { set in
                for (name, value) in annotations {
                    set["metadata"]?["annotations"]?[name] = value.isNull ? nil : value
                }
            }
            return .json(.ok, state.set.serialized())
        default: return failure(404, "NotFound")
        }
    }

    private static func failure(_ code: Int, _ reason: String) -> HTTPResponse {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": .string(reason),
            "reason": .string(reason), "code": .integer(Int64(code)),
        ]
        return .json(HTTPStatus(code), status.serialized())
    }

    // MARK: Commands

    /// What a broker does: `cluster leave` takes the member out of all views.
    private func obey(_ command: BrokerCommand, in target: BrokerTarget) throws(BrokerExecError) -> BrokerOutput {
        try state.withLock { state throws(BrokerExecError) in
            guard state.step() else { throw .cancelled }
            if let refusal = state.refusal {
                state.beforeRefusal(&state)
                throw refusal
            }
            if command.arguments.starts(with: ["vmq-admin", "cluster", "leave"]), let last = command.arguments.last,
                let member = Self.naming.ordinal(ofNode: String(last.dropFirst("node=".count)))
            {
                state.leaves.append("\(member) through \(target.pod)/\(target.podUID)/\(target.container)")
                if state.isObeyed { for broker in state.views.keys { state.views[broker]?[member] = nil } }
            }
            // The operator may die between the command and its end.
            guard state.step() else { throw .cancelled }
            return BrokerOutput(output: "Done\n")
        }
    }

    /// An operator that knows nothing yet. Call it on the loop.
    func makeOperator() throws -> MemberOperator {
        let server = "http://127.0.0.1:\(port.withLock { $0 })"
        let client = APIClient(
            ClusterConfiguration(server: try #require(ServerURL(server))),
            ClientConfiguration(rate: 10_000, burst: 10_000, requestTimeout: patience),
            on: loop,
            logger: CertificateCluster.quiet
        )
        let exec = ScriptedExec { [self] command, target throws(BrokerExecError) in
            try obey(command, in: target)
        }
        return MemberOperator(self, client, exec)
    }
}

/// One life of the operator. Belongs to the world's loop.
final class MemberOperator {
    let reconciler: MembershipReconciler
    let metrics = MetricRegistry()
    let world: MemberWorld

    private final class Mailbox {
        var events: [StatusEvent] = []
    }

    private let mailbox: Mailbox

    init(_ world: MemberWorld, _ client: APIClient, _ exec: ScriptedExec) {
        let mailbox = Mailbox()
        self.mailbox = mailbox
        self.world = world
        reconciler = MembershipReconciler(
            MembershipReconciler.Surroundings(
                client: client,
                exec: exec,
                set: { _ in [world.state.withLock { $0.set }].first { $0 != [:] } },
                isPaused: { _ in world.state.withLock { $0.isPaused } },
                event: { event, _ in mailbox.events.append(event) },
                changed: { _ in },
                nextLook: { .seconds(60) },
                clock: { world.state.withLock { $0.now } },
                metrics: metrics,
                logger: CertificateCluster.quiet
            )
        )
    }

    /// The reasons of its events so far.
    var events: [String] { mailbox.events.map(\.reason) }

    /// Looks every ten seconds for so long.
    func live(_ seconds: Int64) async {
        for _ in 0..<max(1, seconds / 10) {
            _ = await reconciler.reconcile(MemberWorld.key)
            world.change { $0.now += 10 }
        }
    }

    /// A condition as `status/reason`.
    func condition(_ type: String) -> String? {
        let conditions = reconciler.report(of: MemberWorld.key)?.conditions ?? []
        return conditions.first { $0.type == type }.map { "\($0.status.rawValue)/\($0.reason)" }
    }

    func message(_ type: String) -> String {
        let conditions = reconciler.report(of: MemberWorld.key)?.conditions ?? []
        return conditions.first { $0.type == type }?.message ?? ""
    }

    /// The value of a line of the metrics.
    func metric(_ name: String) -> String? {
        let lines = String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
    }
}

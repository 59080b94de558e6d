import Document
import HTTP
import KubernetesClient
import Logging
import PKI
import Synchronization
import Telemetry
import Testing
import Transport

@testable import Controller

/// Upper bound for whatever should happen at once: generous, so that a busy machine does not fail tests.
let patience: Duration = .seconds(60)

/// An API server that knows a Secret and two webhook configurations, and does as it is told about failures.
final class CertificateCluster: Sendable {
    struct State {
        var objects: [String: JSONValue] = [:]
        var version = 1
        /// The writes that were carried out, as `PATCH mutatingwebhookconfigurations`.
        var writes: [String] = []
        /// Answers in place of what would be done: the first one whose method and path fit, once.
        var refusals: [(method: HTTPMethod, path: String, status: Int, reason: String)] = []
        var now: Int64 = 1_800_000_000
    }

    static let secret = "/api/v1/namespaces/mq/secrets/vmq-tls"
    static let mutating = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/vmq"
    static let validating = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/vmq"

    let state = Mutex(State())
    let loop: EventLoop
    private let address = Mutex<SocketAddress?>(nil)

    private init(_ loop: EventLoop) {
        self.loop = loop
        for path in [Self.mutating, Self.validating] {
            store(["metadata": ["name": "vmq"], "webhooks": [["name": "a", "clientConfig": [:]]]], at: path)
        }
    }

    /// Runs a body on a loop next to the server.
    static func run(_ body: @escaping @Sendable (CertificateCluster) async throws -> Void) async throws {
        let loop = try EventLoop(name: "certificates")
        defer { loop.shutDown() }
        let cluster = CertificateCluster(loop)
        let server = try HTTPServer(
            ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "fake"),
            on: [loop],
            logger: quiet
        ) { request in cluster.respond(to: request) }
        cluster.address.withLock { $0 = server.address }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await loop.run { try await body(cluster) }
            group.cancelAll()
            do { try await group.waitForAll() } catch TransportError.cancelled {}
        }
    }

    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    func object(_ path: String) -> JSONValue? { state.withLock { $0.objects[path] } }

    func store(_ object: JSONValue?, at path: String) {
        state.withLock { state in
            state.version += 1
            var object = object
            object?["metadata"]?["resourceVersion"] = .string(String(state.version))
            if object != nil, object?["metadata"]?["uid"] == nil {
                object?["metadata"]?["uid"] = .string("uid-\(state.version)")
            }
            state.objects[path] = object
        }
    }

    func refuse(_ method: HTTPMethod, _ path: String, _ status: Int, _ reason: String) {
        state.withLock { $0.refusals.append((method, path, status, reason)) }
    }

    func pass(_ seconds: Int64) {
        state.withLock { $0.now += seconds }
    }

    /// A replica that speaks to the server. Call it on the loop.
    func replica(_ policy: CertificatePolicy? = nil) throws -> ClusterReplica {
        let address = try #require(address.withLock { $0 })
        let client = APIClient(
            ClusterConfiguration(server: try #require(ServerURL("http://\(address)"))),
            ClientConfiguration(rate: 10_000, burst: 10_000, requestTimeout: patience),
            on: loop,
            logger: Self.quiet
        )
        return ClusterReplica(self, client, try policy ?? CertificateWorld.policy())
    }

    // MARK: Requests

    private func respond(to request: HTTPRequest) -> HTTPResponse {
        let refusal = state.withLock { state -> (status: Int, reason: String)? in
            let found = state.refusals.firstIndex { $0.method == request.method && $0.path == request.path }
            return found.map { index in
                let refusal = state.refusals.remove(at: index)
                return (refusal.status, refusal.reason)
            }
        }
        if let refusal { return Self.failure(refusal.status, refusal.reason) }
        do {
            return try carryOut(request)
        } catch {
            return Self.failure(422, "Invalid")
        }
    }

    private func carryOut(_ request: HTTPRequest) throws -> HTTPResponse {
        var path = request.path
        let old = object(path)
        let new: JSONValue
        switch request.method {
        case .get:
            return old.map { .json(.ok, $0.serialized()) } ?? Self.failure(404, "NotFound")
        case .post:
            new = try JSONValue(parsing: request.body)
            path += "/\(new["metadata"]?["name"]?.stringValue ?? "")"
            if object(path) != nil { return Self.failure(409, "AlreadyExists") }
        case .put:
            new = try JSONValue(parsing: request.body)
        case .patch:
            guard let old else { return Self.failure(404, "NotFound") }
            new = try JSONPatch(from: try JSONValue(parsing: request.body)).apply(to: old)
        default:
            return Self.failure(405, "MethodNotAllowed")
        }
        if let old, old["metadata"]?["resourceVersion"] != new["metadata"]?["resourceVersion"] {
            return Self.failure(409, "Conflict")
        }
        store(new, at: path)
        let kind = path.split(separator: "/").dropLast().last ?? ""
        state.withLock { $0.writes.append("\(request.method.rawValue) \(kind)") }
        return .json(.ok, (object(path) ?? [:]).serialized())
    }

    private static func failure(_ code: Int, _ reason: String) -> HTTPResponse {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": .string(reason),
            "reason": .string(reason), "code": .integer(Int64(code)),
        ]
        return .json(HTTPStatus(code), status.serialized())
    }
}

/// A controller and what it acts on. Belongs to the cluster's loop.
final class ClusterReplica {
    let controller: CertificateController
    let held = HeldCertificate()
    let readiness = Readiness()
    let metrics = MetricRegistry()
    let cluster: CertificateCluster

    private final class Mailbox {
        var news: [CertificateNews] = []
    }

    private let mailbox: Mailbox

    init(_ cluster: CertificateCluster, _ client: APIClient, _ policy: CertificatePolicy) {
        let mailbox = Mailbox()
        self.mailbox = mailbox
        self.cluster = cluster
        controller = CertificateController(
            CertificateSettings(
                secret: ObjectKey(namespace: "mq", name: "vmq-tls"),
                mutating: "vmq",
                validating: "vmq",
                policy: policy
            ),
            client: client,
            held: held,
            readiness: readiness,
            metrics: metrics,
            logger: CertificateCluster.quiet,
            clock: { cluster.state.withLock { $0.now } }
        ) { mailbox.news.append($0) }
    }

    /// What was reported since the last time.
    func takeNews() -> [String] {
        takeNotes().map(\.reason)
    }

    /// The same, as the events that tell it.
    func takeNotes() -> [EventNote] {
        defer { mailbox.news = [] }
        return mailbox.news.map(\.note)
    }

    /// Looks until there is nothing left to do now.
    func settle(isLeader: Bool = true) async throws {
        for _ in 0..<10 {
            if await controller.look(isLeader: isLeader) == .settled { return }
        }
        Issue.record("does not come to rest")
    }

    /// A line of the metrics.
    func metric(_ line: String) -> Bool {
        String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n").contains { $0 == line }
    }
}

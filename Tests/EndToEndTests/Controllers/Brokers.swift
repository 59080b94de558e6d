import Document
import HTTP
import Logging
import Synchronization
import Transport
import VerneMQ

/// Two brokers that tell their views at their pods' addresses.
final class Brokers: Sendable {
    let port: Int
    private let namespace: String
    private let members = Mutex<[Int: Bool]>([0: true, 1: true])

    private init(port: Int, namespace: String) {
        self.port = port
        self.namespace = namespace
    }

    static func run(namespace: String, _ body: @escaping @Sendable (Brokers) async throws -> Void) async throws {
        let loop = try EventLoop(name: "brokers")
        defer { loop.shutDown() }
        let port = try LoopbackPort.unused()
        let brokers = Brokers(port: port, namespace: namespace)
        let server = try HTTPServer(
            ServerConfiguration(address: try SocketAddress("0.0.0.0:\(port)"), name: "brokers"),
            on: [loop],
            logger: Logger(label: "brokers") { _ in SwiftLogNoOpLogHandler() }
        ) { request in brokers.respond(to: request) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(brokers)
            group.cancelAll()
            do { try await group.waitForAll() } catch TransportError.cancelled {}
        }
    }

    func node(_ ordinal: Int) -> String {
        "VerneMQ@vernemq-k8s-\(ordinal).vernemq-k8s-service.\(namespace).svc.cluster.local"
    }

    /// A resource whose brokers tell their views where these do.
    var resource: String {
        Controllers.WorkloadControllerTests.sample(further: ["terminationGracePeriodSeconds: 0"]).replacing(
            "  - {name: DOCKER_VERNEMQ_ACCEPT_EULA",
            with: """
                  - {name: \(ListenerEnvironment.httpVariable), value: "0.0.0.0:\(port)"}
                  - {name: DOCKER_VERNEMQ_ACCEPT_EULA
                """
        )
    }

    func leaveGhost() { members.withLock { $0[2] = false } }
    func removeGhost() { members.withLock { $0[2] = nil } }

    private func respond(to request: HTTPRequest) -> HTTPResponse {
        guard request.path == "/status.json" else { return .text(.notFound, "not here") }
        let host = String(request.fields["Host"]?.split(separator: ":").first ?? "")
        // At an address that pods share, all answer at once: whoever asks takes his own.
        let own = host.hasPrefix("127.0.2.") ? host.split(separator: ".").last.flatMap { Int($0) } : nil
        var rows = JSONObject()
        for (ordinal, isRunning) in members.withLock({ $0 }) { rows[node(ordinal)] = .bool(isRunning) }
        var views = JSONObject()
        for ordinal in own.map({ [$0 - 1] }) ?? [0, 1] {
            views[node(ordinal)] = [
                "version": "2.1.1", "num_online": 1, "mystatus": [.object(rows)],
                "listeners": [["type": "mqtt", "status": "running", "ip": "0.0.0.0", "port": 1883]],
            ]
        }
        return .json(.ok, ([.object(views)] as JSONValue).serialized())
    }
}

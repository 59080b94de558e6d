import Document
import HTTP
import Kubernetes
import KubernetesClient
import Synchronization
import Transport

/// Plays kubelet and brokers for the resources' pods: reports them Ready under addresses of the loopback network, and
/// answers there as brokers that have found each other.
final class Brokers: Sendable {
    private let client: APIClient
    private let loop: EventLoop
    /// Names of nodes by the address of one of them, its own first.
    private let clusters = Mutex<[String: [String]]>([:])
    private let nextAddress = Mutex(1)

    /// The port on which the official image answers.
    private static let port = 8888

    init(_ client: APIClient, on loop: EventLoop) {
        self.client = client
        self.loop = loop
    }

    /// Answers as all brokers, until the task is cancelled.
    func serve() async throws {
        let server = try HTTPServer(
            ServerConfiguration(address: try SocketAddress("0.0.0.0:\(Self.port)"), name: "brokers"),
            on: [loop],
            tls: nil,
            logger: quiet
        ) { [self] request in
            let address = request.fields["Host"]?.split(separator: ":").first.map(String.init) ?? ""
            guard let nodes = clusters.withLock({ $0[address] }), let own = nodes.first else {
                return .text(.notFound, "no broker here\n")
            }
            let members = JSONObject(nodes.map { ($0, .bool(true)) })
            let status: JSONValue = ["mystatus": [.object(members)], "version": "2.1.1"]
            return .json(.ok, JSONValue.array([.object([own: status])]).serialized())
        }
        try await server.run()
    }

    /// Reports all pods of VerneMQ resources Ready that are not yet.
    ///
    /// - Returns: how many there are in all.
    func reportReady() async throws -> Int {
        let pods = try await client.list(.pods, Selector(labels: "app.kubernetes.io/managed-by=vernemq-operator")).items
        try await concurrently(pods.count) { [self] index in
            let pod = ObjectView(pods[index])
            guard let key = ObjectKey(of: pod), pods[index]["status"]?["podIP"]?.stringValue == nil,
                let dash = key.name.lastIndex(of: "-")
            else { return }
            let set = String(key.name[..<dash])
            let service = pods[index]["spec"]?["subdomain"]?.stringValue ?? ""
            let node = { (name: String) in "VerneMQ@\(name).\(service).\(key.namespace ?? "").svc.cluster.local" }
            let others = (0..<2).map { "\(set)-\($0)" }.filter { $0 != key.name }
            let number = nextAddress.withLock { number in
                number += 1
                return number
            }
            let address = "127.1.\(number / 250).\(number % 250 + 1)"
            clusters.withLock { $0[address] = ([key.name] + others).map(node) }
            let ready: JSONValue = [
                "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
                "conditions": [["type": "Ready", "status": "True"], ["type": "ContainersReady", "status": "True"]],
            ]
            try await client.patch(.pods, key, .merge(["status": ready]), subresource: "status")
        }
        return pods.count
    }
}

extension JSONObject {
    init(_ members: [(String, JSONValue)]) {
        self.init()
        for (name, value) in members { self[name] = value }
    }
}

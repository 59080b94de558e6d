import Document
import HTTP
import Logging
import Synchronization
import Testing
import Transport
import VerneMQ

extension Controllers {
    /// What is said of members, with pods that no kubelet runs and brokers that are one small HTTP server.
    @Suite("Members of a cluster")
    struct MembershipControllerTests {
        @Test("a cluster is told as whole; a dead member is told with the command, where commands are not permitted")
        func ghost() async throws {
            let kubectl = try await ControllerBed.current.namespace("members")
            try await Brokers.run(namespace: kubectl.namespace ?? "") { brokers in
                let sample = WorkloadControllerTests.sample(further: [
                    "terminationGracePeriodSeconds: 0"
                ]).replacing(
                    "  - {name: DOCKER_VERNEMQ_ACCEPT_EULA",
                    with: """
                          - {name: \(ListenerEnvironment.httpVariable), value: "0.0.0.0:\(brokers.port)"}
                          - {name: DOCKER_VERNEMQ_ACCEPT_EULA
                        """
                )
                try await kubectl("apply", "-f", "-", input: sample)
                try await WorkloadControllerTests.awaitPods(2, kubectl)
                for ordinal in 0..<2 { try await Self.run(ordinal, kubectl) }
                try await Self.await("True", "MembersAgree", kubectl)
                let status = try await kubectl.object("vernemq", "k8s")["status"]
                #expect(status?["brokers"]?[0]?["membership"] == "Member", "\(status ?? nil)")
                #expect(status?["brokers"]?[1]?["version"] == "2.1.1", "\(status ?? nil)")
                #expect(try await Self.record(kubectl) == nil, "nothing to remember, nothing written")

                brokers.leaveGhost()
                let message = try await Self.await("False", "GhostMember", kubectl)
                #expect(message.contains("vernemq-k8s-2"), "\(message)")
                try await eventually("the right to run commands is missing", within: .seconds(60)) {
                    let events = try await kubectl(
                        "get",
                        "events",
                        "-o",
                        "jsonpath={.items[*].message}",
                        "--field-selector",
                        "reason=ExecNotPermitted,involvedObject.kind=StatefulSet"
                    )
                    let command = "vmq-admin cluster leave node=\(brokers.node(2))"
                    return events.contains("exec vernemq-k8s-1 -c vernemq -- \(command)") ? true : nil
                }
                // A person runs it.
                brokers.removeGhost()
                try await Self.await("True", "MembersAgree", kubectl)
                try await eventually("the memory is empty", within: .seconds(60)) {
                    try await Self.record(kubectl)?.contains("pending") == true ? nil : true
                }
            }
        }

        /// Waits for the condition `Clustered`; the message is returned.
        @discardableResult
        private static func await(_ value: String, _ reason: String, _ kubectl: Kubectl) async throws -> String {
            try await eventually("Clustered is \(value), \(reason)", within: .seconds(150)) {
                let status = try await kubectl.object("vernemq", "k8s")["status"] ?? [:]
                let condition = WorkloadControllerTests.condition("Clustered", status)
                guard condition?["status"]?.stringValue == value, condition?["reason"]?.stringValue == reason else {
                    return nil
                }
                return condition?["message"]?.stringValue
            }
        }

        private static func record(_ kubectl: Kubectl) async throws -> String? {
            let set = try await kubectl.statefulSet("vernemq-k8s")
            return set["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/membership"]?.stringValue
        }

        /// Has a pod run and be Ready, as kubelet would say.
        private static func run(_ ordinal: Int, _ kubectl: Kubectl) async throws {
            let path = "/api/v1/namespaces/\(kubectl.namespace ?? "")/pods/vernemq-k8s-\(ordinal)/status"
            try await eventually("pod \(ordinal) runs", within: .seconds(60)) {
                var pod = try await kubectl.object("pod", "vernemq-k8s-\(ordinal)")
                let name = pod["spec"]?["containers"]?[0]?["name"] ?? ""
                let image = pod["spec"]?["containers"]?[0]?["image"] ?? ""
                let since = pod["metadata"]?["creationTimestamp"] ?? ""
                let address: JSONValue = .string("127.0.2.\(ordinal + 1)")
                pod["status"]?["phase"] = "Running"
                pod["status"]?["podIP"] = address
                pod["status"]?["podIPs"] = [["ip": address]]
                pod["status"]?["conditions"] = [["type": "Ready", "status": "True", "lastTransitionTime": since]]
                pod["status"]?["containerStatuses"] = [
                    [
                        "name": name, "image": image, "imageID": "", "ready": true, "restartCount": 0,
                        "state": ["running": ["startedAt": since]],
                    ]
                ]
                let answer = try await kubectl.run(
                    ["replace", "--raw", path, "-f", "-"],
                    input: pod.serializedString()
                )
                return answer.status == 0 ? true : nil
            }
        }
    }
}

/// Two brokers that tell their views at their pods' addresses.
private final class Brokers: Sendable {
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

    func leaveGhost() { members.withLock { $0[2] = false } }
    func removeGhost() { members.withLock { $0[2] = nil } }

    private func respond(to request: HTTPRequest) -> HTTPResponse {
        let host = request.fields["Host"]?.split(separator: ":").first ?? ""
        guard request.path == "/status.json", let last = host.split(separator: ".").last.flatMap({ Int($0) }) else {
            return .text(.notFound, "not here")
        }
        var rows = JSONObject()
        for (ordinal, isRunning) in members.withLock({ $0 }) { rows[node(ordinal)] = .bool(isRunning) }
        let view: JSONValue = [
            .object([node(last - 1): ["version": "2.1.1", "num_online": 1, "mystatus": [.object(rows)]]])
        ]
        return .json(.ok, view.serialized())
    }
}

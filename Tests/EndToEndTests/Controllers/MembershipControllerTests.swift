import Document
import Testing

extension Controllers {
    /// What is said of members, with pods that no kubelet runs and brokers that are one small HTTP server.
    @Suite("Members of a cluster")
    struct MembershipControllerTests {
        @Test("a cluster is told as whole; a dead member is told with the command, where commands are not permitted")
        func ghost() async throws {
            let kubectl = try await ControllerBed.current.namespace("members")
            try await Brokers.run(namespace: kubectl.namespace ?? "") { brokers in
                try await kubectl("apply", "-f", "-", input: brokers.resource)
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
        ///
        /// - Parameter own: its address; nil for a loopback address of its own, where the API server proxies nothing.
        static func run(_ ordinal: Int, at own: String? = nil, _ kubectl: Kubectl) async throws {
            let path = "/api/v1/namespaces/\(kubectl.namespace ?? "")/pods/vernemq-k8s-\(ordinal)/status"
            try await eventually("pod \(ordinal) runs", within: .seconds(60)) {
                var pod = try await kubectl.object("pod", "vernemq-k8s-\(ordinal)")
                let name = pod["spec"]?["containers"]?[0]?["name"] ?? ""
                let image = pod["spec"]?["containers"]?[0]?["image"] ?? ""
                let since = pod["metadata"]?["creationTimestamp"] ?? ""
                let address: JSONValue = .string(own ?? "127.0.2.\(ordinal + 1)")
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

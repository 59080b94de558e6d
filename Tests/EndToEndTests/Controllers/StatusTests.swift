import Document
import Foundation
import Testing

extension Controllers {
    /// `status` as its users call it, with pods that no kubelet runs and brokers that are one small HTTP server behind the
    /// API server's proxy.
    @Suite("status")
    struct StatusTests {
        /// An address of this machine that the API server connects to for a pod; it does not for loopback addresses.
        private static let address = Host.current().addresses.first {
            $0.contains(".") && !$0.hasPrefix("127.") && !$0.hasPrefix("169.254.")
        }

        @Test(
            "kubectl vernemq status tells how a cluster stands, follows it, and says what somebody may not ask",
            .enabled(if: address != nil, "this machine has no address but loopback")
        )
        func status() async throws {
            let bed = try ControllerBed.current
            let kubectl = try await bed.namespace("status")
            try await Brokers.run(namespace: kubectl.namespace ?? "") { brokers in
                try await kubectl("apply", "-f", "-", input: brokers.resource)
                try await WorkloadControllerTests.awaitPods(2, kubectl)
                for ordinal in 0..<2 {
                    try await MembershipControllerTests.run(ordinal, at: Self.address, kubectl)
                }
                try await Self.tellsWhole(kubectl)
                try await Self.followsGhost(brokers, kubectl, bed.plane)
                try await Self.respectsRights(kubectl, bed.plane)
            }
        }

        private static func tellsWhole(_ kubectl: Kubectl) async throws {
            let cluster = try await eventually("all is known", within: .seconds(120)) { () -> JSONValue? in
                let answer = try await plugin(kubectl, "status", "-o", "json", "--no-exec")
                let cluster = try JSONValue(parsing: answer.standardOutput)["clusters"]?[0] ?? [:]
                let reasons = cluster["remarks"]?.arrayValue?.compactMap { $0["reason"]?.stringValue }
                // There is no kubelet that would run the operator's commands.
                guard let reasons, Set(reasons).isSubset(of: ["ExecNotPermitted", "ApplyFailed"]) else { return nil }
                #expect((answer.status == 0) == reasons.isEmpty)
                return cluster
            }
            #expect(cluster["resource"] == "k8s" && cluster["statefulSet"] == "vernemq-k8s", "\(cluster)")
            #expect(cluster["readyReplicas"] == 2 && cluster["configured"] == true)
            #expect(cluster["configurationDigest"]?.stringValue?.isEmpty == false)
            let brokers = cluster["brokers"]?.arrayValue ?? []
            try #require(brokers.count == 2)
            for broker in brokers {
                #expect(broker["membership"] == "Member" && broker["version"] == "2.1.1", "\(broker)")
                #expect(broker["listedBy"] == ["vernemq-k8s-0", "vernemq-k8s-1"])
                #expect(broker["listeners"]?[0] == ["type": "mqtt", "address": "0.0.0.0:1883", "status": "running"])
            }
            let answer = try await plugin(kubectl, "status", "vernemq/k8s", "-o", "wide")
            #expect(answer.standardOutput.contains("vernemq-k8s-1  yes    Member      2     2 of 2     2.1.1"))
            #expect(answer.standardError.contains("plugins and configuration of vernemq-k8s-0"), "no pod runs commands")
        }

        private static func followsGhost(_ brokers: Brokers, _ kubectl: Kubectl, _ plane: ControlPlane) async throws {
            let watch = try TetheredProcess(
                wrapping: Repository.operatorExecutable.path,
                [
                    "status", "k8s", "--kubeconfig", kubectl.kubeconfig, "-n", kubectl.namespace ?? "", "--no-exec",
                    "--watch", "--interval", "1s",
                ],
                log: plane.directory.appendingPathComponent("status-\(kubectl.namespace ?? "")")
            )
            try await finally {
                try await eventually("the first answer", within: .seconds(30)) {
                    try watch.printed.contains("2 of 2 brokers ready") ? true : nil
                }
                let first = try watch.printed
                #expect(!first.contains("GhostMember"), "\(first)")
                brokers.leaveGhost()
                try await eventually("the change is shown", within: .seconds(30)) {
                    try watch.printed.contains("GhostMember: vernemq-k8s-2") ? true : nil
                }
            } do: {
                let status = try await watch.stop()
                #expect(status == 1, "the status of what was shown last")
            }
            let printed = try watch.printed
            #expect((2...6).contains(printed.components(separatedBy: "VerneMQ k8s, ").count - 1), "\(printed)")
            brokers.removeGhost()
        }

        /// With the right to read objects and no other, the operator's word is what there is.
        private static func respectsRights(_ kubectl: Kubectl, _ plane: ControlPlane) async throws {
            let namespace = kubectl.namespace ?? ""
            try await kubectl("create", "serviceaccount", "reader")
            try await grant("reader", "get,list", "pods,statefulsets.apps,vernemqs.vmq.k8s.vernemq.com", kubectl)
            let kubeconfig = try await ServiceAccountAccess.kubeconfig(
                of: "reader",
                in: namespace,
                plane,
                name: "reader-\(namespace)"
            )
            let reader = Kubectl(executable: kubectl.executable, kubeconfig: kubeconfig.path, namespace: namespace)
            let answer = try await eventually("the operator has written of members", within: .seconds(90)) {
                let answer = try await plugin(reader, "status", "k8s", "-o", "json")
                return answer.standardOutput.contains(#""membership": "Member""#) ? answer : nil
            }
            let notes = answer.standardError
            #expect(notes.contains(#"cannot get resource "pods/proxy""#), "\(notes)")
            #expect(notes.contains(#"cannot get resource "pods/exec""#), "\(notes)")
            let broker = try JSONValue(parsing: answer.standardOutput)["clusters"]?[0]?["brokers"]?[0]
            // The operator may not have seen yet that the ghost is gone.
            #expect(broker?["seesCount"]?.integerValue ?? 0 >= 2, "\(broker ?? nil)")
            #expect(broker?["sees"] == nil && broker?["plugins"] == nil, "\(broker ?? nil)")

            // What docs/status.md asks for is enough.
            try await grant("more", "get,list", "configmaps,persistentvolumeclaims", kubectl)
            try await grant("proxy", "get", "pods/proxy", kubectl)
            try await grant("exec", "get,create", "pods/exec", kubectl)
            try await eventually("nothing is forbidden any more", within: .seconds(30)) {
                let answer = try await plugin(reader, "status", "k8s")
                return answer.standardError.contains("forbidden") ? nil : true
            }
        }

        private static func grant(
            _ name: String,
            _ verbs: String,
            _ resources: String,
            _ kubectl: Kubectl
        ) async throws {
            let account = "--serviceaccount=\(kubectl.namespace ?? ""):reader"
            try await kubectl("create", "role", name, "--verb=\(verbs)", "--resource=\(resources)")
            try await kubectl("create", "rolebinding", name, "--role=\(name)", account)
        }

        /// Calls it as a plugin of kubectl.
        private static func plugin(_ kubectl: Kubectl, _ arguments: String...) async throws -> Subprocess.Output {
            let directory = try Repository.temporaryDirectory("plugin")
            defer { removeQuietly(directory) }
            try FileManager.default.createSymbolicLink(
                at: directory.appendingPathComponent("kubectl-vernemq"),
                withDestinationURL: Repository.operatorExecutable
            )
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            return try await Subprocess.run(
                kubectl.executable,
                ["vernemq"] + arguments + ["--kubeconfig", kubectl.kubeconfig, "-n", kubectl.namespace ?? ""],
                environment: ["PATH": "\(directory.path):\(path)"]
            )
        }
    }
}

import Document
import KubernetesClient
import Testing
import VerneMQ

@testable import Controller

@Suite("Commands in brokers' containers")
struct BrokerTargetTests {
    static let set: JSONValue = ["metadata": ["name": "mqtt", "namespace": "mq", "uid": "set-1"]]

    static func pod(_ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
        var pod: JSONValue = [
            "metadata": [
                "name": "mqtt-0", "namespace": "mq", "uid": "pod-1",
                "ownerReferences": [["kind": "StatefulSet", "uid": "set-1", "controller": true]],
            ],
            "status": ["containerStatuses": [["name": "vernemq", "state": ["running": [:]]]]],
        ]
        change(&pod)
        return pod
    }

    static let target = BrokerTarget(
        namespace: "mq",
        pod: "mqtt-0",
        podUID: "pod-1",
        setUID: "set-1",
        container: "vernemq"
    )

    @Test("a pod of the set is a target, with both uids and the container's name; a pod of another is none")
    func target() {
        #expect(BrokerTarget(Self.pod(), of: Self.set, container: "vernemq") == Self.target)
        let other = Self.pod {
            $0["metadata"]?["ownerReferences"] = [["kind": "StatefulSet", "uid": "set-2", "controller": true]]
        }
        #expect(BrokerTarget(other, of: Self.set, container: "vernemq") == nil)
        let uncontrolled = Self.pod { $0["metadata"]?["ownerReferences"] = [["kind": "StatefulSet", "uid": "set-1"]] }
        #expect(BrokerTarget(uncontrolled, of: Self.set, container: "vernemq") == nil)
    }

    @Test("before a command runs, the pod must still be the one that was meant")
    func differences() {
        func code(_ change: (inout JSONValue) -> Void) -> String? {
            Self.target.difference(to: Self.pod(change))?.code
        }
        #expect(code { _ in } == nil)
        #expect(code { $0["metadata"]?["uid"] = "pod-2" } == "gone")
        #expect(code { $0["metadata"]?["deletionTimestamp"] = "2026-11-25T20:00:00Z" } == "gone")
        #expect(code { $0["metadata"]?["ownerReferences"] = [] } == "gone")
        #expect(
            code { $0["metadata"]?["ownerReferences"] = [["kind": "StatefulSet", "uid": "set-2", "controller": true]] }
                == "gone"
        )
        #expect(code { $0["status"] = [:] } == "not-running")
        #expect(
            code { $0["status"]?["containerStatuses"] = [["name": "sidecar", "state": ["running": [:]]]] }
                == "not-running"
        )
    }

    @Test(
        "what stands in the way of a command is told apart",
        arguments: [
            (PodExecError.forbidden("no"), "not-permitted"), (.notFound("no"), "gone"),
            (.notRunning("no"), "not-running"), (.notStarted("no"), "not-started"), (.timedOut, "timed-out"),
            (.cancelled, "cancelled"), (.unauthorized("no"), "unavailable"),
            (.refused(status: 500, "no"), "unavailable"),
        ]
    )
    func errors(error: PodExecError, code: String) {
        #expect(BrokerExecError(error).code == code)
    }

    @Test("an alert that comes with exit code 0 is a failure all the same, and a table is rows")
    func admin() async throws {
        let exec = ScriptedExec { command in
            command.arguments.contains("show")
                ? BrokerOutput(output: #"{"type":"table","table":[{"Plugin":"vmq_acl"}]}"#)
                : BrokerOutput(output: "Can't enable plugin: x due to plugin_not_found\n")
        }
        let rows = try await exec.admin(["plugin", "show"], in: Self.target).rows
        #expect(rows.first?["Plugin"] == "vmq_acl")
        await #expect(throws: BrokerExecError.failed(.refused("Can't enable plugin: x due to plugin_not_found"))) {
            try await exec.admin(["plugin", "enable", "--name=x"], in: Self.target)
        }
    }
}

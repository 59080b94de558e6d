import Document
import Testing

extension EndToEnd {
    /// Law 1: no restart that the user did not ask for. What changes the template restarts brokers; nothing else may.
    @Suite("Stability")
    struct StabilityTests {
        @Test("applying the same manifest again changes nothing and makes no new revision", arguments: Example.all)
        func secondApply(example: Example) async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("second-apply")
            let manifest = example.manifest(labelled: true)
            try await kubectl("apply", "-f", "-", input: manifest)
            let revisions = try await settledRevisions(kubectl)
            let before = try await kubectl.statefulSet("mqtt")

            try await kubectl("apply", "-f", "-", input: manifest)
            let after = try await kubectl.statefulSet("mqtt")
            #expect(after["spec"]?.serializedString() == before["spec"]?.serializedString())
            #expect(after["metadata"]?["generation"] == before["metadata"]?["generation"])
            #expect(try await settledRevisions(kubectl) == revisions)
        }

        @Test("changing replicas changes nothing in the template")
        func replicas() async throws {
            let kubectl = try await TestBed.current.namespace("replicas")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true, replicas: 2))
            let template = try await kubectl.template(of: "mqtt")

            try await kubectl("scale", "statefulset", "mqtt", "--replicas=5")
            #expect(try await kubectl.template(of: "mqtt") == template)
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true, replicas: 1))
            #expect(try await kubectl.statefulSet("mqtt")["spec"]?["replicas"] == 1)
            #expect(try await kubectl.template(of: "mqtt") == template)
            try await kubectl("patch", "statefulset", "mqtt", "--type=merge", "-p", #"{"spec":{"replicas":0}}"#)
            #expect(try await kubectl.template(of: "mqtt") == template)
        }

        @Test("labels, annotations and an update strategy of the user's own change nothing in the template")
        func unrelatedUpdates() async throws {
            let kubectl = try await TestBed.current.namespace("unrelated")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            let template = try await kubectl.template(of: "mqtt")
            try await kubectl("label", "statefulset", "mqtt", "team=messaging")
            try await kubectl("annotate", "statefulset", "mqtt", "example.com/note=hello")
            let strategy = #"{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}"#
            try await kubectl("patch", "statefulset", "mqtt", "--type=merge", "-p", strategy)
            #expect(try await kubectl.template(of: "mqtt") == template)
        }

        @Test("manifest X, then Y, then X again gives the bytes of the first X", arguments: Sender.allCases)
        func thereAndBack(sender: Sender) async throws {
            let kubectl = try await TestBed.current.namespace("there-and-back")
            let x = Manifest.statefulSet(labelled: true)
            let y = Manifest.statefulSet(
                labelled: true,
                annotations: ["vmq.k8s.vernemq.com/leave-timeout: 20m"],
                image: "docker.io/vernemq/vernemq:2.1.2",
                environment: ["- {name: FIRST, value: \"1\"}", "- {name: SECOND, value: $(FIRST)}"]
            )
            try await kubectl("create", "--save-config", "-f", "-", input: x)
            try await sender.send(x, with: kubectl)
            let first = try await kubectl.template(of: "mqtt")
            try await sender.send(y, with: kubectl)
            let second = try await kubectl.statefulSet("mqtt")
            #expect(Injected.faults(in: second).isEmpty)
            #expect(second["spec"]?["template"]?.serializedString() != first)
            try await sender.send(x, with: kubectl)
            #expect(try await kubectl.template(of: "mqtt") == first)
        }

        @Test("rollout undo brings template and ledger back together", .needsControllerManager)
        func rolloutUndo() async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("undo")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            let first = try await kubectl.template(of: "mqtt")
            #expect(try await settledRevisions(kubectl).count == 1)
            let changed = Manifest.statefulSet(
                labelled: true,
                image: "docker.io/vernemq/vernemq:2.1.2",
                environment: ["- {name: FIRST, value: \"1\"}"]
            )
            try await kubectl("apply", "-f", "-", input: changed)
            #expect(try await settledRevisions(kubectl).count == 2)

            try await kubectl("rollout", "undo", "statefulset/mqtt")
            #expect(try await kubectl.template(of: "mqtt") == first)
            #expect(try await settledRevisions(kubectl).count == 2, "the first revision is taken up again")
        }

        @Test("a user adds and removes env entries, and ours stay whole", arguments: Sender.allCases)
        func environment(sender: Sender) async throws {
            let kubectl = try await TestBed.current.namespace("environment")
            let plain = Manifest.statefulSet(labelled: true)
            try await kubectl("create", "--save-config", "-f", "-", input: plain)
            try await sender.send(plain, with: kubectl)
            let template = try await kubectl.template(of: "mqtt")
            let edits = [
                ["- {name: AAA, value: \"1\"}"],
                ["- {name: ZZZ, value: $(VMQ_OPERATOR_POD_NAME)}", "- {name: AAA, value: \"1\"}"],
                ["- {name: BBB, value: \"2\"}", "- {name: MY_POD_NAME, value: mine}", "- {name: AAA, value: \"3\"}"],
            ]
            for edit in edits {
                try await sender.send(Manifest.statefulSet(labelled: true, environment: edit), with: kubectl)
                let stored = try await kubectl.statefulSet("mqtt")
                #expect(Injected.faults(in: stored).isEmpty, "after \(edit)")
                #expect(Injected.environment(of: stored)["AAA"] != nil)
            }
            try await sender.send(plain, with: kubectl)
            #expect(try await kubectl.template(of: "mqtt") == template)
        }

        @Test("kubectl set env and kubectl set image keep the injection whole")
        func imperativeEdits() async throws {
            let kubectl = try await TestBed.current.namespace("imperative")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            let template = try await kubectl.template(of: "mqtt")
            try await kubectl("set", "env", "statefulset/mqtt", "COLOUR=green", "--containers=vernemq")
            let coloured = try await kubectl.statefulSet("mqtt")
            #expect(Injected.faults(in: coloured).isEmpty)
            #expect(Injected.environment(of: coloured)["COLOUR"] == "green")
            try await kubectl("set", "image", "statefulset/mqtt", "vernemq=docker.io/vernemq/vernemq:2.1.2")
            #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)
            try await kubectl("set", "image", "statefulset/mqtt", "vernemq=docker.io/vernemq/vernemq:2.1.1")
            try await kubectl("set", "env", "statefulset/mqtt", "COLOUR-", "--containers=vernemq")
            #expect(try await kubectl.template(of: "mqtt") == template)
        }

        /// The revisions once the controller has seen the newest generation; empty without a controller manager.
        private func settledRevisions(_ kubectl: Kubectl) async throws -> [String] {
            guard ControlPlane.hasControllerManager else { return [] }
            try await eventually("the StatefulSet controller has seen the newest generation") {
                let stored = try await kubectl.statefulSet("mqtt")
                let observed = stored["status"]?["observedGeneration"]
                return observed != nil && observed == stored["metadata"]?["generation"] ? true : nil
            }
            return try await kubectl.revisions(of: "mqtt")
        }
    }

    /// The ways in which people and tools send a manifest.
    enum Sender: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case apply = "kubectl apply"
        case serverSideApply = "kubectl apply --server-side"
        case replace = "kubectl replace"

        var testDescription: String { rawValue }

        func send(_ manifest: String, with kubectl: Kubectl) async throws {
            switch self {
            case .apply:
                try await kubectl("apply", "-f", "-", input: manifest)
            case .serverSideApply:
                try await kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input: manifest)
            case .replace:
                try await kubectl("replace", "-f", "-", input: manifest)
            }
        }
    }
}

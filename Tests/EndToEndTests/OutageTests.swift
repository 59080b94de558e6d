import Document
import Foundation
import Testing

extension EndToEnd {
    /// Law 6: fail closed on what is ours, touch nothing else. In these namespaces the webhooks call a port that nobody
    /// listens on.
    @Suite("While the operator is down")
    struct OutageTests {
        @Test("a labelled StatefulSet cannot be created")
        func labelledIsBlocked() async throws {
            let kubectl = try await TestBed.current.namespace("down", servedAs: TestBed.down)
            let refusal = try await kubectl.refusal("create", "-f", "-", input: Manifest.statefulSet(labelled: true))
            #expect(refusal.contains("failed calling webhook"))
            #expect(try await kubectl("get", "statefulset", "-o", "name").isEmpty)
        }

        @Test("a VerneMQ resource cannot be created")
        func resourceIsBlocked() async throws {
            let kubectl = try await TestBed.current.namespace("down", servedAs: TestBed.down)
            let refusal = try await kubectl.refusal("create", "-f", "-", input: Manifest.resource(spec: "{size: 3}"))
            #expect(refusal.contains("failed calling webhook"))
        }

        @Test("an unlabelled StatefulSet is created, changed and deleted as ever")
        func unlabelledPasses() async throws {
            let kubectl = try await TestBed.current.namespace("down", servedAs: TestBed.down)
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(replicas: 1))
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(replicas: 0))
            try await kubectl("delete", "statefulset", "mqtt", "--timeout=60s")
        }

        @Test("other kinds of objects pass", arguments: ["{vmq.k8s.vernemq.com/config: vernemq}", "{app: other}"])
        func configMapsPass(labels: String) async throws {
            let kubectl = try await TestBed.current.namespace("down", servedAs: TestBed.down)
            let configMap = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: mqtt, labels: \(labels)}
                data: {vernemq.conf: "allow_anonymous = off"}

                """
            try await kubectl("apply", "-f", "-", input: configMap)
        }

        @Test("a labelled StatefulSet can be deleted, though its finalizers go by an UPDATE")
        func deletionPasses() async throws {
            let kubectl = try await TestBed.current.namespace("down")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true, replicas: 0))
            let finalizer = #"{"metadata":{"finalizers":["example.com/hold"]}}"#
            try await kubectl("patch", "statefulset", "mqtt", "--type=merge", "-p", finalizer)
            try await takeDown(kubectl)

            try await kubectl("delete", "statefulset", "mqtt", "--wait=false")
            try await kubectl("patch", "statefulset", "mqtt", "--type=merge", "-p", #"{"metadata":{"finalizers":[]}}"#)
            try await eventually("the StatefulSet is gone") {
                try await kubectl.run(["get", "statefulset", "mqtt"]).status == 0 ? nil : true
            }
        }

        @Test(
            "an UPDATE of a labelled StatefulSet is refused where the server can exempt deletions, and passes elsewhere"
        )
        func updates() async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("down")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true, replicas: 0))
            let template = try await kubectl.template(of: "mqtt")
            try await takeDown(kubectl)
            let outcome = try await kubectl.run(["annotate", "statefulset", "mqtt", "example.com/note=1"])
            #expect((outcome.status == 0) == !bed.hasMatchConditions, "\(outcome.standardError)")
            #expect(try await kubectl.template(of: "mqtt") == template)
        }

        @Test("it all works again as soon as the operator is back")
        func recovery() async throws {
            let bed = try TestBed.current
            let port = try LoopbackPort.unused()
            let log = bed.plane.directory.appendingPathComponent("operator-recovery.log")
            let first = try await OperatorProcess.start(certificates: bed.certificates, port: port, log: log)
            let kubectl: Kubectl
            do {
                try await bed.install("recovery", calling: first.url, namespaces: .marked("recovery"))
                kubectl = try await bed.namespace("recovery", servedAs: .marked("recovery"))
                try await kubectl(
                    "create",
                    "-f",
                    "-",
                    input: Manifest.statefulSet("before", labelled: true, replicas: 0)
                )
            } catch {
                try await first.stop()
                throw error
            }
            #expect(try await first.stop() == 0)
            let refusal = try await kubectl.refusal("create", "-f", "-", input: Manifest.statefulSet(labelled: true))
            #expect(refusal.contains("failed calling webhook"))

            let second = try await OperatorProcess.start(certificates: bed.certificates, port: port, log: log)
            try await finally {
                try await kubectl("create", "-f", "-", input: Manifest.statefulSet(labelled: true, replicas: 0))
                #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)
                let before = try await kubectl.template(of: "before")
                try await kubectl("scale", "statefulset", "before", "--replicas=1")
                #expect(try await kubectl.template(of: "before") == before)
            } do: {
                let status = try await second.stop()
                #expect(status == 0)
            }
        }

        /// Hands the namespace over to webhooks that call nobody, and waits until they do.
        private func takeDown(_ kubectl: Kubectl) async throws {
            for (key, value) in TestBed.down.labels {
                try await kubectl("label", "namespace", kubectl.namespace ?? "", "\(key)=\(value)")
            }
            try await TestBed.current.awaitOutage(in: kubectl)
        }
    }
}

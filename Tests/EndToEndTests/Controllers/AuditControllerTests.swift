import Document
import Foundation
import Testing

extension Controllers {
    /// What the controllers do about labelled StatefulSets of the user's own.
    @Suite("Injection audit")
    struct AuditControllerTests {
        @Test("the Role and binding of a labelled set are made, and come back when deleted")
        func permissions() async throws {
            let kubectl = try await ControllerBed.current.namespace("permissions")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            for name in ["role/mqtt-vernemq", "rolebinding/mqtt-vernemq"] {
                try await Self.await(name, kubectl)
                try await kubectl("delete", name)
                try await Self.await(name, kubectl)
            }
            let account = "system:serviceaccount:\(kubectl.namespace ?? ""):default"
            try await kubectl("auth", "can-i", "list", "pods", "--as", account)
            try await kubectl("auth", "can-i", "get", "statefulsets/mqtt", "--as", account)
        }

        @Test("a set without its headless Service is told about, and no more once it is there")
        func service() async throws {
            let kubectl = try await ControllerBed.current.namespace("service")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            try await Self.awaitEvent("GoverningServiceMissing", kubectl)
            try await kubectl(
                "apply",
                "-f",
                "-",
                input: """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: mqtt}
                    spec: {clusterIP: None, selector: {app: mqtt}, ports: [{name: mqtt, port: 1883}]}

                    """
            )
            try await Self.awaitEvent("GoverningServiceHidesUnready", kubectl)
        }

        @Test("a set that slipped through is injected at once while it has no pod, else the command is named")
        func missing() async throws {
            let kubectl = try await ControllerBed.current.namespace("missing")
            try await kubectl("label", "namespace", kubectl.namespace ?? "", ControllerBed.unserved)
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet("idle", labelled: true, replicas: 0))
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet("busy", labelled: true))
            #expect(!Injected.isInjected(try await kubectl.statefulSet("busy")))
            try await Self.awaitEvent("InjectionMissing", kubectl)
            try await eventually("the set without pods is injected", within: .seconds(60)) {
                Injected.faults(in: try await kubectl.statefulSet("idle")).isEmpty ? true : nil
            }
            #expect(!Injected.isInjected(try await kubectl.statefulSet("busy")))
            let events = try await kubectl("get", "events", "-o", "json")
            #expect(events.contains("kubectl annotate statefulset busy"), "\(events)")
        }

        private static func `await`(_ name: String, _ kubectl: Kubectl) async throws {
            try await eventually("\(name) is there", within: .seconds(60)) {
                try await kubectl.run(["get", name]).status == 0 ? true : nil
            }
        }

        private static func awaitEvent(_ reason: String, _ kubectl: Kubectl) async throws {
            try await eventually("an event says \(reason)", within: .seconds(60)) {
                let events = try await kubectl(
                    "get",
                    "events",
                    "-o",
                    "name",
                    "--field-selector",
                    "reason=\(reason)"
                )
                return events.isEmpty ? nil : true
            }
        }
    }
}

import Document
import Testing

/// An operator that is limited to one namespace, by its flags, its rights and its webhooks.
@Suite("Controllers of one namespace", .controllers(of: "mqtt"), .needsControllerManager, .timeLimit(.minutes(10)))
struct ScopedControllerTests {
    @Test("they do all of their work there with a Role, and nothing anywhere else")
    func oneNamespace() async throws {
        let bed = try ControllerBed.current
        var kubectl = bed.plane.kubectl
        kubectl.namespace = bed.scope
        try await kubectl("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample())
        let elsewhere = try await bed.namespace("elsewhere")
        try await elsewhere("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample())

        try await Controllers.WorkloadControllerTests.awaitObjects(kubectl)
        #expect(Injected.faults(in: try await kubectl.statefulSet("vernemq-k8s")).isEmpty)
        let status = try await Controllers.WorkloadControllerTests.settledStatus(kubectl)
        #expect(Controllers.WorkloadControllerTests.condition("Injected", status)?["status"] == "True", "\(status)")
        try await kubectl("delete", "service", "vernemq-k8s")
        try await eventually("the Service is back", within: .seconds(60)) {
            try await kubectl.run(["get", "service", "vernemq-k8s"]).status == 0 ? true : nil
        }

        // Two rounds of the operator's own looks, which are five seconds apart here.
        try await Task.sleep(for: .seconds(12))
        #expect(try await elsewhere.object("vernemq", "k8s")["status"] == nil)
        let kinds = "statefulsets,services,secrets,roles"
        #expect(try await elsewhere("get", kinds, "-o", "name", "-l", Self.ours).isEmpty)
    }

    @Test("its service account is bound to no ClusterRole but that of its webhook configurations")
    func bindings() async throws {
        let kubectl = try ControllerBed.current.plane.kubectl
        let text = try await kubectl("get", "clusterrolebindings", "-o", "json")
        let bindings = try JSONValue(parsing: text)["items"]?.arrayValue ?? []
        let roles = bindings.compactMap { binding -> String? in
            let isOurs = (binding["subjects"]?.arrayValue ?? []).contains {
                $0["name"]?.stringValue == ControllerBed.release
                    && $0["namespace"]?.stringValue == ControllerBed.namespace
            }
            return isOurs ? binding["roleRef"]?["name"]?.stringValue : nil
        }
        #expect(roles == [ControllerBed.release + "-certificates"])
    }

    /// The label of what the operator makes.
    private static let ours = "app.kubernetes.io/managed-by=vernemq-operator"
}

/// Webhooks in a process without controllers.
@Suite("Webhooks alone", .webhooksAlone, .needsControllerManager, .timeLimit(.minutes(10)))
struct WebhooksAloneTests {
    @Test("they elect who looks after the certificates by a Lease of their own, which the chart lets them hold")
    func lease() async throws {
        let bed = try ControllerBed.current
        try await eventually("the replica leads", within: .seconds(60)) {
            try await bed.replica.isLeading() ? true : nil
        }
        var kubectl = bed.plane.kubectl
        kubectl.namespace = ControllerBed.namespace
        let lease = try await kubectl.object("lease", ControllerBed.release + "-webhooks")
        #expect(lease["spec"]?["holderIdentity"] == "first")
        // Renewing it takes another right than making it.
        let renewed = lease["spec"]?["renewTime"]
        try await eventually("the Lease is renewed", within: .seconds(60)) {
            let now = try await kubectl.object("lease", ControllerBed.release + "-webhooks")["spec"]?["renewTime"]
            return now != renewed ? true : nil
        }
        #expect(try await kubectl.run(["get", "lease", ControllerBed.release]).status != 0)
    }
}

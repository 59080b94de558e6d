import Document
import Foundation
import Testing

/// What the controllers do when things around them die. On a control plane of their own, because they kill it.
@Suite("Controllers in trouble", .mortalControllers, .needsControllerManager, .serialized, .timeLimit(.minutes(10)))
struct ControllerOutageTests {
    @Test("another replica takes over from a leader that hangs, and from one that is killed, and does nothing twice")
    func takeover() async throws {
        let bed = try ControllerBed.current
        let kubectl = try await bed.namespace("takeover")
        #expect(try await bed.replica.isLeading())
        let second = try await Replica.start("second", beside: bed.plane, port: try LoopbackPort.unused())
        #expect(try await second.isLeading() == false)

        try await bed.replica.signal("STOP")
        try await eventually("the second leads", within: .seconds(30)) { try await second.isLeading() ? true : nil }
        try await bed.replica.signal("CONT")
        try await eventually("the first has noticed", within: .seconds(30)) {
            try await bed.replica.isLeading() ? nil : true
        }
        try await kubectl("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample())
        try await Controllers.WorkloadControllerTests.awaitObjects(kubectl)

        try await Controllers.WorkloadControllerTests.awaitPods(2, kubectl)
        let before = try await Controllers.WorkloadControllerTests.settledVersions(kubectl)
        let status = try await kubectl.object("vernemq", "k8s")["status"]

        try await second.signal("KILL")
        let killed = ContinuousClock.now
        try await eventually("the first leads again", within: .seconds(30)) {
            try await bed.replica.isLeading() ? true : nil
        }
        // The Lease lasts six seconds here; the rest is for a busy machine.
        #expect(ContinuousClock.now - killed < .seconds(12))
        try await second.stop()
        // The new leader looks at everything, more than once, and has nothing to do.
        try await Task.sleep(for: .seconds(12))
        let after = try await Controllers.WorkloadControllerTests.versions(kubectl)
        #expect(after == before)
        #expect(try await kubectl.object("vernemq", "k8s")["status"] == status)
        try await kubectl("delete", "service", "vernemq-k8s")
        try await eventually("the Service is back", within: .seconds(60)) {
            try await kubectl.run(["get", "service", "vernemq-k8s"]).status == 0 ? true : nil
        }
    }

    @Test("a killed API server costs no change")
    func apiServer() async throws {
        let bed = try ControllerBed.current
        let kubectl = try await bed.namespace("outage")
        try await kubectl("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample())
        try await Controllers.WorkloadControllerTests.awaitObjects(kubectl)
        let template = try await kubectl.template(of: "vernemq-k8s")

        try await bed.plane.kill("kube-apiserver")
        try await Task.sleep(for: .seconds(3))
        try await bed.plane.revive("kube-apiserver")
        try await eventually("the API server is back", within: .seconds(120)) {
            try await kubectl.run(["get", "namespace"]).status == 0 ? true : nil
        }
        try await kubectl("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample(size: 4))
        try await eventually("the change has been carried out", within: .seconds(120)) {
            try await kubectl.statefulSet("vernemq-k8s")["spec"]?["replicas"] == 4 ? true : nil
        }
        #expect(try await kubectl.template(of: "vernemq-k8s") == template)
    }
}

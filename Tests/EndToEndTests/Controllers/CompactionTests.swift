import Foundation
import Testing

/// What happened while nobody watched, and that no watch can make up for. On a control plane of its own, because it kills
/// the API server.
@Suite("Controllers and a history that is gone", .forgetfulServer, .needsControllerManager, .timeLimit(.minutes(10)))
struct CompactionTests {
    @Test("controllers whose watches are too old list anew, and miss no change")
    func compaction() async throws {
        let bed = try ControllerBed.current
        let kubectl = try await bed.namespace("compacted")
        try await kubectl("apply", "-f", "-", input: Controllers.WorkloadControllerTests.sample())
        try await Controllers.WorkloadControllerTests.awaitObjects(kubectl)
        try await Controllers.WorkloadControllerTests.awaitPods(2, kubectl)
        let template = try await kubectl.template(of: "vernemq-k8s")
        let version = try await kubectl("get", "service", "vernemq-k8s", "-o", "jsonpath={.metadata.resourceVersion}")
        let before = try await Metrics(bed.replica)

        // Stopped, it sees neither the changes nor that its connections are gone.
        try await bed.replica.signal("STOP")
        try await finally {
            try await bed.plane.kill("kube-apiserver")
            try await bed.plane.revive("kube-apiserver")
            try await eventually("the API server is back", within: .seconds(120)) {
                try await kubectl.run(["get", "--raw", "/readyz"]).status == 0 ? true : nil
            }
            try await kubectl("delete", "service/vernemq-k8s", "role/vernemq-k8s-vernemq")
            try await forget(version, kubectl)
        } do: {
            try await bed.replica.signal("CONT")
        }

        for name in ["service/vernemq-k8s", "role/vernemq-k8s-vernemq"] {
            try await eventually("\(name) is back", within: .seconds(120)) {
                try await kubectl.run(["get", name]).status == 0 ? true : nil
            }
        }
        #expect(try await kubectl.template(of: "vernemq-k8s") == template)
        let after = try await Metrics(bed.replica)
        // It has led all the time, so that it was the watches that began anew and not the controllers.
        #expect(try bed.replica.log.components(separatedBy: "controllers synced").count == 2)
        #expect(after.serviceLists > before.serviceLists)
        #expect(after.memory < before.memory + 24 * 1_048_576, "\(before) \(after)")
    }

    /// Changes things until etcd has forgotten a version.
    private func forget(_ version: String, _ kubectl: Kubectl) async throws {
        let path = "/api/v1/services?resourceVersion=\(version)&resourceVersionMatch=Exact"
        var round = 0
        try await eventually("version \(version) is forgotten", within: .seconds(60)) {
            round += 1
            try await kubectl("annotate", "--overwrite", "serviceaccount", "default", "round=\(round)")
            let answer = try await kubectl.run(["get", "--raw", path])
            return answer.standardError.contains("too old") || answer.standardError.contains("expired")
                || answer.standardError.contains("compacted") ? true : nil
        }
    }

    private struct Metrics {
        /// Lists of Services that were answered.
        var serviceLists = 0.0
        /// Resident bytes.
        var memory = 0.0

        init(_ replica: Replica) async throws {
            for line in try await replica.observe("/metrics").standardOutput.split(separator: "\n") {
                let value = line.split(separator: " ").last.flatMap { Double($0) } ?? 0
                if line.hasPrefix("process_resident_memory_bytes ") { memory = value }
                guard line.hasPrefix("vernemq_operator_api_requests_total{") else { continue }
                let isList = line.contains(#"verb="list""#) && line.contains(#"resource="services""#)
                if isList, line.contains(#"code="200""#) { serviceLists += value }
            }
        }
    }
}

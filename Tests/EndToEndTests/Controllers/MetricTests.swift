import Foundation
import Testing

extension Controllers {
    /// What docs/observability.md promises to those who build dashboards and alerts on it.
    @Suite("Metrics")
    struct MetricTests {
        @Test("every metric that is documented is exported, and every one that is exported is documented")
        func documented() async throws {
            let text = try String(
                contentsOfFile: Repository.root.appendingPathComponent("docs/observability.md").path,
                encoding: .utf8
            )
            let documented = Set(
                text.matches(of: /`((?:vernemq_operator|process)_[a-z_]+)`/).map { String($0.output.1) }
            )
            let replica = try ControllerBed.current.replica
            // The controllers register theirs when they begin to lead.
            try await eventually("the replica leads") { try await replica.isLeading() ? true : nil }
            let metrics = try await eventually("the queues are there", within: .seconds(60)) {
                let metrics = try await replica.observe("/metrics").standardOutput
                return metrics.contains("vernemq_operator_queue_depth{") ? metrics : nil
            }
            let exported = Set(
                metrics.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.compactMap { line in
                    line.split(separator: " ").dropFirst(2).first.map(String.init)
                }
            )
            #expect(documented.subtracting(exported).sorted() == [], "documented, and not exported")
            #expect(exported.subtracting(documented).sorted() == [], "exported, and not documented")
        }
    }
}

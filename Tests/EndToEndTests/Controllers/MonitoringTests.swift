import Document
import Foundation
import Testing

extension Controllers {
    /// The chart's alerts and dashboards ask for metrics by name, and a name that nobody exports is an alert that never comes.
    @Suite("Monitoring")
    struct MonitoringTests {
        /// What brokers export, of VerneMQ's own list (`vmq-admin metrics show`).
        static let brokerMetrics: Set<String> = [
            "vernemq_bytes_received", "vernemq_bytes_sent", "vernemq_cluster_bytes_dropped",
            "vernemq_cluster_bytes_received", "vernemq_cluster_bytes_sent", "vernemq_mqtt_connect_received",
            "vernemq_mqtt_publish_received", "vernemq_mqtt_publish_sent", "vernemq_netsplit_detected",
            "vernemq_netsplit_resolved", "vernemq_queue_message_drop", "vernemq_queue_message_in",
            "vernemq_queue_message_out", "vernemq_queue_message_unhandled", "vernemq_queue_processes",
            "vernemq_retain_memory", "vernemq_retain_messages", "vernemq_router_memory",
            "vernemq_router_subscriptions", "vernemq_socket_close", "vernemq_socket_error", "vernemq_socket_open",
            "vernemq_system_run_queue", "vernemq_system_utilization",
        ]

        @Test(
            "every metric that alerts and dashboards name is exported",
            arguments: ["alerts.yaml", "dashboards/operator.json", "dashboards/cluster.json"]
        )
        func metricsExist(file: String) async throws {
            let exposition = try await ControllerBed.current.replica.observe("/metrics").standardOutput
            let exported = Set(
                exposition.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
                    .compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }
            )
            let url = URL(fileURLWithPath: Repository.chart).appendingPathComponent(file)
            let named = Set(
                try String(contentsOf: url, encoding: .utf8).matches(of: /(?:vernemq|process)_[a-z_]+/)
                    .map { String($0.output).replacing(/_(bucket|sum|count)$/, with: "") }
            )
            #expect(named.count > 5)
            #expect(named.subtracting(exported).subtracting(Self.brokerMetrics).sorted() == [])
        }

        @Test("dashboards are JSON that Grafana can tell apart")
        func dashboards() throws {
            var identities: Set<String> = []
            for name in ["operator", "cluster"] {
                let url = URL(fileURLWithPath: Repository.chart).appendingPathComponent("dashboards/\(name).json")
                let dashboard = try JSONValue(parsing: try String(contentsOf: url, encoding: .utf8))
                identities.insert(try #require(dashboard["uid"]?.stringValue))
                let panels = dashboard["panels"]?.arrayValue ?? []
                #expect(Set(panels.compactMap { $0["id"]?.integerValue }).count == panels.count)
            }
            #expect(identities.count == 2)
        }
    }
}

import BrokerDouble
import Document
import Foundation
import Testing

extension RealPods {
    /// A setting waits for a restart, and the user wants brokers restarted for that.
    @Suite("Rolling restart")
    struct RollingRestartTests {
        @Test("restartPolicy Rolling restarts each broker once, one after the other, in its pod, and nobody leaves")
        func rolling() async throws {
            try await PodSet.with("rolling", PodSet.Shape(replicas: 2)) { set in
                try await set.settles(2)
                let clients = (0..<2).flatMap { set.store(20, on: $0) }
                try await NamespaceOperator.permit(set, mayExec: true)
                let controllers = try await NamespaceOperator.start(set, name: "only", "--minimum-uptime", "5s")
                try await finally {
                    try await tell(set)
                    try set.keeps(clients)
                } do: {
                    try await controllers.stop()
                }
            }
        }

        private func tell(_ set: PodSet) async throws {
            try await apply("Manual", "console", set)
            try await awaitRestartRequired("True", set)
            let before = try await standing(set)
            // Manual: nobody does anything about it, however long one waits.
            try await Task.sleep(for: .seconds(15))
            try #require(try await standing(set) == before)
            try #require(try await restarts(set) == [0, 0])

            try await apply("Rolling", "console", set)
            var order: [Int] = []
            try await eventually("both have restarted", within: .seconds(150)) { () -> Bool? in
                try #require(set.world { $0.inService.isEmpty } == false, "both were away at once")
                for (ordinal, count) in try await restarts(set).enumerated() where count > 0 && !order.contains(ordinal)
                {
                    order.append(ordinal)
                }
                return order.count == 2 ? true : nil
            }
            try #require(order == [1, 0])
            try await set.settles(2)
            try await awaitRestartRequired("False", set)
            try await Task.sleep(for: .seconds(15))
            try #require(try await restarts(set) == [1, 1], "restarted more often than needed")
            try #require(try await standing(set) == before, "a pod or the template has changed")
            try #require(set.left.isEmpty)
            let values = set.world { world in world.brokers.values.map { $0.configuration.values["log.console"] } }
            try #require(values == ["console", "console"])
        }

        private func apply(_ policy: String, _ console: String, _ set: PodSet) async throws {
            let manifest = """
                apiVersion: vmq.k8s.vernemq.com/v1alpha1
                kind: VerneMQ
                metadata: {name: k8s}
                spec:
                  version: 2.0.1
                  statefulSetRef: {name: mqtt}
                  restartPolicy: \(policy)
                  vmqConfig: log.console = \(console)

                """
            try await set.kubectl("apply", "-f", "-", input: manifest)
        }

        private func awaitRestartRequired(_ wanted: String, _ set: PodSet) async throws {
            try await eventually("RestartRequired is \(wanted)", within: .seconds(90)) {
                let status = try await set.kubectl.object("vernemq", "k8s")["status"]
                let condition = status?["conditions"]?.arrayValue?.first { $0["type"] == "RestartRequired" }
                return condition?["status"]?.stringValue == wanted ? true : nil
            }
        }

        private func restarts(_ set: PodSet) async throws -> [Int64] {
            var counts: [Int64] = []
            for ordinal in 0..<2 {
                let status = set.container("vernemq", of: try await set.pod(ordinal))
                counts.append(status?["restartCount"]?.integerValue ?? -1)
            }
            return counts
        }

        /// What a restart must not change: the template, its revisions, the pods.
        private func standing(_ set: PodSet) async throws -> [String] {
            var parts = [try await set.kubectl.template(of: "mqtt")] + (try await set.kubectl.revisions(of: "mqtt"))
            for ordinal in 0..<2 {
                parts.append(try await set.pod(ordinal)?["metadata"]?["uid"]?.stringValue ?? "none")
            }
            return parts
        }
    }
}

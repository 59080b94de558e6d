import BrokerDouble
import Document
import Foundation
import Testing

extension RealPods {
    /// The Secret with the certificates of a TLS listener changes under running brokers.
    @Suite("Renewal of certificates")
    struct RenewalTests {
        @Test(
            "a new certificate is taken up by clearing the cache, a new authority by another listener, neither by a restart"
        )
        func renewed() async throws {
            let shape = PodSet.Shape(
                replicas: 1,
                annotations: ["vmq.k8s.vernemq.com/config: settings"],
                secret: "listener-tls"
            )
            try await PodSet.with("renewal", shape, before: { try await provide("first", "first", $0) }) { set in
                try await set.settles(1)
                try await NamespaceOperator.permit(set, mayExec: true)
                let controllers = try await NamespaceOperator.start(set, name: "only")
                try await finally {
                    try await tell(set)
                } do: {
                    try await controllers.stop()
                }
            }
        }

        private func tell(_ set: PodSet) async throws {
            try await set.kubectl("apply", "-f", "-", input: Self.configMap)
            let first = try await eventually("the listener is there", within: .seconds(30)) { look(set) }
            let pod = try await set.pod(0)
            let template = try await set.kubectl.template(of: "mqtt")

            try await provide("second", "first", set)
            try await hurry(set)
            let second = try await eventually("the cache is cleared", within: .seconds(150)) {
                look(set).flatMap { $0.clearings > first.clearings ? $0 : nil }
            }
            try #require(second.clearings == first.clearings + 1)
            try #require(second.listener == first.listener, "the listener was touched for a certificate")

            try await provide("second", "second", set)
            try await hurry(set)
            let third = try await eventually("the listener is made anew", within: .seconds(150)) {
                look(set).flatMap { $0.listener != first.listener ? $0 : nil }
            }
            // Two looks of the operator later nothing more has happened.
            try await Task.sleep(for: .seconds(25))
            try #require(look(set) == third)
            let now = try await set.pod(0)
            try #require(now?["metadata"]?["uid"] == pod?["metadata"]?["uid"])
            try #require(
                set.container("vernemq", of: now)?["containerID"] == set.container("vernemq", of: pod)?["containerID"]
            )
            try #require(try await set.kubectl.template(of: "mqtt") == template)
        }

        /// How the broker stands, nil while it has no TLS listener.
        private struct Look: Equatable {
            var listener: Int
            var clearings: Int
        }

        private func look(_ set: PodSet) -> Look? {
            let found = set.world { world -> Look? in
                guard let broker = world.brokers.values.first,
                    let listener = broker.configuration.listeners.first(where: { $0.port == "8883" })
                else { return nil }
                return Look(listener: listener.number, clearings: broker.configuration.clearings)
            }
            return found ?? nil
        }

        /// Writes the Secret, with a certificate and an authority that bear these names.
        private func provide(_ leaf: String, _ authority: String, _ set: PodSet) async throws {
            let directory = set.node.bed.plane.directory.appendingPathComponent("tls-\(set.namespace)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
            for name in Set([leaf, authority]) where !FileManager.default.fileExists(atPath: path("\(name).crt")) {
                _ = try await Subprocess.output(
                    "/usr/bin/env",
                    [
                        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "1", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out",
                        path("\(name).crt"),
                    ]
                )
            }
            let secret = try await set.kubectl(
                "create",
                "secret",
                "generic",
                "listener-tls",
                "--dry-run=client",
                "-o",
                "yaml",
                "--from-file=tls.crt=\(path("\(leaf).crt"))",
                "--from-file=tls.key=\(path("\(leaf).key"))",
                "--from-file=ca.crt=\(path("\(authority).crt"))"
            )
            try await set.kubectl("apply", "-f", "-", input: secret)
        }

        /// kubelet writes a changed Secret into a running pod when it looks at the pod, which is once a minute, and when the
        /// pod itself changes.
        private func hurry(_ set: PodSet) async throws {
            try await set.kubectl("annotate", "pod", "mqtt-0", "--overwrite", "test/looked-at=\(UUID().uuidString)")
        }

        private static let configMap = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, labels: {vmq.k8s.vernemq.com/config: vernemq}}
            data:
              vernemq.conf: |
                listener.ssl.default = 0.0.0.0:8883
                listener.ssl.default.certfile = /etc/tls/tls.crt
                listener.ssl.default.keyfile = /etc/tls/tls.key
                listener.ssl.default.cafile = /etc/tls/ca.crt

            """
    }
}

import Document
import Foundation

/// The controllers of this build for the namespace of one test, with the rights that the chart grants there.
struct NamespaceOperator: Sendable {
    private static let release = "vernemq-operator"

    private let process: TetheredProcess

    /// Grants the chart's rights.
    ///
    /// - Parameter mayExec: whether commands in the namespace's pods are among them.
    static func permit(_ set: PodSet, mayExec: Bool) async throws {
        let names: JSONValue = mayExec ? [.string(set.namespace)] : []
        let rendered = try await Chart.template(
            release,
            namespace: set.namespace,
            values: [
                "controllers": ["namespace": .string(set.namespace)], "exec": ["namespaces": names],
                "webhook": ["url": "https://127.0.0.1:1"],
            ],
            kubernetes: set.node.bed.version
        )
        // Its webhooks are installed already, and those of its own certificates are not wanted.
        for document in try Chart.documents(rendered) {
            let kind = document["kind"]?.stringValue ?? ""
            guard ["ServiceAccount", "Role", "RoleBinding"].contains(kind) else { continue }
            try await set.kubectl("apply", "-f", "-", input: document.serializedString())
        }
    }

    /// Starts them, and returns when they work.
    ///
    /// - Parameter options: further ones of `serve`.
    static func start(_ set: PodSet, name: String, _ options: String...) async throws -> NamespaceOperator {
        let plane = set.node.bed.plane
        let kubeconfig = try await ServiceAccountAccess.kubeconfig(
            of: release,
            in: set.namespace,
            plane,
            name: "\(set.namespace)-\(name)"
        )
        let process = try TetheredProcess(
            wrapping: "/usr/bin/env",
            plane.entrance + [
                Repository.operatorExecutable.path, "serve", "--controllers-only", "--kubeconfig", kubeconfig.path,
                "--namespace", set.namespace, "--operator-namespace", set.namespace, "--identity", name,
                "--lease", release, "--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "500ms",
                "--resync", "10s", "--metrics-listen", "127.0.0.1:\(try LoopbackPort.unused())", "--drain-delay", "0s",
            ] + options,
            log: plane.directory.appendingPathComponent("operator-\(set.namespace)-\(name).log")
        )
        do {
            try await eventually("the controllers of \(set.namespace) work", within: .seconds(60)) {
                guard process.isRunning else { throw NeverHappened(description: "they ended") }
                return try process.printed.contains("controllers synced") ? true : nil
            }
        } catch {
            try await process.stop()
            throw NeverHappened(description: "\(error)\n\(try process.printed)")
        }
        return NamespaceOperator(process: process)
    }

    /// Sends SIGTERM and waits for the end.
    func stop() async throws { try await process.stop() }

    /// What they have logged.
    var log: String {
        get throws { try process.printed }
    }
}

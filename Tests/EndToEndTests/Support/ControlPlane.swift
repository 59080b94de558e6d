import Foundation
import Testing

/// etcd, an API server and (unless `KUBEBUILDER_ASSETS` has none) the controller manager, on loopback, for this run.
struct ControlPlane: Sendable {
    /// What it keeps: keys, logs, data.
    let directory: URL
    private let process: TetheredProcess

    /// Starts one (building the binaries first, the very first time) and returns when it is ready.
    ///
    /// - Parameters:
    ///   - directory: where to keep everything.
    ///   - flags: further flags of the API server.
    static func start(in directory: URL, flags: [String] = []) async throws -> ControlPlane {
        // Building takes minutes and says so on our own standard error; starting takes seconds.
        try await Subprocess.output(Repository.script("build-kubernetes"), [])
        let process = try TetheredProcess(
            Repository.script("control-plane"),
            ["run", directory.path] + flags,
            log: directory.appendingPathComponent("control-plane.log")
        )
        let plane = ControlPlane(directory: directory, process: process)
        do {
            try await eventually("the control plane is ready", within: .seconds(180)) {
                let printed = try process.printed
                if printed.contains("ready\n") { return true }
                if !process.isRunning {
                    throw NeverHappened(description: "the control plane did not start:\n\(printed)")
                }
                return nil
            }
        } catch {
            try await process.stop()
            throw error
        }
        return plane
    }

    /// Stops everything, and returns when it has ended.
    func stop() async throws {
        try await process.stop()
    }

    /// Cluster-admin's configuration.
    var kubeconfig: String { directory.appendingPathComponent("kubeconfig").path }

    /// The authority of the API server's certificate.
    var authority: String { directory.appendingPathComponent("pki/ca.crt").path }

    /// The API server's address.
    var server: String {
        get throws {
            let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
            guard let line = text.split(separator: "\n").first(where: { $0.contains("server: ") }) else {
                throw NeverHappened(description: "no server in \(kubeconfig)")
            }
            return String(line.trimmingCharacters(in: .whitespaces).dropFirst("server: ".count))
        }
    }

    /// Whether StatefulSets make pods here, revisions are kept and roles aggregated: envtest's binaries
    /// (`KUBEBUILDER_ASSETS`) come without a controller manager.
    static let hasControllerManager: Bool = {
        guard let assets = ProcessInfo.processInfo.environment["KUBEBUILDER_ASSETS"], !assets.isEmpty else {
            return true
        }
        return FileManager.default.isExecutableFile(atPath: assets + "/kube-controller-manager")
    }()

    /// kubectl of the same version as the server, as cluster-admin.
    var kubectl: Kubectl {
        Kubectl(
            executable: directory.appendingPathComponent("bin/kubectl").path,
            kubeconfig: kubeconfig,
            namespace: nil
        )
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests about what the controller manager does.
    static var needsControllerManager: Self {
        .enabled(if: ControlPlane.hasControllerManager, "KUBEBUILDER_ASSETS has no kube-controller-manager")
    }
}

import Foundation
import Testing

/// etcd, an API server and (unless `KUBEBUILDER_ASSETS` has none) the controller manager, for this run: on loopback, or
/// with a real node in a network of its own.
struct ControlPlane: Sendable {
    /// What is beside it.
    enum Kind: String, Sendable {
        /// Nothing: pods are made and stay Pending.
        case alone = "control-plane"
        /// A node that runs pods (Scripts/node).
        case withNode = "node"
    }

    /// What is beside it.
    let kind: Kind
    /// What it keeps: keys, logs, data.
    let directory: URL
    private let process: TetheredProcess

    /// Starts one (building the binaries first, the very first time) and returns when it is ready.
    ///
    /// - Parameters:
    ///   - kind: what is beside it.
    ///   - directory: where to keep everything.
    ///   - flags: further flags of the API server.
    static func start(
        _ kind: Kind = .alone,
        in directory: URL,
        flags: [String] = []
    ) async throws -> ControlPlane {
        // Building takes minutes and says so on our own standard error; starting takes seconds.
        try await Subprocess.output(Repository.script("build-kubernetes"), [])
        if kind == .withNode {
            try await Subprocess.output(Repository.script("build-kubernetes"), ["node"])
            try await Subprocess.output(Repository.script("node-images/build"), [])
        }
        let process = try TetheredProcess(
            Repository.script(kind.rawValue),
            ["run", directory.path] + flags,
            log: directory.appendingPathComponent("control-plane.log")
        )
        let plane = ControlPlane(kind: kind, directory: directory, process: process)
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

    /// Ends one of its parts by SIGKILL: `etcd`, `kube-apiserver` or `kube-controller-manager`.
    func kill(_ component: String) async throws {
        try await Subprocess.output(Repository.script("control-plane"), ["kill", directory.path, component])
    }

    /// Starts a part that was killed, as it was; does not wait until it is ready.
    func revive(_ component: String) async throws {
        try await Subprocess.output(Repository.script("control-plane"), ["revive", directory.path, component])
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

    /// What runs a program in the network that the API server is in: the words before its own.
    var entrance: [String] {
        kind == .alone ? [] : [directory.appendingPathComponent("enter").path]
    }

    /// kubectl of the same version as the server, as cluster-admin.
    var kubectl: Kubectl {
        Kubectl(
            executable: directory.appendingPathComponent(kind == .alone ? "bin/kubectl" : "kubectl").path,
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

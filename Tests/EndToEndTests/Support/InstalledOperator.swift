import Document
import Foundation
import Testing

/// One of the operator's Deployments, its container run as a process: with the Deployment's arguments, but for the addresses,
/// and with the rights of its service account.
struct InstalledOperator {
    /// Where it serves webhooks, if it does.
    let url: String
    /// Where /readyz and /metrics are.
    let observationURL: String
    private let process: TetheredProcess

    /// Starts it.
    ///
    /// - Parameters:
    ///   - deployment: the Deployment's name.
    ///   - account: the service account that the Deployment must have.
    ///   - kubectl: its namespace.
    ///   - bed: where the API server is.
    init(_ deployment: String, account: String, in kubectl: Kubectl, _ bed: TestBed) async throws {
        let namespace = kubectl.namespace ?? ""
        let pod = try await kubectl.raw("/apis/apps/v1/namespaces/\(namespace)/deployments/\(deployment)")["spec"]?[
            "template"
        ]?["spec"]
        #expect(pod?["serviceAccountName"]?.stringValue == account)
        var arguments = (pod?["containers"]?[0]?["args"]?.arrayValue ?? []).compactMap(\.stringValue)
        let ports = (try LoopbackPort.unused(), try LoopbackPort.unused())
        for (flag, port) in [("--listen", ports.0), ("--metrics-listen", ports.1)] {
            guard let index = arguments.firstIndex(of: flag), index + 1 < arguments.count else { continue }
            arguments[index + 1] = "127.0.0.1:\(port)"
        }
        let kubeconfig = try await ServiceAccountAccess.kubeconfig(
            of: account,
            in: namespace,
            bed.plane,
            name: deployment
        )
        process = try TetheredProcess(
            wrapping: Repository.operatorExecutable.path,
            arguments + [
                "--kubeconfig", kubeconfig.path, "--operator-namespace", namespace, "--drain-delay", "0s",
            ],
            log: bed.plane.directory.appendingPathComponent("operator-\(deployment).log")
        )
        url = "https://127.0.0.1:\(ports.0)"
        observationURL = "http://127.0.0.1:\(ports.1)"
    }

    /// Returns when it is ready and leads.
    func awaitReadiness() async throws {
        do {
            try await eventually("the installed operator is ready", within: .seconds(120)) {
                guard process.isRunning else { throw NeverHappened(description: "it ended") }
                return try await observe("/readyz").status == 0 ? true : nil
            }
            try await eventually("it leads", within: .seconds(60)) {
                let metrics = try await observe("/metrics").standardOutput
                return metrics.split(separator: "\n").contains("vernemq_operator_leader 1") ? true : nil
            }
        } catch {
            throw NeverHappened(description: "\(error)\n\(try process.printed.suffix(4000))")
        }
    }

    /// Whether it has never asked for what its account may not do.
    func expectNothingForbidden() async throws {
        let metrics = try await observe("/metrics").standardOutput
        let forbidden = metrics.split(separator: "\n").filter {
            $0.hasPrefix("vernemq_operator_api_requests_total{") && $0.contains(#"code="403""#) && !$0.hasSuffix(" 0")
        }
        #expect(forbidden.isEmpty, "asked for more than the chart grants: \(forbidden)")
    }

    /// Ends it, as kubelet would.
    func stop() async throws {
        #expect(try await process.stop() == 0)
    }

    private func observe(_ path: String) async throws -> Subprocess.Output {
        try await Subprocess.run("/usr/bin/env", ["curl", "-sSf", "--max-time", "5", observationURL + path])
    }
}

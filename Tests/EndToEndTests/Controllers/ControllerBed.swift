import Document
import Foundation
import Testing

/// A control plane with the whole operator beside it, installed from the chart: its own certificates, and the rights of
/// its service account and no others.
///
/// The tests of ``Controllers`` share it; each works in a namespace of its own.
struct ControllerBed: Sendable {
    /// The bed of the running suite.
    @TaskLocal private static var shared: ControllerBed?

    /// The bed of the running suite; a test outside of it has none.
    static var current: ControllerBed {
        get throws {
            guard let shared else {
                throw NeverHappened(description: "this test runs outside of the suite Controllers")
            }
            return shared
        }
    }

    /// The release's name, which is that of its webhook configurations, Lease and service account as well.
    static let release = "vernemq-operator"
    /// The label of a namespace that the webhooks do not look at, as `kubectl label` takes it.
    static let unserved = "e2e-operator=none"
    /// The release's namespace.
    static let namespace = "vernemq-operator"

    let plane: ControlPlane
    /// As the server reports it: `v1.20.2`.
    let version: String
    /// The port that the webhook configurations call.
    let port: Int
    /// The replica that listens there.
    let replica: Replica
    /// What service accounts have asked the API server.
    let audit: AuditLog
    /// The namespace that the operator is limited to, if it is.
    let scope: String?

    /// Sets up everything, runs `body`, and takes everything down again, whatever happens.
    static func with(
        _ installation: ControllerInstallation,
        judgingRights: Bool,
        _ body: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let directory = try Repository.temporaryDirectory("controllers")
        FileHandle.standardError.write(Data("control plane of the controllers' tests: \(directory.path)\n".utf8))
        let audit = try AuditLog(in: directory)
        let plane = try await ControlPlane.start(.alone, in: directory, flags: installation.serverFlags + audit.flags)
        try await finally {
            let bed = try await start(installation, beside: plane, audit)
            try await finally {
                try await $shared.withValue(bed, operation: body)
                if judgingRights { try await bed.expectNothingForbidden() }
            } do: {
                let status = try await bed.replica.stop()
                let log = try bed.replica.log
                #expect(status == 0, "the operator's end on SIGTERM: \(log.suffix(2000))")
            }
        } do: {
            try await plane.stop()
        }
        if ProcessInfo.processInfo.environment["VERNEMQ_OPERATOR_KEEP_E2E"] == nil { removeQuietly(directory) }
    }

    private static func start(
        _ installation: ControllerInstallation,
        beside plane: ControlPlane,
        _ audit: AuditLog
    ) async throws -> ControllerBed {
        let version = try await plane.kubectl.raw("/version")["gitVersion"]?.stringValue ?? ""
        let port = try LoopbackPort.unused()
        try await plane.kubectl("create", "namespace", namespace)
        try await plane.kubectl("apply", "-f", Repository.chart + "/crds")
        try await plane.kubectl(
            "wait",
            "--for=condition=Established",
            "--timeout=60s",
            "crd",
            "vernemqs.vmq.k8s.vernemq.com"
        )
        if let scope = installation.scope {
            try await plane.kubectl("create", "namespace", scope)
            // Servers before 1.21 do not do it themselves.
            try await plane.kubectl("label", "--overwrite", "namespace", scope, "kubernetes.io/metadata.name=\(scope)")
        }
        let rendered = try await Chart.template(
            release,
            namespace: namespace,
            values: [
                "controllers": [
                    "enabled": .bool(installation.hasControllers), "namespace": .string(installation.scope ?? ""),
                ],
                "webhook": [
                    "url": .string("https://127.0.0.1:\(port)"), "timeoutSeconds": 30,
                    "namespaceSelector": [
                        "matchExpressions": [["key": "e2e-operator", "operator": "DoesNotExist"]]
                    ],
                ],
            ],
            kubernetes: version
        )
        try await plane.kubectl("apply", "-f", "-", input: rendered)
        let replica = try await Replica.start("first", beside: plane, port: port, installation.arguments)
        let bed = ControllerBed(
            plane: plane,
            version: version,
            port: port,
            replica: replica,
            audit: audit,
            scope: installation.scope
        )
        do {
            try await bed.awaitWebhooks()
        } catch {
            try await replica.stop()
            throw NeverHappened(description: "\(error)\n\(try replica.log.suffix(4000))")
        }
        return bed
    }

    /// Makes a namespace for one test; the returned kubectl works in it.
    func namespace(_ purpose: String) async throws -> Kubectl {
        let name = "\(purpose)-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        try await plane.kubectl("create", "namespace", name)
        var kubectl = plane.kubectl
        kubectl.namespace = name
        return kubectl
    }

    /// Waits until the API server calls the webhooks and believes in their certificate.
    private func awaitWebhooks() async throws {
        var kubectl = plane.kubectl
        if let scope { kubectl.namespace = scope } else { kubectl = try await namespace("probe") }
        try await eventually("the webhooks are called", within: .seconds(120)) {
            let answer = try await kubectl.run(
                ["create", "--dry-run=server", "-o", "json", "-f", "-"],
                input: Manifest.statefulSet(labelled: true)
            )
            return answer.standardOutput.contains(Injected.ledger) ? true : nil
        }
    }

    /// The operator ran all the tests with the chart's rights: it must never have asked for anything that they lack.
    private func expectNothingForbidden() async throws {
        let metrics = try await replica.observe("/metrics").standardOutput
        let requests = metrics.split(separator: "\n").filter { $0.hasPrefix("vernemq_operator_api_requests_total{") }
        #expect(!requests.isEmpty, "\(metrics)")
        let forbidden = requests.filter { $0.contains(#"code="403""#) && !$0.hasSuffix(" 0") }
        #expect(forbidden.isEmpty, "asked for more than the chart grants: \(forbidden)")
    }
}

/// A replica of the operator, as its Deployment would run it, but on loopback ports.
struct Replica: Sendable {
    private let process: TetheredProcess
    private let observationURL: String
    private let kubeconfig: String

    /// Starts one with the rights of the chart's service account, and returns when it is ready.
    static func start(
        _ identity: String,
        beside plane: ControlPlane,
        port: Int,
        _ further: [String] = []
    ) async throws -> Replica {
        let kubeconfig = try await ServiceAccountAccess.kubeconfig(
            of: ControllerBed.release,
            in: ControllerBed.namespace,
            plane,
            name: identity
        )
        let observationPort = try LoopbackPort.unused()
        let process = try TetheredProcess(
            wrapping: Repository.operatorExecutable.path,
            [
                "serve", "--kubeconfig", kubeconfig.path, "--operator-namespace", ControllerBed.namespace,
                "--identity", identity, "--lease", ControllerBed.release,
                "--lease-duration", "6s", "--renew-deadline", "4s", "--retry-period", "500ms",
                "--resync", "5s",
                "--certificates", "self", "--certificate-secret", ControllerBed.release + "-webhook-tls",
                "--certificate-name", "127.0.0.1",
                "--webhook-configuration", ControllerBed.release, "--webhook-service", ControllerBed.release,
                "--listen", "127.0.0.1:\(port)", "--metrics-listen", "127.0.0.1:\(observationPort)",
                "--drain-delay", "0s", "--log-level", "debug",
            ] + further,
            log: plane.directory.appendingPathComponent("operator-\(identity).log")
        )
        let replica = Replica(
            process: process,
            observationURL: "http://127.0.0.1:\(observationPort)",
            kubeconfig: kubeconfig.path
        )
        do {
            try await eventually("replica \(identity) is ready", within: .seconds(120)) {
                guard process.isRunning else { throw NeverHappened(description: "it ended") }
                return try await replica.observe("/readyz").status == 0 ? true : nil
            }
        } catch {
            try await process.stop()
            throw NeverHappened(description: "\(error)\n\(try process.printed)")
        }
        return replica
    }

    /// Sends SIGTERM, waits for the end and returns the exit status.
    @discardableResult
    func stop() async throws -> Int32 { try await process.stop() }

    /// Sends a signal to the operator itself.
    func signal(_ name: String) async throws {
        try await Subprocess.output(
            "/usr/bin/env",
            ["pkill", "-\(name)", "-f", "--", "serve --kubeconfig \(kubeconfig)"]
        )
    }

    /// Whether it runs the controllers.
    func isLeading() async throws -> Bool {
        let metrics = try await observe("/metrics").standardOutput
        return metrics.split(separator: "\n").contains("vernemq_operator_leader 1")
    }

    /// GETs one of the paths of the plain port.
    func observe(_ path: String) async throws -> Subprocess.Output {
        try await Subprocess.run("/usr/bin/env", ["curl", "-sSf", "--max-time", "5", observationURL + path])
    }

    /// What it has logged so far.
    var log: String {
        get throws { try process.printed }
    }
}

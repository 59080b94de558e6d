import Document
import Foundation
import Testing

/// A control plane with the operator beside it and the chart's webhooks installed: what the tests of ``EndToEnd`` share.
///
/// Each test works in a namespace of its own, so they may run at the same time.
struct TestBed: Sendable {
    /// The bed of the running suite.
    @TaskLocal private static var shared: TestBed?

    /// The bed of the running suite; a test outside of it has none.
    static var current: TestBed {
        get throws {
            guard let shared else { throw NeverHappened(description: "this test runs outside of the suite EndToEnd") }
            return shared
        }
    }

    let plane: ControlPlane
    /// The operator that the webhooks of ordinary namespaces call.
    let operatorProcess: OperatorProcess
    /// Where its certificate and authority are.
    let certificates: URL
    /// As the server reports it: `v1.20.2`.
    let version: String

    /// Sets up everything, runs `body`, and takes everything down again, whatever happens.
    ///
    /// - Parameters:
    ///   - kind: what kind of control plane.
    ///   - isKept: whether to keep its directory after all; asked at the end.
    static func with(
        _ kind: ControlPlane.Kind,
        isKept: @Sendable () -> Bool = { false },
        _ body: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let directory = try Repository.temporaryDirectory(kind == .alone ? "e2e" : "pods")
        FileHandle.standardError.write(Data("control plane of the end-to-end tests: \(directory.path)\n".utf8))
        let plane = try await ControlPlane.start(kind, in: directory)
        try await finally {
            let bed = try await start(beside: plane)
            try await finally {
                try await $shared.withValue(bed, operation: body)
            } do: {
                let status = try await bed.operatorProcess.stop()
                let log = try bed.operatorProcess.log
                #expect(status == 0, "the operator's end on SIGTERM: \(log.suffix(2000))")
            }
        } do: {
            try await plane.stop()
        }
        if isKept() {
            FileHandle.standardError.write(Data("what the failures left is kept in \(directory.path)\n".utf8))
        } else if ProcessInfo.processInfo.environment["VERNEMQ_OPERATOR_KEEP_E2E"] == nil {
            removeQuietly(directory)
        }
    }

    private static func start(beside plane: ControlPlane) async throws -> TestBed {
        let certificates = plane.directory.appendingPathComponent("webhook-certificates")
        try await OperatorProcess.makeCertificates(in: certificates)
        let operatorProcess = try await OperatorProcess.start(
            certificates: certificates,
            port: try LoopbackPort.unused(),
            log: plane.directory.appendingPathComponent("operator.log"),
            entrance: plane.entrance
        )
        let version = try await plane.kubectl.raw("/version")["gitVersion"]?.stringValue ?? ""
        let bed = TestBed(plane: plane, operatorProcess: operatorProcess, certificates: certificates, version: version)
        do {
            try await bed.plane.kubectl("apply", "-f", Repository.chart + "/crds")
            try await bed.plane.kubectl(
                "wait",
                "--for=condition=Established",
                "--timeout=60s",
                "crd",
                "vernemqs.vmq.k8s.vernemq.com"
            )
            try await bed.install("e2e", calling: operatorProcess.url, namespaces: .unmarked)
            if plane.kind == .alone { try await bed.installOutage() }
        } catch {
            try await operatorProcess.stop()
            throw error
        }
        return bed
    }
}

extension TestBed {
    /// Which namespaces a release's webhooks serve. All releases share one API server, so each minds its own.
    enum Namespaces: Sendable {
        /// Those without a mark: where most tests work.
        case unmarked
        /// Those with this mark.
        case marked(String)

        /// The label that marks a namespace.
        static let label = "e2e-operator"

        /// The labels of a namespace that is to be served by these webhooks.
        var labels: [String: String] {
            switch self {
            case .unmarked: [:]
            case .marked(let mark): [Self.label: mark]
            }
        }

        /// The chart's `webhook.namespaceSelector`.
        var selector: JSONValue {
            switch self {
            case .unmarked: ["matchExpressions": [["key": .string(Self.label), "operator": "DoesNotExist"]]]
            case .marked(let mark): ["matchLabels": .object([Self.label: .string(mark)])]
            }
        }
    }

    /// A namespace that no webhook of ours looks at.
    static let unserved = Namespaces.marked("none")
    /// A namespace whose webhooks call a port that nobody listens on.
    static let down = Namespaces.marked("down")

    /// Whether the server can exempt objects that are being deleted (matchConditions, on by default since 1.30).
    var hasMatchConditions: Bool {
        let numbers = version.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (1, 30)
    }

    /// Makes a namespace for one test; the returned kubectl works in it.
    ///
    /// - Parameter name: its name; nil for one after the purpose that no other test has.
    func namespace(
        _ purpose: String,
        named name: String? = nil,
        servedAs namespaces: Namespaces = .unmarked
    ) async throws -> Kubectl {
        let name = name ?? "\(purpose)-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        try await plane.kubectl("create", "namespace", name)
        for (key, value) in namespaces.labels {
            try await plane.kubectl("label", "namespace", name, "\(key)=\(value)")
        }
        var kubectl = plane.kubectl
        kubectl.namespace = name
        return kubectl
    }

    /// The chart's values for an operator outside of the cluster.
    func values(calling url: String, namespaces: Namespaces) throws -> JSONValue {
        [
            // The longest that Kubernetes allows: the machine has a whole test run on its hands.
            "webhook": ["url": .string(url), "namespaceSelector": namespaces.selector, "timeoutSeconds": 30],
            "controllers": ["enabled": false],
            "certificates": [
                "mode": "files",
                "caBundle": .string(
                    try String(contentsOf: certificates.appendingPathComponent("ca.crt"), encoding: .utf8)
                ),
            ],
        ]
    }

    /// Installs the chart's webhooks and waits until the API server calls them.
    func install(_ release: String, calling url: String, namespaces: Namespaces) async throws {
        try await register(release, calling: url, namespaces: namespaces)
        try await awaitWebhooks(of: release, in: try await namespace("probe", servedAs: namespaces))
    }

    /// Waits until the API server calls the webhooks that serve a namespace.
    func awaitWebhooks(of release: String, in kubectl: Kubectl) async throws {
        // The server's own copy of the configurations follows a moment later, mutating and validating apart.
        try await eventually("\(release)'s mutating webhook is called", within: .seconds(120)) {
            let answer = try await kubectl.run(
                ["create", "--dry-run=server", "-o", "json", "-f", "-"],
                input: Manifest.statefulSet(labelled: true)
            )
            return answer.standardOutput.contains(Injected.ledger) ? true : nil
        }
        try await eventually("\(release)'s validating webhook is called", within: .seconds(120)) {
            let answer = try await kubectl.run(
                ["create", "--dry-run=server", "--validate=false", "-f", "-"],
                input: Manifest.resource(spec: "{sice: 3}")
            )
            return answer.status == 0 ? nil : true
        }
    }

    /// Installs webhooks that call nobody, for the namespaces that are marked ``down``.
    private func installOutage() async throws {
        try await register("down", calling: "https://127.0.0.1:\(try LoopbackPort.unused())", namespaces: Self.down)
        try await awaitOutage(in: try await namespace("probe", servedAs: Self.down))
    }

    /// Waits until creating what is ours fails in a namespace.
    func awaitOutage(in kubectl: Kubectl) async throws {
        for manifest in [Manifest.statefulSet("probe", labelled: true), Manifest.resource("probe", spec: "{size: 3}")] {
            try await eventually("the webhooks of this namespace are called", within: .seconds(120)) {
                let answer = try await kubectl.run(["create", "--dry-run=server", "-f", "-"], input: manifest)
                return answer.standardError.contains("failed calling webhook") ? true : nil
            }
        }
    }

    /// Installs the chart's webhooks.
    func register(_ release: String, calling url: String, namespaces: Namespaces) async throws {
        let rendered = try await Chart.template(
            release,
            values: try values(calling: url, namespaces: namespaces),
            kubernetes: version
        )
        try await plane.kubectl("apply", "-f", "-", input: rendered)
    }
}

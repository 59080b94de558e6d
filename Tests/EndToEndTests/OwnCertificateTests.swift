import Controller
import Document
import Foundation
import HTTP
import Kubernetes
import KubernetesClient
import Logging
import PKI
import Synchronization
import Telemetry
import Testing
import Transport

extension EndToEnd {
    /// Two replicas with webhooks of their own, which the API server calls while their authority is replaced again and
    /// again: it is made so that it is due as soon as it is there.
    @Suite("The operator's own certificates")
    struct OwnCertificateTests {
        @Test("authorities follow one another, leaders change, and no admission fails; a cleared caBundle comes back")
        func rotation() async throws {
            let bed = try TestBed.current
            let loop = try EventLoop(name: "own-certificates")
            defer { loop.shutDown() }
            let kubectl = try await bed.namespace("own-certificates", servedAs: .marked("own"))
            let kubeconfig = KubeConfig.File(
                path: bed.plane.kubeconfig,
                content: Array(try Data(contentsOf: URL(fileURLWithPath: bed.plane.kubeconfig)))
            )
            let configuration = try KubeConfig([kubeconfig]).configuration()
            let namespace = try #require(kubectl.namespace)
            try await loop.run {
                try await OwnCertificates(configuration, namespace, on: loop).run()
            }
            try await expectVerification(bed.plane.kubectl, namespace)
        }

        /// As the documentation has it: OpenSSL accepts what is shown, by what is trusted.
        private func expectVerification(_ kubectl: Kubectl, _ namespace: String) async throws {
            let directory = try Repository.temporaryDirectory("own-certificates")
            defer { removeQuietly(directory) }
            let shown = try await kubectl(
                "--namespace",
                namespace,
                "get",
                "secret",
                "own-webhook-tls",
                "-o",
                #"jsonpath={.data.tls\.crt}"#
            )
            let trusted = try await kubectl(
                "get",
                "validatingwebhookconfiguration",
                "own",
                "-o",
                "jsonpath={.webhooks[0].clientConfig.caBundle}"
            )
            for (file, text) in [("tls.crt", shown), ("bundle.crt", trusted)] {
                let bytes = try #require(Base64.decode(text))
                try Data(bytes).write(to: directory.appendingPathComponent(file))
            }
            try await Subprocess.output(
                "/usr/bin/env",
                [
                    "openssl", "verify", "-CAfile", directory.appendingPathComponent("bundle.crt").path,
                    "-verify_ip", "127.0.0.1", directory.appendingPathComponent("tls.crt").path,
                ]
            )
            for type in ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] {
                try await kubectl("delete", type, "own")
            }
        }
    }
}

/// The replicas, on one loop.
private final class OwnCertificates {
    private let client: APIClient
    private let loop: EventLoop
    private let namespace: String
    private let replicas: [Replica]
    private let leader = Atomic<Int>(0)

    /// A server that lets everything pass, and what looks after its certificate.
    private final class Replica {
        let server: HTTPServer
        let readiness = Readiness()
        let controller: CertificateController
        let log = NewsLog()

        init(_ client: APIClient, _ namespace: String) throws {
            let held = HeldCertificate()
            var configuration = ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "own")
            // Each admission shakes hands anew, with whatever is shown and trusted then.
            configuration.maximumRequestsPerConnection = 1
            let logger = Logger(label: "own-certificates") { _ in SwiftLogNoOpLogHandler() }
            server = try HTTPServer(configuration, on: [client.loop], tls: held.contexts, logger: logger) { request in
                Self.allow(request)
            }
            controller = CertificateController(
                CertificateSettings(
                    secret: ObjectKey(namespace: namespace, name: "own-webhook-tls"),
                    mutating: "own",
                    validating: "own",
                    policy: CertificatePolicy(
                        names: [try SubjectName("127.0.0.1")],
                        authorityLifetime: 1_800,
                        servingLifetime: 3_600,
                        propagation: 5,
                        overlap: 10
                    ),
                    interval: .seconds(1)
                ),
                client: client,
                held: held,
                readiness: readiness,
                metrics: MetricRegistry(),
                logger: logger,
                report: { [log] news in log.take(news.reason) }
            )
        }

        private static func allow(_ request: HTTPRequest) -> HTTPResponse {
            do {
                let uid = try JSONValue(parsing: request.body)["request"]?["uid"] ?? ""
                let review: JSONValue = [
                    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                    "response": ["uid": uid, "allowed": true],
                ]
                return .json(.ok, review.serialized())
            } catch {
                return HTTPResponse(.badRequest)
            }
        }
    }

    private final class NewsLog {
        private(set) var reasons: [String] = []

        func take(_ reason: String) { reasons.append(reason) }
    }

    init(_ configuration: ClusterConfiguration, _ namespace: String, on loop: EventLoop) throws {
        client = APIClient(
            configuration,
            on: loop,
            logger: Logger(label: "own-certificates") { _ in SwiftLogNoOpLogHandler() }
        )
        self.loop = loop
        self.namespace = namespace
        replicas = [try Replica(client, namespace), try Replica(client, namespace)]
    }

    func run() async throws {
        try await register(.mutatingWebhookConfigurations, calling: replicas[0])
        try await register(.validatingWebhookConfigurations, calling: replicas[1])
        let own = LoopBound(self, on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in replicas.indices {
                group.addTask(executorPreference: own.loop) { try await own.value.replicas[index].server.run() }
                group.addTask(executorPreference: own.loop) {
                    await own.value.replicas[index].controller.run {
                        own.value.leader.load(ordering: .relaxed) == index
                    }
                }
            }
            try await load()
            try await clearAndWait()
            group.cancelAll()
            do { try await group.waitForAll() } catch TransportError.cancelled {}
        }
    }

    /// Admissions without a pause, while two authorities take over, each under another leader.
    private func load() async throws {
        let deadline = Deadline.after(.seconds(240))
        while try await !admission() {
            try #require(!deadline.isPast, "the webhooks are never called with success")
            try await loop.sleep(for: .milliseconds(200))
        }
        while !replicas.allSatisfy(\.readiness.isReady) {
            try #require(!deadline.isPast, "the replicas do not become ready")
            try await loop.sleep(for: .milliseconds(200))
        }
        var (admissions, promotions) = (0, 0)
        while promotions < 2, !deadline.isPast {
            #expect(try await admission(), "an admission failed after \(admissions), events \(reasons)")
            admissions += 1
            let now = reasons.filter { $0 == "AuthorityPromoted" }.count
            if now > promotions { leader.store(now % 2, ordering: .relaxed) }
            promotions = now
        }
        #expect(promotions == 2, "in \(admissions) admissions, events \(reasons)")
        #expect(reasons.contains("AuthorityRetired"))
    }

    private func clearAndWait() async throws {
        let key = ObjectKey(name: "own")
        let cleared = JSONPatch([.remove(path: ["webhooks", "0", "clientConfig", "caBundle"])])
        try await client.patch(.validatingWebhookConfigurations, key, .json(cleared))
        let deadline = Deadline.after(.seconds(120))
        while !reasons.contains("CABundleRestored") {
            try #require(!deadline.isPast, "the caBundle does not come back: \(reasons)")
            try await loop.sleep(for: .milliseconds(100))
        }
        while try await !admission() {
            try #require(!deadline.isPast, "the webhooks are not accepted again")
            try await loop.sleep(for: .milliseconds(200))
        }
        #expect(replicas.allSatisfy { $0.readiness.isReady })
        // What is decided on the basis of an older version of the configuration is refused.
        let stale = JSONPatch([
            .replace(path: ["metadata", "resourceVersion"], value: "1"),
            .add(path: ["webhooks", "0", "clientConfig", "caBundle"], value: ""),
        ])
        let error = await #expect(throws: APIError.self) {
            try await self.client.patch(.validatingWebhookConfigurations, key, .json(stale))
        }
        guard case .conflict = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private var reasons: [String] { replicas.flatMap(\.log.reasons) }

    /// Whether an object may be made that both webhooks are asked about.
    private func admission() async throws -> Bool {
        do throws(APIError) {
            let object: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "x-"]]
            try await client.create(.configMaps, object, in: namespace, isDryRun: true)
            return true
        } catch {
            guard let message = error.status?.message, message.contains("failed calling webhook") else { throw error }
            return false
        }
    }

    private func register(_ type: ResourceType, calling replica: Replica) async throws {
        let webhook: JSONValue = [
            "name": "own.vmq.k8s.vernemq.com",
            "clientConfig": ["url": .string("https://\(replica.server.address)/")],
            "rules": [
                [
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"],
                ]
            ],
            "namespaceSelector": ["matchLabels": .object([TestBed.Namespaces.label: "own"])],
            "failurePolicy": "Fail", "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": 30,
        ]
        let object: JSONValue = [
            "apiVersion": .string(type.kind.apiVersion), "kind": .string(type.kind.kind), "metadata": ["name": "own"],
            "webhooks": [webhook],
        ]
        try await client.create(type, object)
    }
}

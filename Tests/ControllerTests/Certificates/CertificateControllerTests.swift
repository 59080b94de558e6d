import Document
import HTTP
import Kubernetes
import KubernetesClient
import PKI
import Synchronization
import Telemetry
import Testing
import Transport

@testable import Controller

@Suite("Certificate controller")
struct CertificateControllerTests {
    @Test("a replica makes the Secret before anybody leads, and is ready when a leader has published the authority")
    func firstStart() async throws {
        try await CertificateCluster.run { cluster in
            let (first, second) = (try cluster.replica(), try cluster.replica())
            try await first.settle(isLeader: false)
            #expect(cluster.state.withLock { $0.writes } == ["POST secrets"])
            #expect(first.held.notAfter != nil)
            #expect(!first.readiness.isReady)
            try await second.settle()
            #expect(second.readiness.isReady)
            try await first.settle(isLeader: false)
            #expect(first.readiness.isReady)
            #expect(first.held.notAfter == second.held.notAfter)
            #expect(
                cluster.state.withLock { $0.writes } == [
                    "POST secrets", "PATCH mutatingwebhookconfigurations", "PATCH validatingwebhookconfigurations",
                ]
            )
            #expect(first.takeNews() == ["CertificatesCreated"])
            #expect(second.takeNews() == [])
            #expect(
                second.metric(#"vernemq_operator_ca_bundle_writes_total{configuration="mutating",reason="followed"} 1"#)
            )
            #expect(second.metric("vernemq_operator_certificate_rotating 0"))
            try await second.settle()
            #expect(cluster.state.withLock { $0.writes.count } == 3)
        }
    }

    @Test("a cleared caBundle comes back at the next look, and the replica stays ready")
    func restoring() async throws {
        try await CertificateCluster.run { cluster in
            let (former, leader) = (try cluster.replica(), try cluster.replica())
            try await former.settle()
            // A new leader knows what the configurations were like before it led.
            try await leader.settle(isLeader: false)
            let right = cluster.object(CertificateCluster.validating)?["webhooks"]
            var cleared = try #require(cluster.object(CertificateCluster.validating))
            cleared["webhooks"]?[0]?["clientConfig"]?["caBundle"] = nil
            cluster.store(cleared, at: CertificateCluster.validating)
            #expect(await leader.controller.look(isLeader: true) == .changed)
            #expect(leader.readiness.isReady)
            #expect(cluster.object(CertificateCluster.validating)?["webhooks"] == right)
            #expect(leader.takeNews() == ["CABundleRestored"])
            let line = #"vernemq_operator_ca_bundle_writes_total{configuration="validating",reason="restored"} 1"#
            #expect(leader.metric(line))
            try await leader.settle()
            #expect(leader.takeNews() == [])
        }
    }

    @Test("a rotation goes from leader to leader, and the API server accepts what everybody shows at all times")
    func rotation() async throws {
        try await CertificateCluster.run { cluster in
            let policy = try CertificateWorld.policy {
                ($0.authorityLifetime, $0.servingLifetime) = (3 * 86_400, 2 * 86_400)
            }
            let replicas = [try cluster.replica(policy), try cluster.replica(policy)]
            for replica in replicas { try await replica.settle() }
            var reasons = replicas.flatMap { $0.takeNews() }
            let old = cluster.object(CertificateCluster.secret)?["data"]?["ca.crt"]
            var turn = 0
            for _ in 0..<10 {
                cluster.pass(6 * 3_600)
                for _ in 0..<8 {
                    // Whoever has led for one look dies, as far as leading goes.
                    let outcome = await replicas[turn % 2].controller.look(isLeader: true)
                    _ = await replicas[(turn + 1) % 2].controller.look(isLeader: false)
                    try Self.expectAcceptance(cluster, replicas)
                    cluster.pass(20)
                    reasons += replicas.flatMap { $0.takeNews() }
                    if outcome == .changed { turn += 1 }
                }
            }
            #expect(cluster.object(CertificateCluster.secret)?["data"]?["ca.crt"] != old)
            #expect(
                reasons.filter { $0 != "CertificateRenewed" } == [
                    "CertificatesCreated", "AuthorityRotationBegun", "AuthorityPromoted", "AuthorityRetired",
                ]
            )
            #expect(replicas.allSatisfy { $0.held.notAfter == replicas[0].held.notAfter })
        }
    }

    private static func expectAcceptance(_ cluster: CertificateCluster, _ replicas: [ClusterReplica]) throws {
        let now = cluster.state.withLock { $0.now }
        for (kind, path) in [
            (WebhookBundles.Kind.mutating, CertificateCluster.mutating), (.validating, CertificateCluster.validating),
        ] {
            let bundles = WebhookBundles(kind, try #require(cluster.object(path)))
            for replica in replicas {
                let shown = try #require(replica.controller.shownCertificate)
                #expect(ServingChoice.isAccepted(shown, by: [bundles], at: now))
            }
        }
    }

    @Test("a client that trusts the caBundle speaks to a server that shows the certificate")
    func handshake() async throws {
        try await CertificateCluster.run { cluster in
            // The certificate is for now, and not for the clock of the other tests.
            cluster.state.withLock { $0.now = Int64(UTCTime.now.seconds) }
            let replica = try cluster.replica()
            try await replica.settle()
            let bundle = try #require(
                cluster.object(CertificateCluster.mutating)?["webhooks"]?[0]?["clientConfig"]?["caBundle"]?.stringValue
            )
            let trusted = try #require(Base64.decode(bundle))
            let server = try HTTPServer(
                ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "webhook"),
                on: [cluster.loop],
                tls: replica.held.contexts,
                logger: CertificateCluster.quiet
            ) { _ in HTTPResponse(.ok) }
            let loop = cluster.loop
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for (name, isGood) in [
                    ("vmq.mq.svc", true), ("vmq.mq.svc.cluster.local", true), ("vmq.other.svc", false),
                ] {
                    let context = try TLSContext(TLSClientConfiguration(trustedCertificates: trusted))
                    let endpoint = HTTPClient.Endpoint(server.address, name: name, tls: context)
                    let status: HTTPStatus?
                    do {
                        let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(patience))
                        status = try await client.send(HTTPRequest(.get, "/"), until: .after(patience)).status
                        client.close()
                    } catch {
                        status = nil
                    }
                    #expect(status == (isGood ? .ok : nil), "\(name)")
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch TransportError.cancelled {}
            }
        }
    }

    @Test("who comes too late looks again; what is not permitted is told, and tried again")
    func failures() async throws {
        try await CertificateCluster.run { cluster in
            let replica = try cluster.replica()
            cluster.refuse(.post, "/api/v1/namespaces/mq/secrets", 409, "AlreadyExists")
            #expect(await replica.controller.look(isLeader: true) == .changed)
            cluster.refuse(.get, CertificateCluster.secret, 403, "Forbidden")
            #expect(await replica.controller.look(isLeader: true) == .failed)
            #expect(replica.metric(#"vernemq_operator_certificate_failures_total{reason="forbidden"} 1"#))
            #expect(await replica.controller.look(isLeader: true) == .changed)
            cluster.refuse(.patch, CertificateCluster.mutating, 409, "Conflict")
            #expect(await replica.controller.look(isLeader: true) == .changed)
            #expect(!replica.readiness.isReady)
            try await replica.settle()
            #expect(replica.readiness.isReady)
        }
    }

    @Test("a Secret of somebody else's is left alone")
    func foreignSecret() async throws {
        try await CertificateCluster.run { cluster in
            let foreign: JSONValue = ["metadata": ["name": "vmq-tls"], "data": ["tls.crt": "eA==", "tls.key": "eA=="]]
            cluster.store(foreign, at: CertificateCluster.secret)
            let replica = try cluster.replica()
            for _ in 0..<2 { #expect(await replica.controller.look(isLeader: true) == .foreignSecret) }
            #expect(replica.takeNews() == ["ForeignSecret"])
            #expect(cluster.state.withLock { $0.writes } == [])
            #expect(!replica.readiness.isReady)
        }
    }

    @Test("a Secret that was deleted comes back with what is shown, and its authority is replaced")
    func deletedSecret() async throws {
        try await CertificateCluster.run { cluster in
            let replica = try cluster.replica()
            try await replica.settle()
            let old = cluster.object(CertificateCluster.secret)?["data"]
            cluster.store(nil, at: CertificateCluster.secret)
            try await replica.settle()
            let new = cluster.object(CertificateCluster.secret)?["data"]
            #expect(new?["tls.crt"] == old?["tls.crt"] && new?["next-ca.crt"] != nil)
            #expect(replica.takeNews() == ["CertificatesCreated", "CertificatesRestored"])
            for _ in 0..<4 {
                cluster.pass(3_600)
                try await replica.settle()
            }
            let last = cluster.object(CertificateCluster.secret)?["data"]
            #expect(last?["ca.crt"] == new?["next-ca.crt"] && last?["previous-ca.crt"] == nil)
        }
    }

    @Test("an event names the very object that it is about, by which kubectl describe finds it")
    func subjects() async throws {
        try await CertificateCluster.run { cluster in
            let replica = try cluster.replica()
            try await replica.settle()
            let secret = try #require(cluster.object(CertificateCluster.secret))
            let made = replica.takeNotes().map(\.subject)
            #expect(made == [subject(of: secret, .secret, namespace: "mq")])

            var cleared = try #require(cluster.object(CertificateCluster.mutating))
            cleared["webhooks"]?[0]?["clientConfig"]?["caBundle"] = nil
            cluster.store(cleared, at: CertificateCluster.mutating)
            try await replica.settle()
            let kind = WebhookBundles.Kind.mutating.resource.kind
            #expect(replica.takeNotes().map(\.subject) == [subject(of: cleared, kind, namespace: nil)])

            let foreign: JSONValue = ["metadata": ["name": "vmq-tls", "uid": "theirs"], "data": ["tls.crt": "eA=="]]
            cluster.store(foreign, at: CertificateCluster.secret)
            #expect(await replica.controller.look(isLeader: true) == .foreignSecret)
            #expect(replica.takeNotes().map(\.subject.uid) == ["theirs"])
        }
    }

    private func subject(of object: JSONValue, _ kind: ResourceKind, namespace: String?) -> EventSubject {
        let metadata = object["metadata"]
        return EventSubject(
            kind: kind,
            namespace: namespace,
            name: metadata?["name"]?.stringValue ?? "",
            uid: metadata?["uid"]?.stringValue ?? "none"
        )
    }

    @Test("one look follows another until the task is cancelled, and leadership is asked for each time")
    func running() async throws {
        try await CertificateCluster.run { cluster in
            let replica = LoopBound(try cluster.replica(), on: cluster.loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: cluster.loop) {
                    await replica.value.controller.run { true }
                }
                let deadline = Deadline.after(patience)
                while !replica.value.readiness.isReady, !deadline.isPast {
                    try await cluster.loop.sleep(for: .milliseconds(5))
                }
                #expect(replica.value.readiness.isReady)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}

import Glibc
import HTTP
import PKI
import Testing
import Transport

/// An authority and what it has signed, as contexts.
struct TestPKI {
    static let now: Int64 = Int64(Deadline.wallClock)
    static let year: Duration = .seconds(365 * 86_400)

    let authority: CertificateAuthority

    init(_ name: String = "test authority") throws {
        authority = try CertificateAuthority(commonName: name, lifetime: Self.year, now: Self.now - 2 * 86_400)
    }

    func identity(_ credential: Credential) throws -> TLSIdentity {
        TLSIdentity(
            certificateChain: try credential.certificate.pem() + authority.certificate.pem(),
            privateKey: try credential.key.pem()
        )
    }

    func serverIdentity(
        _ names: [SubjectName] = [.ip("127.0.0.1")],
        lifetime: Duration = year,
        now: Int64 = now
    ) throws -> TLSIdentity {
        try identity(try authority.issueServer(names: names, lifetime: lifetime, now: now))
    }

    func clientIdentity(_ name: String) throws -> TLSIdentity {
        try identity(try authority.issueClient(commonName: name, lifetime: Self.year, now: Self.now))
    }

    func clientContext(
        identity: TLSIdentity? = nil,
        protocols: [String] = ["http/1.1"],
        _ versions: ClosedRange<Int> = 2...3
    ) throws -> TLSContext {
        try TLSContext(
            TLSClientConfiguration(
                trustedCertificates: try authority.certificate.pem(),
                identity: identity,
                applicationProtocols: protocols,
                minimumVersion: versions.lowerBound == 2 ? .v1_2 : .v1_3,
                maximumVersion: versions.upperBound == 2 ? .v1_2 : .v1_3
            )
        )
    }
}

extension Deadline {
    /// Seconds since 1970.
    static var wallClock: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec
    }
}

extension ServerFixture {
    /// Connects with TLS and asks for something.
    func ask(
        _ context: TLSContext,
        name: String = "127.0.0.1"
    ) async throws(HTTPClientError) -> (response: HTTPResponse, tls: TLSConnectionInfo?) {
        let client = try await HTTPClient.connect(
            to: .init(server.address, name: name, tls: context),
            on: loop,
            until: .after(patience)
        )
        let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
        return (response, client.tls)
    }

    /// Expects an answer with this text.
    func expect(_ context: TLSContext, _ text: String, _ location: SourceLocation = #_sourceLocation) async throws {
        let response = try await ask(context).response
        #expect(response.text == text, sourceLocation: location)
    }

    /// Expects that no answer comes, for a reason that TLS gives.
    func expectRefusal(
        _ context: TLSContext,
        name: String = "127.0.0.1",
        because reason: String,
        _ location: SourceLocation = #_sourceLocation
    ) async {
        do {
            let response = try await ask(context, name: name).response
            Issue.record("the answer was \(response.status)", sourceLocation: location)
        } catch {
            #expect("\(error)".contains(reason), sourceLocation: location)
        }
    }
}

@Suite("A server with TLS")
struct TLSServerTests {
    let pki: TestPKI

    init() throws {
        pki = try TestPKI()
    }

    private func contexts(
        _ identity: TLSIdentity? = nil,
        clients: TLSConfiguration.ClientVerification = .none
    ) throws -> TLSContextSource {
        let configuration = TLSConfiguration(
            identity: try identity ?? pki.serverIdentity(),
            clientVerification: clients
        )
        return TLSContextSource(try TLSContext(configuration))
    }

    @Test(
        "speaks TLS 1.2 and 1.3, and agrees to http/1.1",
        arguments: [(2...2, "TLSv1.2"), (3...3, "TLSv1.3"), (2...3, "TLSv1.3")]
    )
    func versions(_ versions: ClosedRange<Int>, _ expected: String) async throws {
        try await ServerFixture.run(
            tls: try contexts(),
            handler: { .text(.ok, "\($0.tls?.version ?? "")") }
        ) { [pki] fixture in
            let (response, tls) = try await fixture.ask(try pki.clientContext(versions))
            #expect(response.text == expected)
            #expect(tls?.version == expected)
            #expect(tls?.applicationProtocol == "http/1.1")
        }
    }

    @Test("carries large bodies both ways", arguments: [2...2, 3...3])
    func largeBodies(_ versions: ClosedRange<Int>) async throws {
        try await ServerFixture.run(tls: try contexts()) { [pki] fixture in
            let context = try pki.clientContext(versions)
            let client = try await fixture.client(.init(fixture.server.address, name: "127.0.0.1", tls: context))
            for size in [20_000, 16_384, 16_385, 3_000_000, 1] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                let response = try await client.send(HTTPRequest(.post, "/", body: body), until: .after(patience))
                #expect(response.body == body)
            }
        }
    }

    @Test("is refused by clients that do not know its authority, its name, or its time")
    func clientsRefuse() async throws {
        try await ServerFixture.run(tls: try contexts()) { [pki] fixture in
            let stranger = try TestPKI("other").clientContext()
            await fixture.expectRefusal(stranger, because: "certificate verify failed")
            await fixture.expectRefusal(try pki.clientContext(), name: "localhost", because: "verify failed")
            await fixture.expectRefusal(try pki.clientContext(), name: "127.0.0.2", because: "verify failed")
            #expect(try await fixture.ask(try pki.clientContext()).response.status == 200)
            #expect(fixture.metric("vernemq_operator_tls_handshake_failures_total") == 3)
        }
        let yesterday = TestPKI.now - 86_400
        let expired = try pki.serverIdentity(lifetime: .seconds(3_600), now: yesterday)
        try await ServerFixture.run(tls: try contexts(expired)) { [pki] fixture in
            await fixture.expectRefusal(try pki.clientContext(), because: "certificate has expired")
        }
    }

    @Test("asks clients for certificates as it is told")
    func clientCertificates() async throws {
        let authorities = try pki.authority.certificate.pem()
        let handler: HTTPHandler = { .text(.ok, $0.tls?.peerCommonName ?? "nobody") }
        let known = try pki.clientContext(identity: try pki.clientIdentity("kube-apiserver"))
        let stranger = try pki.clientContext(identity: try TestPKI("other").clientIdentity("kube-apiserver"))
        let nobody = try pki.clientContext()
        try await ServerFixture.run(
            tls: try contexts(clients: .required(authorities: authorities)),
            handler: handler
        ) { fixture in
            try await fixture.expect(known, "kube-apiserver")
            await fixture.expectRefusal(stranger, because: "unknown ca")
            await fixture.expectRefusal(nobody, because: "certificate required")
        }
        try await ServerFixture.run(
            tls: try contexts(clients: .optional(authorities: authorities)),
            handler: handler
        ) { fixture in
            try await fixture.expect(known, "kube-apiserver")
            try await fixture.expect(nobody, "nobody")
            await fixture.expectRefusal(stranger, because: "unknown ca")
        }
        // A server certificate is no client certificate, whoever signed it.
        try await ServerFixture.run(
            tls: try contexts(clients: .required(authorities: authorities)),
            handler: handler
        ) { [pki] fixture in
            let server = try pki.clientContext(identity: try pki.serverIdentity())
            await fixture.expectRefusal(server, because: "unsupported certificate")
        }
    }

    @Test("refuses a client that speaks HTTP/2 only, and serves one that speaks both or says nothing")
    func applicationProtocols() async throws {
        try await ServerFixture.run(tls: try contexts()) { [pki] fixture in
            await fixture.expectRefusal(try pki.clientContext(protocols: ["h2"]), because: "no application protocol")
            let both = try await fixture.ask(try pki.clientContext(protocols: ["h2", "http/1.1"]))
            #expect(both.tls?.applicationProtocol == "http/1.1")
            let silent = try await fixture.ask(try pki.clientContext(protocols: []))
            #expect(silent.tls?.applicationProtocol == nil)
            #expect(silent.response.status == 200)
        }
    }

    @Test("shows a new certificate to new connections and lets old ones live on")
    func rotation() async throws {
        let source = try contexts()
        let next = try TestPKI("next authority")
        try await ServerFixture.run(tls: source) { [pki] fixture in
            let (oldContext, newContext) = (try pki.clientContext(), try next.clientContext())
            let endpoint = HTTPClient.Endpoint(fixture.server.address, name: "127.0.0.1", tls: oldContext)
            let old = try await fixture.client(endpoint)
            #expect(try await old.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            await fixture.expectRefusal(newContext, because: "verify failed")
            source.current = try TLSContext(TLSConfiguration(identity: try next.serverIdentity()))
            for _ in 0..<3 {
                #expect(try await old.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
                #expect(try await fixture.ask(newContext).response.status == 200)
            }
            await fixture.expectRefusal(oldContext, because: "verify failed")
        }
    }

    @Test("refuses handshakes until it has a certificate")
    func noCertificateYet() async throws {
        let held = HeldCertificate()
        try await ServerFixture.run(tls: held.contexts) { [pki] fixture in
            let context = try pki.clientContext()
            let endpoint = HTTPClient.Endpoint(fixture.server.address, name: "127.0.0.1", tls: context)
            await #expect(throws: HTTPClientError.self) { _ = try await fixture.client(endpoint) }
            #expect(fixture.metric("vernemq_operator_tls_handshake_failures_total") == 1)
            #expect(try held.show(try pki.serverIdentity()))
            #expect(try await fixture.ask(context).response.status == 200)
        }
    }

    @Test("does not wait for handshakes that do not come, nor trip over plain text")
    func handshakes() async throws {
        try await ServerFixture.run(
            tls: try contexts(),
            configure: { $0.firstByteTimeout = .seconds(1) }
        ) { [pki] fixture in
            let silent = try await fixture.connect()
            #expect(try await silent.rest() == "")
            let plain = try await fixture.connect()
            try await plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = try await plain.rest()
            let half = try await fixture.connect()
            try await half.send("\u{16}\u{3}\u{1}")
            half.stream.shutDownWriting()
            _ = try await half.rest()
            try await fixture.eventually(
                { fixture.metric("vernemq_operator_tls_handshake_failures_total") == 3 },
                "handshakes hang"
            )
            #expect(try await fixture.ask(try pki.clientContext()).response.status == 200)
        }
    }

    /// Go's client keeps connections that it dialed and did not need, and tries a request only once on them.
    @Test("keeps a connection that has not been used yet")
    func spare() async throws {
        try await ServerFixture.run(
            tls: try contexts(),
            configure: { $0.firstByteTimeout = .seconds(1) }
        ) { [pki] fixture in
            let endpoint = HTTPClient.Endpoint(fixture.server.address, name: "127.0.0.1", tls: try pki.clientContext())
            let client = try await fixture.client(endpoint)
            try await fixture.loop.sleep(for: .milliseconds(1_500))
            #expect(try await client.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
        }
    }

    @Test("closes a connection that is never used, without a word")
    func neverUsed() async throws {
        try await ServerFixture.run(
            tls: try contexts(),
            configure: { $0.idleTimeout = .milliseconds(50) }
        ) { [pki] fixture in
            let endpoint = HTTPClient.Endpoint(fixture.server.address, name: "127.0.0.1", tls: try pki.clientContext())
            let client = try await fixture.client(endpoint)
            try await fixture.eventually(
                { fixture.metric("vernemq_operator_http_connections") == 0 },
                "the connection stays"
            )
            await #expect(throws: HTTPClientError.self) {
                _ = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
            }
            #expect(fixture.metric("vernemq_operator_http_rejections_total", "connection-timeout") == 0)
        }
    }

    @Test("holds idle connections cheaply, and answers on all of them", arguments: [(true, 200), (false, 1_000)])
    func manyIdle(_ isTLS: Bool, _ count: Int) async throws {
        try await ServerFixture.run(
            tls: isTLS ? try contexts() : nil,
            configure: { $0.maximumConnections = 2_000 }
        ) { [pki] fixture in
            let context = isTLS ? try pki.clientContext() : nil
            let endpoint = HTTPClient.Endpoint(fixture.server.address, name: "127.0.0.1", tls: context)
            var clients: [HTTPClient] = []
            for _ in 0..<count {
                let client = try await fixture.client(endpoint)
                let body = [UInt8](repeating: 65, count: 20_000)
                let response = try await client.send(HTTPRequest(.post, "/", body: body), until: .after(patience))
                #expect(response.status == 200)
                clients.append(client)
            }
            #expect(fixture.metric("vernemq_operator_http_connections") == Double(count))
            for client in clients {
                let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
                #expect(response.status == 200)
            }
        }
    }
}

import HTTP
import Logging
import Synchronization
import Telemetry
import Testing
import Transport

@Suite("A server that drains")
struct DrainTests {
    /// A server that is not aborted by the fixture, so that draining alone ends it.
    private struct Drained {
        let loop: EventLoop
        let server: HTTPServer

        static func run(
            delay: Duration = .zero,
            grace: Duration = .seconds(20),
            handler: @escaping HTTPHandler,
            _ body: @escaping @Sendable (Drained) async throws -> Void
        ) async throws -> Duration {
            let loop = try EventLoop(name: "drain")
            defer { loop.shutDown() }
            var configuration = ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "test")
            configuration.drainDelay = delay
            configuration.drainGrace = grace
            let server = try HTTPServer(
                configuration,
                on: [loop],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                handler: handler
            )
            let drained = Drained(loop: loop, server: server)
            let start = Deadline.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask { try await loop.run { try await body(drained) } }
                try await group.waitForAll()
            }
            return start.elapsed
        }

        func client() async throws -> HTTPClient {
            try await HTTPClient.connect(
                to: .init(server.address, name: "127.0.0.1"),
                on: loop,
                until: .after(patience)
            )
        }
    }

    @Test("closes idle connections, finishes requests in flight, refuses new connections, and returns")
    func drains() async throws {
        let entered = Mutex(false)
        let release = Mutex(false)
        let notified = Mutex(0)
        let handler: HTTPHandler = { request in
            guard request.path == "/slow" else { return .text(.ok, "quick") }
            entered.withLock { $0 = true }
            while !release.withLock({ $0 }) {
                do { try await Task.sleep(for: .milliseconds(2)) } catch {
                    return .text(.internalServerError, "cancelled")
                }
            }
            return .text(.ok, "slow")
        }
        _ = try await Drained.run(handler: handler) { drained in
            drained.server.onDrain { notified.withLock { $0 += 1 } }
            let idle = try await drained.client()
            #expect(try await idle.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            let busy = try await drained.client()
            async let slow = busy.send(HTTPRequest(.get, "/slow"), until: .after(patience))
            while !entered.withLock({ $0 }) { try await drained.loop.sleep(for: .milliseconds(2)) }
            drained.server.drain()
            drained.server.drain()
            #expect(notified.withLock { $0 } == 1)
            // The idle connection is closed by the server, which a request finds out.
            await #expect(throws: HTTPClientError.self) {
                while true {
                    _ = try await idle.send(HTTPRequest(.get, "/"), until: .after(patience))
                    try await drained.loop.sleep(for: .milliseconds(2))
                }
            }
            await #expect(throws: HTTPClientError.self) { _ = try await drained.client() }
            release.withLock { $0 = true }
            let response = try await slow
            #expect(response.text == "slow")
            #expect(response.fields["Connection"] == "close")
        }
    }

    @Test("goes on accepting for the delay, and answers with Connection: close meanwhile")
    func delay() async throws {
        let elapsed = try await Drained.run(delay: .seconds(2), handler: { _ in .text(.ok, "") }) { drained in
            let kept = try await drained.client()
            #expect(try await kept.send(HTTPRequest(.get, "/"), until: .after(patience)).fields["Connection"] == nil)
            drained.server.drain()
            try await drained.loop.sleep(for: .milliseconds(5))
            for client in [kept, try await drained.client()] {
                let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
                #expect(response.status == 200)
                #expect(response.fields["Connection"] == "close")
            }
        }
        #expect(elapsed >= .seconds(2))
    }

    @Test("gives up on requests that do not end within the grace")
    func grace() async throws {
        let elapsed = try await Drained.run(
            grace: .milliseconds(50),
            handler: { _ in .text(.ok, "") }
        ) { drained in
            let stream = try await TCPStream.connect(
                to: drained.server.address,
                on: drained.loop,
                until: .after(patience)
            )
            try await stream.write(
                Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n".utf8),
                until: .after(patience)
            )
            try await drained.loop.sleep(for: .milliseconds(20))
            drained.server.drain()
            while try await stream.read(until: .after(patience), { _ in }) > 0 {}
        }
        #expect(elapsed < patience)
    }

    @Test("ends at once when its task is cancelled")
    func cancellation() async throws {
        try await ServerFixture.run { fixture in
            let client = try await fixture.client()
            let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
            #expect(response.status == 200)
        }
    }
}

@Suite("Health routes")
struct HealthRoutesTests {
    @Test("tell liveness, readiness with reasons, and metrics")
    func routes() async {
        let readiness = Readiness(["certificate"])
        let metrics = MetricRegistry()
        metrics.counter("a_total", help: "A.").increment()
        let router = HealthRoutes.router(readiness: readiness, metrics: metrics)
        func ask(_ path: String) async -> HTTPResponse { await router.respond(to: HTTPRequest(.get, path)) }
        #expect(await ask("/healthz").status == 200)
        #expect(await ask("/readyz").status == 503)
        #expect(await ask("/readyz").text.contains("certificate: not yet"))
        readiness["certificate"] = .ready
        #expect(await ask("/readyz").status == 200)
        readiness.beginDraining()
        #expect(await ask("/readyz").status == 503)
        #expect(await ask("/healthz").status == 200)
        let text = await ask("/metrics")
        #expect(text.text.contains("a_total 1\n"))
        #expect(text.fields["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    }
}

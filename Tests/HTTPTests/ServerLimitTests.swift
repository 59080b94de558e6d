import Glibc
import HTTP
import Synchronization
import Testing
import Transport

private let refusals = "vernemq_operator_http_connections_refused_total"
private let get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

@Suite("A server's bounds")
struct ServerLimitTests {
    @Test(
        "on time are answered with 408",
        arguments: [
            ("", "connection"), ("GET / HT", "header"), ("GET / HTTP/1.1\r\nHost: h\r\n", "header"),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc", "body"),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "body"),
        ]
    )
    func timeouts(_ text: String, _ part: String) async throws {
        try await ServerFixture.run(configure: {
            $0.firstByteTimeout = .milliseconds(50)
            $0.headTimeout = .milliseconds(50)
            $0.bodyTimeout = .milliseconds(50)
        }) { fixture in
            let connection = try await fixture.connect()
            try await connection.send(text)
            let response = try #require(try await connection.response())
            #expect(response.status == 408)
            #expect(response.text.contains(part))
            #expect(try await connection.rest() == "")
            #expect(fixture.metric("vernemq_operator_http_rejections_total", "\(part)-timeout") == 1)
        }
    }

    @Test("on time hold for a client that sends a byte now and then")
    func trickle() async throws {
        try await ServerFixture.run(configure: { $0.headTimeout = .milliseconds(100) }) { fixture in
            let connection = try await fixture.connect()
            let started = Deadline.now
            do {
                for byte in "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 4_000) {
                    try await connection.send(String(byte))
                    try await fixture.loop.sleep(for: .milliseconds(10))
                }
                Issue.record("the server took four thousand bytes of header, one at a time")
            } catch TransportError.system {
                // The server has closed.
            }
            #expect(started.elapsed < patience)
        }
    }

    @Test("close a connection that has nothing to say, without a word")
    func idle() async throws {
        try await ServerFixture.run(configure: { $0.idleTimeout = .milliseconds(50) }) { fixture in
            let connection = try await fixture.connect()
            try await connection.send(get)
            #expect(try await connection.response()?.status == 200)
            #expect(try await connection.rest() == "")
        }
    }

    @Test("on handlers are answered with 503 while the handler is still at work")
    func overdue() async throws {
        let release = Mutex(false)
        let finished = Mutex(false)
        try await ServerFixture.run(
            configure: { $0.requestTimeout = .milliseconds(50) },
            handler: { request in
                while !release.withLock({ $0 }) {
                    do { try await Task.sleep(for: .milliseconds(2)) } catch { break }
                }
                finished.withLock { $0 = true }
                return .text(.ok, "too late")
            }
        ) { fixture in
            let connection = try await fixture.connect()
            try await connection.send(get + get)
            let response = try #require(try await connection.response())
            #expect(response.status == 503)
            #expect(try await connection.rest() == "")
            #expect(!finished.withLock { $0 })
            release.withLock { $0 = true }
            try await fixture.eventually(
                { fixture.metric("vernemq_operator_http_connections") == 0 },
                "the connection is left over"
            )
            #expect(finished.withLock { $0 })
        }
    }

    @Test("on connections are answered with 503 and Retry-After; good clients go on, and places are given back")
    func connections() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumConnections = 2
            $0.maximumRefusals = 1
            $0.retryAfter = .seconds(7)
            $0.lingerTimeout = .milliseconds(50)
        }) { fixture in
            let first = try await fixture.client()
            let second = try await fixture.client()
            for client in [first, second] {
                #expect(try await client.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            }
            let third = try await fixture.connect()
            try await fixture.eventually({ fixture.metric(refusals) == 1 }, "the third is not refused")
            let beyond = try await fixture.connect()
            #expect(try await beyond.rest() == "")
            try await third.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
            let refused = try #require(try await third.response())
            #expect(refused.status == 503)
            #expect(refused.fields["Retry-After"] == "7")
            #expect(try await third.rest() == "")
            #expect(try await first.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            second.close()
            third.stream.close()
            try await fixture.eventually(
                { fixture.metric("vernemq_operator_http_connections") == 1 },
                "no place is given back"
            )
            #expect(try await fixture.client().send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
        }
    }

    @Test("on requests and age end a connection by Connection: close, after an answer")
    func retirement() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumRequestsPerConnection = 3
            $0.jitter = 0
        }) { fixture in
            let client = try await fixture.client()
            for index in 1...3 {
                let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
                #expect(response.status == 200)
                #expect(response.fields["Connection"] == (index == 3 ? "close" : nil))
            }
            #expect(!client.isReusable)
        }
        try await ServerFixture.run(configure: { $0.maximumConnectionAge = .zero }) { fixture in
            let client = try await fixture.client()
            let response = try await client.send(HTTPRequest(.get, "/"), until: .after(patience))
            #expect(response.fields["Connection"] == "close")
        }
    }

    @Test("on descriptors pause accepting, while clients that are connected are served")
    func descriptors() async {
        // The limit is the process's own, and other tests need descriptors.
        await #expect(processExitsWith: .success) {
            let configure = { (configuration: inout ServerConfiguration) in
                configuration.acceptPause = .milliseconds(10)
                // A machine that stands still for seconds must not have the only client give up its place.
                (configuration.restingGrace, configuration.receivingGrace) = (.seconds(600), .seconds(600))
            }
            try await ServerFixture.run(configure: configure) { fixture in
                let client = try await fixture.client()
                try await client.succeed()
                let late = BlockingSocket()
                let spent = exhaustDescriptors()
                // The kernel makes the connection; the server finds no descriptor for it.
                guard late.connect(to: fixture.server.address.port) else { exit(1) }
                late.send(get)
                for _ in 0..<20 {
                    try await client.succeed()
                    try await fixture.loop.sleep(for: .milliseconds(2))
                }
                guard fixture.metric("vernemq_operator_http_connections") == 1 else { exit(2) }
                for descriptor in spent { close(descriptor) }
                try await fixture.eventually(
                    { fixture.metric("vernemq_operator_http_connections") == 2 },
                    "accepting does not go on"
                )
                try await client.succeed()
                guard late.receive().hasPrefix("HTTP/1.1 200 OK\r\n") else { exit(3) }
            }
        }
    }
}

extension HTTPClient {
    fileprivate func succeed() async throws {
        let response = try await send(HTTPRequest(.get, "/"), until: .after(patience))
        guard response.status == .ok else { exit(4) }
    }
}

/// Opens descriptors until the process has no more.
private func exhaustDescriptors() -> [CInt] {
    var limit = rlimit(rlim_cur: 128, rlim_max: 128)
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var spent: [CInt] = []
    while true {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        if descriptor < 0 { return spent }
        spent.append(descriptor)
    }
}

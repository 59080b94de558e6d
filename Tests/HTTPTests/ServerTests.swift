import Glibc
import HTTP
import Synchronization
import Testing
import Transport

private let get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

@Suite("A server")
struct ServerTests {
    @Test("answers requests one after the other on one connection")
    func keepAlive() async throws {
        try await ServerFixture.run { fixture in
            let client = try await fixture.client()
            for size in [0, 1, 5_000, 200_000, 3] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                let response = try await client.send(
                    HTTPRequest(.post, "/\(size)", body: body),
                    until: .after(patience)
                )
                #expect(response.status == .ok)
                #expect(response.fields["Target"] == "/\(size)")
                #expect(response.fields["Date"]?.hasSuffix("GMT") == true)
                #expect(response.body == body)
            }
            #expect(client.isReusable)
            #expect(fixture.metric("vernemq_operator_http_connections_total") == 1)
            #expect(fixture.metric("vernemq_operator_http_responses_total", "2xx") == 5)
        }
    }

    @Test("answers a hundred pipelined requests in order")
    func pipelining() async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            try await connection.send((0..<100).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
            for index in 0..<100 {
                #expect(try await connection.response()?.fields["Target"] == "/\(index)")
            }
        }
    }

    @Test("takes chunked bodies, answers HEAD without a body, and speaks HTTP/1.0")
    func forms() async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            try await connection.send(
                "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            )
            #expect(try await connection.response()?.text == "hello")
            try await connection.send("HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
            let head = try await connection.response(to: .head)
            #expect(head?.fields["Content-Length"] == "3")
            try await connection.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na")
            #expect(try await connection.response()?.fields["Connection"] == "keep-alive")
            try await connection.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await connection.response()?.fields["Connection"] == "close")
            #expect(try await connection.rest() == "")
        }
    }

    @Test("says 100 Continue to a client that waits for it")
    func expectContinue() async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            try await connection.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await connection.some() == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("hi")
            #expect(try await connection.response()?.text == "hi")
        }
    }

    @Test(
        "refuses with the status that fits, says why, and closes",
        arguments: [
            ("GET / HTTP/1.1\nHost: h\n\n", 400, "LF"), ("GET / HTTP/1.1\r\n\r\n", 400, "Host"),
            ("GET / HTTP/3.0\r\n\r\n", 505, "HTTP/1.1"), ("CONNECT a:1 HTTP/1.1\r\n\r\n", 501, "CONNECT"),
            ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n\r\n", 414, "request line"),
            ("GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 17_000))\r\n\r\n", 431, "header"),
            ("POST / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\n\r\n", 417, "100-continue"),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "coding"),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n", 413, "body"),
        ]
    )
    func refusals(_ text: String, _ status: Int, _ reason: String) async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            try await connection.send(text)
            let response = try #require(try await connection.response())
            #expect(response.status.code == status)
            #expect(response.text.contains(reason))
            #expect(response.fields["Connection"] == "close")
            #expect(try await connection.rest() == "")
        }
    }

    @Test("answers a good request before it refuses the bad one behind it")
    func goodThenBad() async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            try await connection.send(get + "nonsense\r\n\r\n" + get)
            #expect(try await connection.response()?.status == 200)
            #expect(try await connection.response()?.status == 400)
            #expect(try await connection.rest() == "")
        }
    }

    @Test("lets a client that sends far too much read the answer")
    func oversized() async throws {
        try await ServerFixture.run { fixture in
            let connection = try await fixture.connect()
            let size = 12 * 1024 * 1024
            try await connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
            try await connection.stream.write([UInt8](repeating: 65, count: size), until: .after(patience))
            #expect(try await connection.response()?.status == 413)
        }
    }

    @Test("answers a client that has ended its own side")
    func halfClose() async throws {
        try await ServerFixture.run { fixture in
            let complete = try await fixture.connect()
            try await complete.send(get + get)
            complete.stream.shutDownWriting()
            #expect(try await complete.response()?.status == 200)
            #expect(try await complete.response()?.status == 200)
            #expect(try await complete.rest() == "")
            let broken = try await fixture.connect()
            try await broken.send("GET /a HTT")
            broken.stream.shutDownWriting()
            #expect(try await broken.response()?.status == 400)
            let silent = try await fixture.connect()
            silent.stream.shutDownWriting()
            #expect(try await silent.rest() == "")
        }
    }

    @Test("outlives clients that reset their connections")
    func reset() async throws {
        try await ServerFixture.run { fixture in
            for text in ["", "GET /", get, get + get, "nonsense\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"] {
                let socket = BlockingSocket()
                #expect(socket.connect(to: fixture.server.address.port))
                socket.send(text)
                socket.reset()
            }
            try await fixture.eventually(
                { fixture.metric("vernemq_operator_http_connections") == 0 },
                "connections are left over"
            )
            #expect(try await fixture.client().send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
        }
    }

    @Test("hands the handler the peer and the deadline")
    func facts() async throws {
        try await ServerFixture.run(handler: { request in
            .text(.ok, "\(request.peer?.ip == .loopback) \(request.deadline > .now) \(request.tls == nil)")
        }) { fixture in
            let response = try await fixture.client().send(HTTPRequest(.get, "/"), until: .after(patience))
            #expect(response.text == "true true true")
        }
    }

    @Test("serves from several loops")
    func loops() async throws {
        let threads = Mutex<Set<pthread_t>>([])
        try await ServerFixture.run(
            loops: 3,
            handler: { _ in
                threads.withLock { _ = $0.insert(pthread_self()) }
                return .text(.ok, "")
            }
        ) { fixture in
            // The kernel spreads connections by hash: sixty-four on one of three loops would be one chance in 3^63.
            for _ in 0..<64 {
                let response = try await fixture.client().send(HTTPRequest(.get, "/"), until: .after(patience))
                #expect(response.status == 200)
            }
        }
        #expect(threads.withLock { $0.count } > 1)
    }
}

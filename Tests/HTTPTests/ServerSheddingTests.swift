import HTTP
import Testing
import Transport

private let shed = "vernemq_operator_http_connections_shed_total"
private let open = "vernemq_operator_http_connections"

/// What must not keep good clients from being answered.
@Suite("A server whose places are taken by clients that do not use them")
struct ServerSheddingTests {
    @Test("answers new clients, and keeps the one that it has answered", arguments: [1, 2])
    func silence(_ loops: Int) async throws {
        try await ServerFixture.run(loops: loops, configure: { $0.maximumConnections = 16 }) { fixture in
            var silent: [RawConnection] = []
            let regular = try await fixture.client()
            #expect(try await regular.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            for _ in 0..<200 {
                silent.append(try await fixture.connect())
                if silent.count % 20 == 0 {
                    let fresh = try await fixture.client()
                    #expect(try await fresh.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
                    fresh.close()
                }
            }
            #expect(try await regular.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200)
            try await fixture.eventually({ fixture.metric(open) <= 16 }, "more connections are open than are allowed")
            try await fixture.eventually({ fixture.metric(shed) >= 200 - 16 }, "silent connections are kept")
            // The first to come has held its place for nothing for the longest.
            #expect(try await silent[0].rest() == "")
        }
    }

    @Test("answers new clients while others send their headers and bodies slowly")
    func slowness() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumConnections = 4
            $0.receivingGrace = .milliseconds(100)
            $0.restingGrace = patience
        }) { fixture in
            var slow: [RawConnection] = []
            for text in ["GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"] {
                for _ in 0..<2 {
                    let connection = try await fixture.connect()
                    try await connection.send(text)
                    slow.append(connection)
                }
            }
            var answered: [HTTPClient] = []
            for _ in 0..<4 { answered.append(try await fixture.clientAnsweredInTheEnd()) }
            #expect(fixture.metric(shed) == 4)
            for connection in slow { #expect(try await connection.rest() == "") }
        }
    }

    @Test("leaves a request alone that has just begun: the newcomer gets 503")
    func fairness() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumConnections = 1
            $0.receivingGrace = patience
        }) { fixture in
            let first = try await fixture.connect()
            try await first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await first.some().hasPrefix("HTTP/1.1 100 "))
            let second = try await fixture.connect()
            try await second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let refusal = try await second.response()
            #expect(refusal?.status == 503, "\(refusal?.text ?? "no answer")")
            try await first.send("hi")
            #expect(try await first.response()?.status == 200)
        }
    }
}

@Suite("A server's memory for bodies")
struct ServerMemoryTests {
    private static let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65000\r\n\r\n"
    private static let part = String(repeating: "a", count: 60_000)
    private static let rest = String(repeating: "b", count: 5_000)

    @Test("is bounded: a body that does not fit is answered 503, small ones always pass, and places are given back")
    func bound() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumHeldBytes = 150_000
            $0.receivingGrace = patience
        }) { fixture in
            var holders: [RawConnection] = []
            for _ in 0..<3 { holders.append(try await fixture.connectHolding(Self.part, after: Self.head)) }
            try await fixture.eventually({ fixture.metric(open) == 3 }, "bodies are not taken")
            let late = try await fixture.connect()
            try await late.send(Self.head + Self.part)
            let refused = try #require(try await late.response())
            #expect(refused.status == 503)
            #expect(refused.fields["Retry-After"] == "1")
            #expect(fixture.metric("vernemq_operator_http_rejections_total", "crowded") == 1)

            let small = try await fixture.client()
            var request = HTTPRequest(.post, "/")
            request.body = Array(repeating: 0x61, count: 12_000)
            #expect(try await small.send(request, until: .after(patience)).status == 200)
            for connection in holders {
                try await connection.send(Self.rest)
                #expect(try await connection.response()?.status == 200)
            }
            // Twice as much as there is room for, but one after the other.
            for _ in 0..<4 {
                request.body = Array(repeating: 0x61, count: 100_000)
                #expect(try await small.send(request, until: .after(patience)).status == 200)
            }
        }
    }

    @Test("goes to those who come, and is taken from those who have held it for long")
    func slowBodies() async throws {
        try await ServerFixture.run(configure: {
            $0.maximumHeldBytes = 150_000
            $0.receivingGrace = .milliseconds(100)
        }) { fixture in
            var holders: [RawConnection] = []
            for _ in 0..<3 { holders.append(try await fixture.connectHolding(Self.part, after: Self.head)) }
            var request = HTTPRequest(.post, "/")
            request.body = Array(repeating: 0x61, count: 100_000)
            let deadline = Deadline.after(patience)
            var isAnswered = false
            while !isAnswered, !deadline.isPast {
                let client = try await fixture.client()
                isAnswered = try await client.send(request, until: .after(patience)).status == 200
            }
            #expect(isAnswered)
            #expect(fixture.metric(shed) >= 1)
        }
    }
}

extension ServerFixture {
    /// A client that tries until it is answered, as a good one does that is told to come back.
    fileprivate func clientAnsweredInTheEnd() async throws -> HTTPClient {
        let deadline = Deadline.after(patience)
        while true {
            let client = try await client()
            if try await client.send(HTTPRequest(.get, "/"), until: .after(patience)).status == 200 { return client }
            guard !deadline.isPast else {
                Issue.record("no place is given up")
                return client
            }
        }
    }

    /// A connection whose head the server has read, and which has a part of its body under way.
    fileprivate func connectHolding(_ part: String, after head: String) async throws -> RawConnection {
        let connection = try await connect()
        try await connection.send(head.replacing("\r\n\r\n", with: "\r\nExpect: 100-continue\r\n\r\n"))
        #expect(try await connection.some().hasPrefix("HTTP/1.1 100 "))
        try await connection.send(part)
        return connection
    }
}

import Document
import HTTP
import KubernetesClient
import Telemetry
import Testing
import Transport

@Suite("An API client", .timeLimit(.minutes(3)))
struct ClientTests {
    static let key = ObjectKey(namespace: "ns", name: "a")
    static let body = object("a", version: 1).serializedString()

    @Test("says who it is and what it wants in the API's own terms")
    func paths() async throws {
        let seen = Shared<[String]>([])
        try await FakeAPIServer.run { request, connection in
            let type = request.fields["Content-Type"] ?? "-"
            seen.change {
                $0.append(
                    "\(request.method) \(request.target) \(type) \(String(decoding: request.body, as: UTF8.self))"
                )
            }
            #expect(request.fields["User-Agent"] == "vernemq-operator")
            try await connection.answer(200, Self.body)
        } _: { server in
            let client = server.client()
            _ = try await client.get(.statefulSets, Self.key, subresource: "scale")
            try await client.create(.configMaps, ["metadata": ["name": "x", "namespace": "n s"]], isDryRun: true)
            try await client.patch(.configMaps, Self.key, .merge(["a": nil]))
            try await client.patch(.configMaps, Self.key, .json(JSONPatch([.remove(path: ["a"])])))
            try await client.apply(.configMaps, object("a", version: 1), force: true)
            try await client.replace(.verneMQs, Self.key, with: ["k": 1], subresource: "status")
            try await client.delete(.namespaces, ObjectKey(name: "gone"), Deletion(uid: "7", propagation: .orphan))
        }
        let applied = object("a", version: 1).serializedString()
        #expect(
            seen.current == [
                "GET /apis/apps/v1/namespaces/ns/statefulsets/a/scale - ",
                "POST /api/v1/namespaces/n%20s/configmaps?fieldManager=vernemq-operator&dryRun=All application/json "
                    + #"{"metadata":{"name":"x","namespace":"n s"}}"#,
                "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=vernemq-operator application/merge-patch+json "
                    + #"{"a":null}"#,
                "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=vernemq-operator application/json-patch+json "
                    + #"[{"op":"remove","path":"/a"}]"#,
                "PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=vernemq-operator&force=true "
                    + "application/apply-patch+yaml " + applied,
                "PUT /apis/vmq.k8s.vernemq.com/v1alpha1/namespaces/ns/vernemqs/a/status?fieldManager=vernemq-operator "
                    + #"application/json {"k":1}"#,
                "DELETE /api/v1/namespaces/gone application/json "
                    + #"{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"7"},"propagationPolicy":"Orphan"}"#,
            ]
        )
    }

    @Test(
        "sorts refusals",
        arguments: [
            (400, "BadRequest", "bad-request"), (403, "Forbidden", "forbidden"), (404, "NotFound", "not-found"),
            (409, "AlreadyExists", "already-exists"), (409, "Conflict", "conflict"), (410, "Expired", "gone"),
            (422, "Invalid", "invalid"), (429, "TooManyRequests", "throttled"),
            (500, "ServerTimeout", "server-timeout"),
            (500, "InternalError", "unavailable"), (503, "ServiceUnavailable", "unavailable"),
            (504, "Timeout", "server-timeout"),
            (401, "Unauthorized", "unauthorized"), (418, "", "other"),
        ]
    )
    func refusals(_ code: Int, _ reason: String, _ expected: String) async throws {
        try await FakeAPIServer.run { _, connection in
            try await connection.answer(code, status: reason, "because")
        } _: { server in
            let error = await #expect(throws: APIError.self) { _ = try await server.client().get(.pods, Self.key) }
            #expect(error?.code == expected)
            #expect(error?.status?.message == "because")
            #expect(error?.status?.reason == reason)
        }
    }

    @Test("keeps a connection, and notices when the server has closed it")
    func reuse() async throws {
        let connections = Shared<[Int]>([])
        try await FakeAPIServer.run { request, connection in
            connections.change { $0.append(connection.number) }
            try await connection.answer(200, Self.body)
            if request.path.hasSuffix("/last") { throw FakeAPIServer.HangUp() }
        } _: { server in
            let client = server.client()
            for name in ["a", "b", "last"] { _ = try await client.get(.pods, ObjectKey(name: name)) }
            _ = try await client.get(.pods, ObjectKey(name: "c"))
        }
        #expect(connections.current == [1, 1, 1, 2])
    }

    @Test(
        "sends again only what does no harm twice when a kept-alive connection ends under it",
        arguments: [
            (APIVerb.get, true), (.apply, true), (.create, false), (.patch, false), (.delete, false), (.update, false),
        ]
    )
    func staleConnection(_ verb: APIVerb, _ isRepeated: Bool) async throws {
        let count = Shared(0)
        try await FakeAPIServer.run { request, connection in
            if request.path == "/second" {
                count.change { $0 += 1 }
                // The request has come; the connection ends before the answer.
                if count.current == 1 { throw FakeAPIServer.HangUp() }
            }
            try await connection.answer(200, Self.body)
        } _: { server in
            let client = server.client()
            _ = try await client.raw(.get, "/first")
            do {
                _ = try await client.raw(verb, "/second", body: Array("{}".utf8))
                #expect(isRepeated)
            } catch let error as APIError {
                #expect(!isRepeated)
                #expect(error.code == "interrupted")
            }
        }
        #expect(count.current == (isRepeated ? 2 : 1))
    }

    @Test("does not send again what failed on a connection of its own")
    func freshConnection() async throws {
        let count = Shared(0)
        try await FakeAPIServer.run { _, _ in
            count.change { $0 += 1 }
            throw FakeAPIServer.HangUp()
        } _: { server in
            await #expect(throws: APIError.self) { _ = try await server.client().get(.pods, Self.key) }
        }
        #expect(count.current == 1)
    }

    @Test("an answer that ends in the middle is an error, a slow one is not")
    func partialAnswers() async throws {
        try await FakeAPIServer.run { request, connection in
            if request.path == "/slow" {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Le")
                await Task.yield()
                try await connection.send("ngth: 2\r\n\r\n{")
                await Task.yield()
                try await connection.send("}")
            } else {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
                throw FakeAPIServer.HangUp()
            }
        } _: { server in
            let client = server.client()
            let slow = try await client.raw(.get, "/slow")
            #expect(slow.body == Array("{}".utf8))
            let error = await #expect(throws: APIError.self) { _ = try await client.raw(.create, "/cut") }
            #expect(error == .interrupted(.truncated))
        }
    }

    @Test("comes again when the server says when, and hands the refusal on when it says so too often")
    func retryAfter() async throws {
        let count = Shared(0)
        try await FakeAPIServer.run { request, connection in
            count.change { $0 += 1 }
            if request.path == "/always" || count.current == 1 {
                try await connection.answer(429, status: "TooManyRequests", "slow down", ["Retry-After: 1"])
            } else {
                try await connection.answer(200, "{}")
            }
        } _: { server in
            let client = server.client {
                $0.maximumThrottles = 1
                $0.maximumRetryAfter = .milliseconds(1)
            }
            _ = try await client.raw(.create, "/once")
            #expect(count.current == 2)
            let error = await #expect(throws: APIError.self) { _ = try await client.raw(.create, "/always") }
            #expect(error?.retryAfter == .seconds(1))
            #expect(count.current == 4)
        }
    }

    @Test("holds no more connections than it may")
    func bounded() async throws {
        let highest = Shared(0)
        try await FakeAPIServer.run { _, connection in
            highest.change { $0 = max($0, connection.number) }
            try await connection.answer(200, "{}")
        } _: { server in
            let client = server.client { $0.maximumConnections = 3 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { _ = try await client.raw(.get, "/") } }
                try await group.waitForAll()
            }
            #expect(client.connectionCount <= 3)
        }
        #expect(highest.current <= 3)
    }

    @Test("lists page by page; when the server loses the thread, from the beginning and in one piece")
    func paging() async throws {
        let queries = Shared<[String]>([])
        try await FakeAPIServer.run { request, connection in
            queries.change { $0.append(request.query ?? "") }
            let (items, more): (String, String) =
                switch (request.queryValue("limit"), request.queryValue("continue")) {
                case ("2", nil): (#"{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}"#, #","continue":"next""#)
                case ("2", _) where request.path.hasSuffix("pods"): (#"{"metadata":{"name":"c"}}"#, "")
                case (nil, _): (#"{"metadata":{"name":"whole"}}"#, "")
                default: ("", "gone")
                }
            if more == "gone" {
                try await connection.answer(410, status: "Expired", "too old")
            } else {
                try await connection.answer(
                    200,
                    #"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"7"\#(more)},"items":[\#(items)]}"#
                )
            }
        } _: { server in
            let client = server.client()
            let pods = try await client.list(.pods, pageSize: 2)
            #expect(pods.items.compactMap { $0["metadata"]?["name"]?.stringValue } == ["a", "b", "c"])
            #expect(pods.items.allSatisfy { $0["kind"]?.stringValue == "Pod" && $0["apiVersion"]?.stringValue == "v1" })
            #expect(pods.resourceVersion == "7")
            let services = try await client.list(.services, pageSize: 2)
            #expect(services.items.count == 1)
        }
        #expect(queries.current == ["limit=2", "limit=2&continue=next", "limit=2", "limit=2&continue=next", ""])
    }

    @Test("renews what it shows after a 401, once")
    func unauthorized() async throws {
        let count = Shared(0)
        try await FakeAPIServer.run { request, connection in
            count.change { $0 += 1 }
            if request.path == "/never" || count.current == 1 {
                try await connection.answer(401, status: "Unauthorized", "who are you")
            } else {
                try await connection.answer(200, "{}")
            }
        } _: { server in
            let client = server.client()
            _ = try await client.raw(.create, "/")
            #expect(count.current == 2)
            await #expect(throws: APIError.self) { _ = try await client.raw(.create, "/never") }
            #expect(count.current == 4)
        }
    }

    @Test("counts what it does under labels out of closed sets")
    func metrics() async throws {
        try await FakeAPIServer.run { _, connection in
            try await connection.answer(200, Self.body)
        } _: { server in
            let client = server.client()
            _ = try await client.get(.pods, ObjectKey(namespace: "secret-name", name: "x"))
            _ = try await client.raw(.get, "/some/path")
            let text = String(decoding: server.metrics.exposition(), as: UTF8.self)
            #expect(text.contains(#"vernemq_operator_api_requests_total{verb="get",resource="pods",code="200"} 1"#))
            #expect(text.contains(#"vernemq_operator_api_requests_total{verb="get",resource="raw",code="200"} 1"#))
            #expect(!text.contains("secret-name"))
        }
    }
}

import Testing

@testable import HTTP

/// What a response parser makes of the answers to a list of requests.
private struct ResponseOutcome: Equatable {
    var responses: [HTTPResponse] = []
    var trailers: [HTTPFields] = []
    var keepAlive: [Bool] = []
    var error: HTTPParseError?

    init(_ chunks: [ArraySlice<UInt8>], answering methods: [HTTPMethod], ends: Bool) {
        var parser = ResponseParser(limits: HTTPLimits())
        var methods = methods[...]
        var current: HTTPResponse?
        if let method = methods.popFirst() { parser.begin(answerTo: method) }
        do {
            for chunk in chunks + (ends ? [[]] : []) {
                if chunk.isEmpty, ends { parser.receiveEnd() } else { parser.receive(chunk.span) }
                reading: while true {
                    switch try parser.advance() {
                    case .needsMore: break reading
                    case .head(let head): current = HTTPResponse(head.status, fields: head.fields)
                    case .body(let part): current?.body += part
                    case .end(let trailers):
                        responses.append(try #require(current))
                        self.trailers.append(trailers)
                        keepAlive.append(parser.keepsAlive)
                        current = nil
                        guard let method = methods.popFirst() else { break reading }
                        parser.begin(answerTo: method)
                    }
                }
            }
        } catch let error as HTTPParseError {
            self.error = error
        } catch {
            Issue.record(error)
        }
    }
}

private struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var methods: [HTTPMethod] = [.get]
    var ends = false
    var bodies: [String] = []
    var keepAlive: [Bool] = []
    var error: HTTPParseError?
    var testDescription: String { text.prefix(60).debugDescription }
}

private let cases: [Case] = [
    Case(text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", bodies: ["hi"], keepAlive: [true]),
    Case(text: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", bodies: [""], keepAlive: [true]),
    Case(text: "HTTP/1.1 200 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n", bodies: [""], keepAlive: [false]),
    Case(text: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", bodies: [""], keepAlive: [false]),
    Case(
        text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        bodies: [""],
        keepAlive: [true]
    ),
    Case(
        text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        bodies: [""],
        keepAlive: [true]
    ),
    Case(
        text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
        methods: [.head, .get, .get],
        bodies: ["", "", "abc"],
        keepAlive: [true, true, true]
    ),
    Case(text: "HTTP/1.1 200 OK\r\n\r\nuntil the end", ends: true, bodies: ["until the end"], keepAlive: [false]),
    Case(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", ends: true, error: .truncated),
    Case(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", ends: true, error: .truncated),
    Case(text: "HTTP/1.1 200 OK\r\nConte", ends: true, error: .truncated),
    Case(text: "HTTP/1.1 20 OK\r\n\r\n", error: .badStatusLine),
    Case(text: "HTTP/1.1 200OK\r\n\r\n", error: .badStatusLine),
    Case(text: "HTTP/1.1 700 OK\r\n\r\n", error: .badStatusLine),
    Case(text: "HTTP/2 200 OK\r\n\r\n", error: .badStatusLine),
    Case(text: "hello\r\n", error: .badStatusLine),
    Case(text: "HTTP/1.1 200 OK\r\nContent-Length: a\r\n\r\n", error: .badContentLength),
    Case(text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", error: .badContentLength),
    Case(text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", error: .lengthAndEncoding),
    Case(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", error: .unsupportedTransferEncoding),
    Case(text: "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", error: .bareLineFeed),
    Case(text: "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101), error: .tooManyFields),
    Case(text: "HTTP/1.1 200 " + String(repeating: "a", count: 20_000), error: .headTooLarge),
]

@Suite("The response parser")
struct ResponseParserTests {
    @Test("reads what servers send, wherever the bytes are split", arguments: cases.indices)
    func table(_ index: Int) {
        let expected = cases[index]
        let bytes = Array(expected.text.utf8)
        let whole = ResponseOutcome([bytes[...]], answering: expected.methods, ends: expected.ends)
        #expect(whole.error == expected.error)
        #expect(whole.responses.map { String(decoding: $0.body, as: UTF8.self) } == expected.bodies)
        #expect(whole.keepAlive == expected.keepAlive)
        guard bytes.count < 1_000 else { return }
        for split in bytes.indices.dropFirst() {
            let halves = ResponseOutcome(
                [bytes[..<split], bytes[split...]],
                answering: expected.methods,
                ends: expected.ends
            )
            #expect(halves == whole, "split at \(split)")
        }
    }

    @Test("never traps on damaged bytes", arguments: [UInt64(21), 22])
    func mutations(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var errors: Set<HTTPParseError?> = []
        for _ in 0..<4_000 {
            guard let original = cases.randomElement(using: &generator) else { return }
            let bytes = generator.mutate(Array(original.text.utf8.prefix(300)))
            errors.insert(ResponseOutcome([bytes[...]], answering: original.methods, ends: true).error)
        }
        #expect(errors.count > 5, "seed \(seed)")
    }

    @Test("reads what the server writes", arguments: [UInt64(31), 32])
    func roundTrip(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var response = HTTPResponse(
                HTTPStatus([200, 204, 304, 400, 503, 299].randomElement(using: &generator) ?? 200)
            )
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                response.fields.append("X-" + generator.text("abc", 1...5), generator.text("a\r\n\u{0}: é", 0...9))
            }
            response.fields.append("Content-Length", "77")
            response.fields.append("Connection", "upgrade")
            response.body = Array(generator.text("abc\r\n", 0...50).utf8)
            let isHead = Bool.random(using: &generator)
            let bytes = ResponseEncoder.encode(
                response,
                version: .http1_1,
                omitsBody: isHead,
                persistence: .keepAlive,
                date: Array("now".utf8)
            )
            let outcome = ResponseOutcome([bytes[...]], answering: [isHead ? .head : .get], ends: false)
            let read = try #require(outcome.responses.first, "seed \(seed)")
            #expect(read.status == response.status)
            let hasBody = !isHead && ![204, 304].contains(response.status.code)
            #expect(read.body == (hasBody ? response.body : []))
            let own = response.fields.filter { $0.name.hasPrefix("X-") }.map { "\($0.name)=\($0.value.trimmingBlanks)" }
            #expect(read.fields.filter { $0.name.hasPrefix("X-") }.map { "\($0.name)=\($0.value)" } == own)
            #expect(outcome.keepAlive == [true])
        }
    }
}

@Suite("Message parts")
struct MessagePartTests {
    @Test("fields cannot carry line breaks or bad names")
    func fields() {
        #expect(HTTPField("A", "b\r\nC: d") == nil)
        #expect(HTTPField("A b", "c") == nil)
        #expect(HTTPField("", "c") == nil)
        var fields: HTTPFields = ["A": "1", "a": "2"]
        #expect(fields.values(of: "A") == ["1", "2"])
        fields["A"] = "x\r\ny"
        #expect(fields.map(\.value) == ["x  y"])
        fields["A\r\nB"] = "x"
        #expect(fields.count == 1)
        fields["a"] = nil
        #expect(fields.isEmpty)
    }

    @Test("dates are in HTTP's format")
    func dates() {
        #expect(
            String(decoding: HTTPDate.format(secondsSince1970: 784_111_777), as: UTF8.self)
                == "Sun, 06 Nov 1994 08:49:37 GMT"
        )
    }

    @Test("the router finds exact paths, answers HEAD by GET, and says which methods a path takes")
    func router() async {
        var router = Router()
        router.add(.get, "/a") { _ in .text(.ok, "get") }
        router.add(.post, "/a") { _ in .text(.ok, "post") }
        var more = Router()
        more.add(.post, "/b") { _ in .text(.ok, "b") }
        router.add(more)
        #expect(await router.respond(to: HTTPRequest(.get, "/a?x=y")).body == Array("get".utf8))
        #expect(await router.respond(to: HTTPRequest(.head, "/a")).status == 200)
        #expect(await router.respond(to: HTTPRequest(.post, "/b")).status == 200)
        #expect(await router.respond(to: HTTPRequest(.get, "/a/")).status == 404)
        let wrong = await router.respond(to: HTTPRequest(.put, "/a"))
        #expect(wrong.status == 405)
        #expect(wrong.fields["Allow"] == "GET, HEAD, POST")
        #expect(await router.respond(to: HTTPRequest(.head, "/b")).fields["Allow"] == "POST")
    }
}

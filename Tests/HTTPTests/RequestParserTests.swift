import Testing

@testable import HTTP

/// What a parser makes of a whole stream.
struct Outcome: Equatable {
    var requests: [HTTPRequest] = []
    var keepAlive: [Bool] = []
    var error: HTTPParseError?

    /// Feeds chunks one after the other, taking each request as soon as it is complete.
    init(_ chunks: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) {
        var parser = RequestParser(limits: limits)
        do {
            for chunk in chunks {
                parser.receive(chunk.span)
                while try parser.advance() == .complete {
                    keepAlive.append(parser.keepsAlive)
                    requests.append(parser.take())
                }
            }
        } catch {
            self.error = error
        }
    }

    init(_ text: String, limits: HTTPLimits = HTTPLimits()) {
        self.init([Array(text.utf8)[...]], limits: limits)
    }
}

/// Streams that the tables below and the properties share.
enum Corpus {
    static let accepted: [(text: String, targets: [String], bodies: [String])] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["/"], [""]),
        ("GET /a?b=c HTTP/1.1\r\nhost:a:443\r\n\r\n", ["/a?b=c"], [""]),
        ("GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", ["http://a/b"], [""]),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["*"], [""]),
        ("GET / HTTP/1.0\r\n\r\n", ["/"], [""]),
        ("GET / HTTP/1.9\r\nHost:\r\n\r\n", ["/"], [""]),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["/"], [""]),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", ["/a"], ["hello"]),
        ("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello", ["/a"], ["hello"]),
        ("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi", ["/a"], ["hi"]),
        ("POST /a HTTP/1.0\r\nExpect: wonders\r\nContent-Length: 2\r\n\r\nhi", ["/a"], ["hi"]),
        ("DELETE /a HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t a b \t \r\n\r\n", ["/a"], [""]),
        (
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"b;c\"\r\nhello\r\n06 ;x\r\n world\r\n0\r\n"
                + "Check: yes\r\n\r\n", ["/c"], ["hello world"]
        ),
        ("POST /c HTTP/1.1\r\nHost: a\r\ntransfer-encoding: ,chunked,\r\n\r\n0\r\n\r\n", ["/c"], [""]),
        (
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n", ["/1", "/2", "/3"], ["", "abc", ""]
        ),
    ]

    static let refused: [(text: String, error: HTTPParseError)] = [
        // Lines
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\n\n", .bareLineFeed),
        ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .lineFolding),
        ("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", .lineFolding),
        // Request line
        ("\r\n\r\n\r\n", .badRequestLine),
        ("GET  / HTTP/1.1\r\n", .badRequestLine),
        ("GET /  HTTP/1.1\r\n", .badRequestLine),
        ("GET / HTTP/1.1 \r\n", .badRequestLine),
        (" GET / HTTP/1.1\r\n", .badRequestLine),
        ("GET /\r\n", .badRequestLine),
        ("GET\r\n", .badRequestLine),
        ("GET / http/1.1\r\n", .badRequestLine),
        ("GET / HTTP/1.10\r\n", .badRequestLine),
        ("GET / HTTP/1,1\r\n", .badRequestLine),
        ("G@T / HTTP/1.1\r\n", .badRequestLine),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n", .badRequestLine),
        ("GET / HTTP/2.0\r\n", .unsupportedVersion),
        ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion),
        ("GET / HTTP/0.9\r\n", .unsupportedVersion),
        ("GET a HTTP/1.1\r\n", .badTarget),
        ("GET * HTTP/1.1\r\n", .badTarget),
        ("GET /a#b HTTP/1.1\r\n", .badTarget),
        ("GET /\u{7F} HTTP/1.1\r\n", .badTarget),
        ("GET /é HTTP/1.1\r\n", .badTarget),
        ("GET /\t HTTP/1.1\r\n", .badTarget),
        ("GET http:///a HTTP/1.1\r\n", .badTarget),
        ("GET ftp://a/ HTTP/1.1\r\n", .badTarget),
        ("CONNECT a:443 HTTP/1.1\r\n", .unsupportedMethod),
        // Fields
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\n: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHost\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nHöst: a\r\n\r\n", .badFieldName),
        ("GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", .badFieldValue),
        ("GET / HTTP/1.1\r\nA: b\u{0}c\r\n\r\n", .badFieldValue),
        ("GET / HTTP/1.1\r\nA: b\u{1B}[2J\r\n\r\n", .badFieldValue),
        // Host
        ("GET / HTTP/1.1\r\n\r\n", .missingHost),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .badHost),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
        // Framing
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", .badContentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", .bodyTooLarge),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7340033\r\n\r\n", .bodyTooLarge),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .lengthAndEncoding
        ),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .badTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .unsupportedTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", .badTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .badTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .badTransferEncoding),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .badTransferEncoding
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\na", .unknownExpectation),
        (chunked("g\r\n"), .badChunkSize),
        (chunked("\r\n"), .badChunkSize),
        (chunked(";a\r\n"), .badChunkSize),
        (chunked("-5\r\n"), .badChunkSize),
        (chunked("0x5\r\n"), .badChunkSize),
        (chunked("5 \r\nhello\r\n"), .badChunkSize),
        (chunked("5 a\r\n"), .badChunkSize),
        (chunked("5\nhello\r\n0\r\n\r\n"), .bareLineFeed),
        (chunked("ffffffffffffffff\r\n"), .badChunkSize),
        (chunked("fffffffffffffff\r\n"), .bodyTooLarge),
        (chunked("700001\r\n"), .bodyTooLarge),
        (chunked("5;\u{1}\r\n"), .badChunkExtension),
        (chunked("5;" + String(repeating: "a", count: 300) + "\r\n"), .badChunkExtension),
        (
            chunked(String(repeating: "1;" + String(repeating: "a", count: 200) + "\r\nb\r\n", count: 30)),
            .badChunkExtension
        ),
        (chunked("5\r\nhelloo\r\n"), .badChunkEnd),
        (chunked("5\r\nhello\n"), .bareLineFeed),
        (chunked("0\r\nA : b\r\n\r\n"), .badFieldName),
        // Sizes
        ("GET /" + String(repeating: "a", count: 9_000), .requestLineTooLong),
        ("GET / HTTP/1.1\r\nHost: a\r\nA: " + String(repeating: "a", count: 17_000), .headTooLarge),
        ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 101), .tooManyFields),
        (chunked("0\r\n" + String(repeating: "A: b\r\n", count: 101)), .tooManyFields),
        // A good request before the bad one is still a request.
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n", .badRequestLine),
    ]

    static func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }

    static var all: [String] { accepted.map(\.text) + refused.map(\.text) }
}

@Suite("The request parser")
struct RequestParserTests {
    @Test("accepts what RFC 9112 allows", arguments: Corpus.accepted.indices)
    func accepts(_ index: Int) {
        let (text, targets, bodies) = Corpus.accepted[index]
        let outcome = Outcome(text)
        #expect(outcome.error == nil)
        #expect(outcome.requests.map(\.target) == targets)
        #expect(outcome.requests.map { String(decoding: $0.body, as: UTF8.self) } == bodies)
    }

    @Test("refuses what two readers might understand in two ways", arguments: Corpus.refused.indices)
    func refuses(_ index: Int) {
        let (text, error) = Corpus.refused[index]
        #expect(Outcome(text).error == error, "\(text.debugDescription)")
    }

    @Test("refuses field values that are not UTF-8")
    func notUTF8() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nA: ".utf8) + [0xFF] + Array("\r\n\r\n".utf8)
        #expect(Outcome([bytes[...]]).error == .badFieldValue)
    }

    @Test("keeps fields, trailers, version, path and query apart")
    func parts() throws {
        let text =
            "POST http://h/p%20q?a=1&b=x%2By+z&a=2 HTTP/1.1\r\nHost: h\r\nA: 1\r\na: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "1\r\nx\r\n0\r\nA: 3\r\nContent-Length: 7\r\n\r\n"
        let request = try #require(Outcome(text).requests.first)
        #expect(request.path == "/p%20q")
        #expect(request.query == "a=1&b=x%2By+z&a=2")
        #expect(request.queryValue("a") == "1")
        #expect(request.queryValue("b") == "x+y z")
        #expect(request.queryValue("c") == nil)
        #expect(request.fields.values(of: "A") == ["1", "2"])
        #expect(request.fields["content-length"] == nil)
        #expect(request.trailers.map(\.value) == ["3", "7"])
    }

    @Test(
        "says whether the connection is to be kept",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "x, Close", false),
            ("HTTP/1.0", "", false), ("HTTP/1.0", "Keep-Alive", true), ("HTTP/1.0", "keep-alive, close", false),
        ]
    )
    func keepAlive(_ version: String, _ option: String, _ expected: Bool) {
        let field = option.isEmpty ? "" : "Connection: \(option)\r\n"
        #expect(Outcome("GET / \(version)\r\nHost: a\r\n\(field)\r\n").keepAlive == [expected])
    }

    @Test("asks for 100 Continue once, and not when the body is already there")
    func expectsContinue() throws {
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8)
        var parser = RequestParser()
        parser.receive(head.span)
        #expect(try parser.advance() == .expectsContinue)
        #expect(try parser.advance() == .needsMore)
        parser.receive(Array("hi".utf8).span)
        #expect(try parser.advance() == .complete)
        var second = RequestParser()
        second.receive((head + Array("h".utf8)).span)
        #expect(try second.advance() == .needsMore)
    }

    @Test("comes to the same result wherever the bytes are split", arguments: Corpus.all)
    func splits(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = Outcome([bytes[...]])
        for split in bytes.indices where bytes.count < 400 || split % 97 == 0 {
            #expect(Outcome([bytes[..<split], bytes[split...]]) == whole, "split at \(split)")
        }
        #expect(Outcome(bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test("never traps, and does not depend on splits, on damaged bytes", arguments: [UInt64(1), 2, 3, 4])
    func mutations(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let limits = HTTPLimits(headSize: 300, requestLineSize: 100, fieldCount: 5, bodySize: 40)
        var accepted = 0
        for round in 0..<4_000 {
            let original = Corpus.all.randomElement(using: &generator) ?? ""
            let bytes = generator.mutate(Array(original.utf8.prefix(600)))
            let whole = Outcome([bytes[...]], limits: limits)
            if whole.error == nil { accepted += 1 }
            let split = Int.random(in: 0...bytes.count, using: &generator)
            let other = Outcome([bytes[..<split], bytes[split...]], limits: limits)
            guard whole == other else {
                Issue.record("seed \(seed), round \(round), split \(split): \(bytes)")
                return
            }
        }
        #expect(accepted > 100, "the mutations leave nothing whole")
    }

    @Test("reads what the client writes", arguments: [UInt64(11), 12])
    func roundTrip(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var request = HTTPRequest(
                [.get, .post, .put, .patch, .delete].randomElement(using: &generator) ?? .get,
                "/" + generator.text("abc/?=&%20", 0...20)
            )
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                request.fields.append("X-" + generator.text("abcXYZ-09", 1...9), generator.text("ab \té,;\"", 1...12))
            }
            request.body = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let outcome = Outcome([RequestEncoder.encode(request, host: "h:1")[...]])
            let read = try #require(outcome.requests.first, "seed \(seed): \(String(describing: outcome.error))")
            #expect(read.method == request.method && read.target == request.target && read.body == request.body)
            let expected = request.fields.map { "\($0.name): \($0.value.trimmingBlanks)" }
            let own: Set = ["Host", "Content-Length"]
            #expect(read.fields.filter { !own.contains($0.name) }.map { "\($0.name): \($0.value)" } == expected)
        }
    }
}

extension String {
    /// What a field value is without the white space around it.
    var trimmingBlanks: String {
        var bytes = Array(utf8)[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import HTTP
import Logging
import Synchronization
import Telemetry
import Testing
import Transport

/// Upper bound for whatever should happen at once: generous, so that a busy machine does not fail tests.
let patience: Duration = .seconds(60)

/// A server on a loop of its own, for the length of a test.
struct ServerFixture {
    let loop: EventLoop
    let server: HTTPServer
    let metrics: MetricRegistry

    var endpoint: HTTPClient.Endpoint { .init(server.address, name: "127.0.0.1") }

    /// Runs the body on the server's loop while the server runs, and aborts the server afterwards.
    static func run(
        loops: Int = 1,
        tls: TLSContextSource? = nil,
        configure: (inout ServerConfiguration) -> Void = { _ in },
        handler: @escaping HTTPHandler = echo,
        _ body: @escaping @Sendable (ServerFixture) async throws -> Void
    ) async throws {
        let loops = try (0..<loops).map { try EventLoop(name: "test-\($0)") }
        defer { for loop in loops { loop.shutDown() } }
        var configuration = ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "test")
        configuration.drainDelay = .zero
        configuration.drainGrace = .seconds(5)
        configure(&configuration)
        let metrics = MetricRegistry()
        let server = try HTTPServer(
            configuration,
            on: loops,
            tls: tls,
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            handler: handler
        )
        let fixture = ServerFixture(loop: loops[0], server: server, metrics: metrics)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await fixture.loop.run { try await body(fixture) }
            group.cancelAll()
            do { try await group.waitForAll() } catch TransportError.cancelled {}
        }
    }

    /// Answers with the body of the request, and its target in a field.
    static let echo: HTTPHandler = { request in
        HTTPResponse(.ok, fields: ["Target": request.target], body: request.body)
    }

    func connect() async throws -> RawConnection {
        RawConnection(try await TCPStream.connect(to: server.address, on: loop, until: .after(patience)))
    }

    func client(_ endpoint: HTTPClient.Endpoint? = nil) async throws -> HTTPClient {
        try await HTTPClient.connect(to: endpoint ?? self.endpoint, on: loop, until: .after(patience))
    }

    /// The value of a metric of the server, 0 where it has none yet.
    func metric(_ name: String, _ label: String = "") -> Double {
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        let line = text.split(separator: "\n").first {
            $0.hasPrefix("\(name){server=\"test\"") && $0.contains(label)
        }
        return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }

    /// Waits until something is so.
    func eventually(_ condition: () -> Bool, _ comment: Comment) async throws {
        let deadline = Deadline.after(patience)
        while !condition() {
            if deadline.isPast {
                Issue.record(comment)
                return
            }
            try await loop.sleep(for: .milliseconds(5))
        }
    }
}

/// A client that sends what it likes.
final class RawConnection {
    let stream: TCPStream
    private var parser = ResponseParser(limits: HTTPLimits())

    init(_ stream: TCPStream) {
        self.stream = stream
    }

    func send(_ text: String) async throws {
        try await stream.write(Array(text.utf8), until: .after(patience))
    }

    /// The next response; nil when the server has ended the stream instead.
    func response(to method: HTTPMethod = .get) async throws -> HTTPResponse? {
        parser.begin(answerTo: method)
        var response: HTTPResponse?
        while true {
            switch try parser.advance() {
            case .needsMore:
                let count = try await stream.read(until: .after(patience)) { parser.receive($0) }
                if count == 0 {
                    if response == nil { return nil }
                    parser.receiveEnd()
                }
            case .head(let head): response = HTTPResponse(head.status, fields: head.fields)
            case .body(let part): response?.body += part
            case .end: return response
            }
        }
    }

    /// Everything until the server ends the stream.
    func rest() async throws -> String {
        var bytes: [UInt8] = []
        while try await stream.read(until: .after(patience), { $0.copy(to: &bytes) }) > 0 {}
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first bytes that come.
    func some() async throws -> String {
        var bytes: [UInt8] = []
        _ = try await stream.read(until: .after(patience)) { $0.copy(to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Span<UInt8> {
    func copy(to bytes: inout [UInt8]) {
        for index in indices { bytes.append(self[index]) }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

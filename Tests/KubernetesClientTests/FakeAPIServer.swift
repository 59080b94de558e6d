import Document
import HTTP
import KubernetesClient
import Logging
import Synchronization
import Telemetry
import Transport

/// Upper bound for whatever should happen at once: generous, so that a busy machine does not fail tests.
let patience: Duration = .seconds(60)

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// One connection of the fake server: it can say whatever it wants, whenever it wants.
final class FakeConnection {
    let stream: TCPStream
    /// The number of the connection, from 1.
    let number: Int

    init(_ stream: TCPStream, number: Int) {
        self.stream = stream
        self.number = number
    }

    func send(_ text: String) async throws {
        try await stream.write(Array(text.utf8), until: .after(patience))
    }

    /// A complete answer on a connection that stays open.
    func answer(_ code: Int, _ body: String, _ fields: [String] = []) async throws {
        let head =
            ["HTTP/1.1 \(code) X", "Content-Type: application/json", "Content-Length: \(body.utf8.count)"] + fields
        try await send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    func answer(_ code: Int, status reason: String, _ message: String, _ fields: [String] = []) async throws {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": .string(reason),
            "message": .string(message), "code": .integer(Int64(code)),
        ]
        try await answer(code, status.serializedString(), fields)
    }

    func beginChunks() async throws {
        try await send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    }

    func chunk(_ text: String) async throws {
        try await send(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    func endChunks() async throws {
        try await send("0\r\n\r\n")
    }
}

/// An API server made of a script: real TCP, real HTTP, and every misbehaviour that a test wants.
struct FakeAPIServer: Sendable {
    /// Answers a request; throwing closes the connection.
    typealias Script = @Sendable (HTTPRequest, FakeConnection) async throws -> Void

    /// Ends the connection without another word.
    struct HangUp: Error {}

    let loop: EventLoop
    let address: SocketAddress
    let metrics = MetricRegistry()

    var configuration: ClusterConfiguration {
        ClusterConfiguration(server: ServerURL(usesTLS: false, host: "127.0.0.1", port: address.port))
    }

    func client(_ configure: (inout ClientConfiguration) -> Void = { _ in }) -> APIClient {
        var configuration = ClientConfiguration(rate: 100_000, burst: 1000)
        configure(&configuration)
        return APIClient(self.configuration, configuration, on: loop, metrics: metrics, logger: silent)
    }

    /// Runs the body on the server's loop.
    static func run(
        _ script: @escaping Script,
        _ body: @escaping @Sendable (FakeAPIServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "fake")
        defer { loop.shutDown() }
        try await loop.run {
            let socket = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
            let server = FakeAPIServer(loop: loop, address: socket.address)
            let listener = LoopBound(try TCPListener(socket, on: loop), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withDiscardingTaskGroup { connections in
                        var number = 0
                        while let stream = try? await listener.value.accept() {
                            number += 1
                            let connection = LoopBound(FakeConnection(stream, number: number), on: loop)
                            connections.addTask { await serve(connection.value, script) }
                        }
                        connections.cancelAll()
                    }
                }
                try await body(server)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private static func serve(_ connection: FakeConnection, _ script: Script) async {
        var parser = RequestParser()
        defer { connection.stream.close() }
        do {
            while true {
                while try parser.advance() != .complete {
                    let count = try await connection.stream.read(until: .never) { parser.receive($0) }
                    if count == 0 { return }
                }
                try await script(parser.take(), connection)
            }
        } catch {
            return
        }
    }
}

/// Something that scripts and tests share.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    var current: Value { value.withLock { $0 } }

    func change<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
        value.withLock(body)
    }
}

/// Waits for something that must come true.
func eventually(_ loop: EventLoop, _ condition: () -> Bool) async throws {
    let deadline = Deadline.after(patience)
    while !condition() {
        if deadline.isPast { throw TransportError.timedOut }
        try await loop.sleep(until: .after(.milliseconds(2)))
    }
}

func object(_ name: String, version: Int, uid: String = "u", _ data: Int = 0) -> JSONValue {
    [
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": [
            "name": .string(name), "namespace": "ns", "uid": .string(uid), "resourceVersion": .string("\(version)"),
        ],
        "data": ["n": .string("\(data)")],
    ]
}

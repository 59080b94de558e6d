import Logging
import Testing
import Transport

@testable import HTTP
@testable import KubernetesClient

/// An API server that takes one exec request and goes on as it is told.
struct ExecServer {
    let loop: EventLoop
    let address: SocketAddress

    /// Runs a server and a client side by side on one loop.
    ///
    /// - Parameters:
    ///   - refusals: what is answered in place of a 101, each on a connection of its own.
    ///   - accepts: whether there is a WebSocket after the refusals.
    ///   - server: what happens on the WebSocket.
    ///   - client: what happens on the other side.
    static func run(
        refusals: [String] = [],
        accepts: Bool = true,
        server: @escaping @Sendable (_ request: HTTPRequest, WebSocket) async throws -> Void = { _, _ in },
        client: @escaping @Sendable (ExecServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "exec-test")
        defer { loop.shutDown() }
        try await loop.run {
            let socket = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
            let fixture = ExecServer(loop: loop, address: socket.address)
            let listener = LoopBound(try TCPListener(socket, on: loop), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    for refusal in refusals {
                        let stream = try await listener.value.accept(until: .after(patience))
                        _ = try await read(stream)
                        try await stream.write(Array(refusal.utf8), until: .after(patience))
                    }
                    guard accepts else { return }
                    let stream = try await listener.value.accept(until: .after(patience))
                    let request = try await read(stream)
                    try #require(request.fields["Sec-WebSocket-Protocol"] == "v4.channel.k8s.io")
                    let key = try #require(request.fields["Sec-WebSocket-Key"])
                    let answer =
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(key: key))\r\n"
                        + "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n"
                    try await stream.write(Array(answer.utf8), until: .after(patience))
                    try await server(
                        request,
                        WebSocket(stream, received: [], role: .server, subprotocol: nil, limits: WebSocket.Limits())
                    )
                }
                group.addTask(executorPreference: loop) { try await client(fixture) }
                try await group.waitForAll()
            }
        }
    }

    /// Runs a command on the server.
    func run(_ command: PodCommand, within limit: Duration = patience) async throws -> PodCommandResult {
        let endpoint = HTTPClient.Endpoint(address, name: "127.0.0.1")
        let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(patience))
        return try await PodExec.run(
            command,
            over: client,
            fields: ["Authorization": "Bearer t0ken"],
            on: loop,
            until: .after(limit)
        )
    }

    /// The way to the server for those who know no addresses.
    func connector(path: String = "") throws -> ClusterConnector {
        ClusterConnector(
            ClusterConfiguration(
                server: try #require(ServerURL("http://\(address)\(path)")),
                authorization: .token(Secret("t0ken"))
            ),
            on: loop,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func read(_ stream: TCPStream) async throws -> HTTPRequest {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = try await stream.read(until: .after(patience)) { span in
                for index in span.indices { bytes.append(span[index]) }
            }
            try #require(count > 0)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var request = HTTPRequest(.get, String(try #require(lines.first).split(separator: " ")[1]))
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            request.fields.append(String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
        return request
    }
}

extension WebSocket {
    /// Sends something on a channel.
    func send(_ channel: UInt8, _ text: String) async throws {
        try await send(.binary([channel] + Array(text.utf8)), until: .after(patience))
    }

    /// Sends the status of a success, and closes.
    func succeed() async throws {
        try await send(3, #"{"metadata":{},"status":"Success"}"#)
        try await close(until: .after(patience))
        _ = try await receive(until: .after(patience))
    }
}

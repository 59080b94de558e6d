import Testing
import Transport

@testable import HTTP

/// A server that takes one connection, reads the head of one request, answers as it is told, and hands over the rest.
struct WebSocketServer {
    let loop: EventLoop
    let address: SocketAddress

    /// What the server answers to the head of the handshake; nil for a proper 101.
    typealias Answer = @Sendable (_ key: String) -> String

    /// A proper 101.
    static func accept(_ subprotocol: String?) -> Answer {
        { key in
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(key: key))\r\n"
                + (subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? "") + "\r\n"
        }
    }

    /// Runs a server and a client side by side on one loop.
    static func run(
        tls: TLSContext? = nil,
        answer: @escaping Answer = accept(nil),
        server: @escaping @Sendable (TCPStream) async throws -> Void = { _ in },
        client: @escaping @Sendable (WebSocketServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "websocket-test")
        defer { loop.shutDown() }
        try await loop.run {
            let socket = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
            let fixture = WebSocketServer(loop: loop, address: socket.address)
            let listener = LoopBound(try TCPListener(socket, on: loop), on: loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) {
                    let stream = try await listener.value.accept(until: .after(patience))
                    if let tls { try await stream.acceptTLS(tls, until: .after(patience)) }
                    let head = try await readHead(stream)
                    try #require(head.hasPrefix("GET /x?y=z HTTP/1.1\r\n"))
                    let line = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") })
                    try await stream.write(
                        Array(answer(String(line.dropFirst("Sec-WebSocket-Key: ".count))).utf8),
                        until: .after(patience)
                    )
                    try await server(stream)
                }
                group.addTask(executorPreference: loop) { try await client(fixture) }
                try await group.waitForAll()
            }
        }
    }

    /// Opens a WebSocket to the server.
    func open(
        protocols: [String] = [],
        tls: TLSContext? = nil,
        limits: WebSocket.Limits = WebSocket.Limits()
    ) async throws -> WebSocket {
        let endpoint = HTTPClient.Endpoint(address, name: "127.0.0.1", tls: tls)
        let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(patience))
        return try await WebSocket.open(
            HTTPRequest(.get, "/x?y=z"),
            protocols: protocols,
            over: client,
            limits: limits,
            until: .after(patience)
        )
    }

    private static func readHead(_ stream: TCPStream) async throws -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = try await stream.read(until: .after(patience)) { $0.copy(to: &bytes) }
            try #require(count > 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TCPStream {
    /// The stream as the server's end of a WebSocket.
    func serverWebSocket() -> WebSocket {
        WebSocket(self, received: [], role: .server, subprotocol: nil, limits: WebSocket.Limits())
    }
}

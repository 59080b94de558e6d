import Glibc
import PKI
import Testing

@testable import Transport

/// Two ends of one connection, on one loop.
private func pair(on loop: EventLoop) async throws -> (TCPStream, TCPStream) {
    let socket = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
    let address = socket.address
    let listener = try TCPListener(socket, on: loop)
    let client = try await TCPStream.connect(to: address, on: loop, until: .after(patience))
    return (client, try await listener.accept(until: .after(patience)))
}

extension TCPStream {
    fileprivate func readAll() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while try await read(until: .after(patience), { $0.copy(to: &bytes) }) > 0 {}
        return bytes
    }
}

extension Span<UInt8> {
    func copy(to bytes: inout [UInt8]) {
        for index in indices { bytes.append(self[index]) }
    }
}

/// An authority, and contexts of both sides that fit together.
struct TLSPair {
    let server: TLSContext
    let client: TLSContext
    static let now: Int64 = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }()

    init() throws {
        let authority = try CertificateAuthority(commonName: "a", lifetime: .seconds(86_400), now: Self.now)
        let issued = try authority.issueServer(names: [.dns("server.test")], lifetime: .seconds(3_600), now: Self.now)
        server = try TLSContext(TLSConfiguration(identity: try issued.identity()))
        client = try TLSContext(TLSClientConfiguration(trustedCertificates: try authority.certificate.pem()))
    }
}

extension Credential {
    func identity(_ rest: [UInt8] = []) throws -> TLSIdentity {
        TLSIdentity(certificateChain: try certificate.pem() + rest, privateKey: try key.pem())
    }
}

@Suite("A TCP stream")
struct TCPStreamTests {
    @Test("carries more than the kernel holds to a slow reader, plain and with TLS", arguments: [false, true])
    func largeWrites(_ isTLS: Bool) async throws {
        try await onLoop { loop in
            let (client, server) = try await pair(on: loop)
            let payload = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let contexts = try TLSPair()
            let (writer, reader) = (LoopBound(client, on: loop), LoopBound(server, on: loop))
            let received = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask {
                    let stream = writer.value
                    if isTLS {
                        try await stream.connectTLS(contexts.client, serverName: "server.test", until: .after(patience))
                    }
                    try await stream.write(payload, until: .after(patience))
                    stream.shutDownWriting()
                    return []
                }
                group.addTask {
                    let stream = reader.value
                    if isTLS { try await stream.acceptTLS(contexts.server, until: .after(patience)) }
                    try await loop.sleep(for: .milliseconds(20))
                    return try await stream.readAll()
                }
                var received: [UInt8] = []
                for try await bytes in group { received += bytes }
                return received
            }
            #expect(received == payload)
        }
    }

    @Test("says what stood in the way")
    func failures() async throws {
        try await onLoop { loop in
            // A port that was free a moment ago.
            let port = try TCPListenerSocket(try SocketAddress("127.0.0.1:0")).address.port
            let refused = await failure {
                _ = try await TCPStream.connect(
                    to: SocketAddress(.loopback, port: port),
                    on: loop,
                    until: .after(patience)
                )
            }
            #expect(refused == .system(call: "connect", errno: ECONNREFUSED))
            let taken = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
            let address = taken.address
            let inUse = await failure { _ = try TCPListenerSocket(address) }
            #expect(inUse == .system(call: "bind", errno: EADDRINUSE))
            _ = consume taken
        }
    }

    @Test("gives up waiting at the deadline, when interrupted, and when closed")
    func waiting() async throws {
        try await onLoop { loop in
            let (client, server) = try await pair(on: loop)
            let late = await failure { _ = try await client.read(until: .after(.milliseconds(10))) { _ in } }
            #expect(late == .timedOut)
            let past = await failure { _ = try await client.read(until: .after(.seconds(-1))) { _ in } }
            #expect(past == .timedOut)
            // What came in meanwhile is not lost.
            try await server.write([1, 2, 3], until: .after(patience))
            var bytes: [UInt8] = []
            #expect(try await client.read(until: .after(patience)) { $0.copy(to: &bytes) } == 3)
            #expect(bytes == [1, 2, 3])
            let bound = LoopBound(client, on: loop)
            let ends: [@Sendable () -> Void] = [{ bound.value.interrupt() }, { bound.value.close() }]
            for end in ends {
                loop.execute { loop.execute(end) }
                let ended = await failure { _ = try await client.read(until: .after(patience)) { _ in } }
                #expect(ended == .cancelled)
            }
        }
    }

    @Test("tells the end of a TLS session from its violent end")
    func truncation() async throws {
        let contexts = try TLSPair()
        for isOrderly in [true, false] {
            try await onLoop { loop in
                let (client, server) = try await pair(on: loop)
                let bound = LoopBound(server, on: loop)
                async let accepted: Void = bound.value.acceptTLS(contexts.server, until: .after(patience))
                try await client.connectTLS(contexts.client, serverName: "server.test", until: .after(patience))
                try await accepted
                if isOrderly { server.shutDownWriting() }
                server.close()
                let end = await failure {
                    let count = try await client.read(until: .after(patience)) { _ in }
                    #expect(count == 0)
                }
                #expect(end == (isOrderly ? nil : .truncated))
            }
        }
    }

    @Test("fails, and does not end the program, when it writes to a peer that is gone", arguments: [false, true])
    func writingToNobody(_ isTLS: Bool) async throws {
        let contexts = try TLSPair()
        try await onLoop { loop in
            let (client, server) = try await pair(on: loop)
            if isTLS {
                let bound = LoopBound(server, on: loop)
                async let accepted: Void = bound.value.acceptTLS(contexts.server, until: .after(patience))
                try await client.connectTLS(contexts.client, serverName: "server.test", until: .after(patience))
                try await accepted
            }
            client.close()
            let end = await failure {
                while true { try await server.write([UInt8](repeating: 0, count: 1_000), until: .after(patience)) }
            }
            #expect(end?.isPeerGone == true)
        }
    }

    @Test("listens on every address, of both versions where the machine has them")
    func anyAddress() async throws {
        try await onLoop { loop in
            let socket = try TCPListenerSocket(try SocketAddress(":0"))
            let port = socket.address.port
            let listener = try TCPListener(socket, on: loop)
            _ = try await TCPStream.connect(to: SocketAddress(.loopback, port: port), on: loop, until: .after(patience))
            let accepted = try await listener.accept(until: .after(patience))
            // A peer of version 4 is shown as one, whatever the socket is.
            #expect(accepted.peer?.ip == .loopback)
        }
    }

    @Test("finds hosts by name")
    func resolver() async throws {
        let addresses = try await Resolver.resolve(host: "localhost", port: 80)
        let loopbacks = ["127.0.0.1:80", "[::1]:80"]
        #expect(addresses.contains { loopbacks.contains($0.description) })
        let literal = try await Resolver.resolve(host: "192.0.2.7", port: 1)
        #expect(literal.map(\.description) == ["192.0.2.7:1"])
        let error = await failure { _ = try await Resolver.resolve(host: "no such host", port: 1) }
        #expect(error?.code == "unresolvable")
    }
}

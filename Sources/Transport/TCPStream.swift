import CLinux
import Glibc

/// What a try at reading or writing came to.
enum IOStep {
    /// So many bytes went through; 0 in reading is the peer's end of the stream.
    case done(Int)
    /// Nothing went through until the socket becomes readable.
    case wantsRead
    /// Nothing went through until the socket becomes writable.
    case wantsWrite
}

/// A TCP connection, plain or with TLS on it. Belongs to the thread of its event loop.
///
/// Nagle's algorithm is off: whoever writes an answer writes it in one call.
public final class TCPStream {
    /// The other side, if the kernel told.
    public let peer: SocketAddress?

    /// How many bytes have gone out; on a TLS connection, of the text before it was encrypted.
    public private(set) var sentBytes: UInt64 = 0

    private let loop: EventLoop
    private let registration: Registration
    private var session: TLSSession?

    init(_ descriptor: consuming FileDescriptor, peer: SocketAddress?, on loop: EventLoop) throws(TransportError) {
        try descriptor.setOption(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        self.peer = peer
        self.loop = loop
        registration = try Registration(descriptor, on: loop)
    }

    deinit {
        close()
    }

    /// Connects to an address. The task must be on the loop.
    ///
    /// - Throws: `system` with the kernel's reason (ECONNREFUSED, EHOSTUNREACH and so on), `timedOut`, `cancelled`.
    public static func connect(
        to address: SocketAddress,
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(TransportError) -> TCPStream {
        let family = address.ip.isVersion6 ? AF_INET6 : AF_INET
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let stream = try TCPStream(
            try FileDescriptor(socket(family, type, 0), from: "socket"),
            peer: address,
            on: loop
        )
        let number = stream.registration.descriptorNumber
        if unsafe address.withSockaddr({ unsafe Glibc.connect(number, $0, $1) }) == 0 { return stream }
        // A connect that a signal interrupts goes on in the background like any other.
        guard errno == EINPROGRESS || errno == EINTR else { throw .system("connect") }
        stream.registration.setExhausted(.write)
        try await stream.registration.wait(.write, until: deadline)
        let error = try stream.registration.takeError()
        guard error == 0 else { throw .system(call: "connect", errno: error) }
        return stream
    }

    // MARK: TLS

    /// Puts TLS on the connection, as the server.
    ///
    /// - Throws: `tls` with the library's reason, `truncated`, `system`, `timedOut`, `cancelled`.
    public func acceptTLS(_ context: TLSContext, until deadline: Deadline) async throws(TransportError) {
        try await start(TLSSession(server: context, descriptor: registration.descriptorNumber), until: deadline)
    }

    /// Puts TLS on the connection, as the client.
    ///
    /// - Parameters:
    ///   - serverName: the host name, or IP address in text form, that the server's certificate must carry.
    ///   - deadline: how long the handshake may take.
    /// - Throws: `tls` with the library's reason ("certificate verify failed: …"), `truncated`, `system`, `timedOut`,
    ///   `cancelled`.
    public func connectTLS(
        _ context: TLSContext,
        serverName: String,
        until deadline: Deadline
    ) async throws(TransportError) {
        let session = try TLSSession(
            client: context,
            serverName: serverName,
            descriptor: registration.descriptorNumber
        )
        try await start(session, until: deadline)
    }

    private func start(_ session: TLSSession, until deadline: Deadline) async throws(TransportError) {
        self.session = session
        while true {
            let step = try session.handshake()
            if case .done = step { return }
            try await wait(for: step, until: deadline)
        }
    }

    /// What TLS agreed on; nil on a plain connection.
    public var tls: TLSConnectionInfo? { session?.info }

    // MARK: Bytes

    /// Waits for bytes and hands over what is there, up to 64 KiB.
    ///
    /// - Parameters:
    ///   - deadline: how long to wait.
    ///   - receive: called once, with at least one byte, unless the stream has ended. The bytes are gone afterwards.
    /// - Returns: the number of bytes; 0 at the end of the peer's stream.
    /// - Throws: `truncated` when a TLS peer vanished, `system` (ECONNRESET), `tls`, `timedOut`, `cancelled`.
    public func read(
        until deadline: Deadline,
        _ receive: (Span<UInt8>) -> Void
    ) async throws(TransportError) -> Int {
        while true {
            let step = try tryToRead(receive)
            if case .done(let count) = step { return count }
            try await wait(for: step, until: deadline)
        }
    }

    /// Writes all bytes.
    ///
    /// - Throws: `system` (EPIPE, ECONNRESET), `tls`, `timedOut`, `cancelled`. Some bytes may have been sent then.
    public func write(_ bytes: [UInt8], until deadline: Deadline) async throws(TransportError) {
        var offset = 0
        while offset < bytes.count {
            let step = try tryToWrite(bytes, from: offset)
            if case .done(let count) = step {
                offset += count
            } else {
                try await wait(for: step, until: deadline)
            }
        }
    }

    /// Writes what can be written without waiting.
    ///
    /// - Returns: the number of bytes that went out.
    public func writeNow(_ bytes: [UInt8]) throws(TransportError) -> Int {
        var offset = 0
        while offset < bytes.count, case .done(let count) = try tryToWrite(bytes, from: offset) {
            offset += count
        }
        return offset
    }

    /// Has the kernel ask a peer that has been silent whether it is still there, so that a wait for bytes ends (ETIMEDOUT)
    /// when it is not: after `idle` and four more thirds of it, in whole seconds.
    public func keepAlive(idle: Duration) throws(TransportError) {
        let seconds = CInt(clamping: max(1, idle.components.seconds))
        try registration.setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
        try registration.setOption(CInt(IPPROTO_TCP), TCP_KEEPIDLE, seconds)
        try registration.setOption(CInt(IPPROTO_TCP), TCP_KEEPINTVL, max(1, seconds / 3))
        try registration.setOption(CInt(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }

    /// Whether the peer has nothing to say on a connection that rests: it has neither ended it nor sent anything unasked.
    /// Kept-alive connections are asked before they are used again.
    public var isQuiet: Bool {
        do {
            guard case .wantsRead = try tryToRead({ _ in }) else { return false }
            registration.setExhausted(.read)
            return true
        } catch {
            return false
        }
    }

    /// Ends our direction of the stream, without waiting: the closing alert of TLS, then TCP's FIN.
    public func shutDownWriting() {
        session?.shutDown()
        _ = shutdown(registration.descriptorNumber, CInt(SHUT_WR))
    }

    /// Reads and throws away what the peer still sends, TLS or not, until its end, a limit, or the deadline.
    ///
    /// A socket that is closed with unread bytes resets the connection, and the peer may lose an answer that is already
    /// on its way to it (RFC 9112, section 9.6).
    public func drain(atMost limit: Int, until deadline: Deadline) async {
        var left = limit
        while left > 0 {
            let count = readRaw()
            if count > 0 {
                left -= count
            } else if count == 0 || errno != EAGAIN {
                return
            } else {
                registration.setExhausted(.read)
                do { try await registration.wait(.read, until: deadline) } catch { return }
            }
        }
    }

    /// Ends every wait on the stream with `cancelled`, now and later.
    public func interrupt() {
        registration.interrupt()
    }

    /// Closes the connection.
    public func close() {
        session = nil
        registration.release()
    }

    // MARK: Steps

    private func wait(for step: IOStep, until deadline: Deadline) async throws(TransportError) {
        let direction: Registration.Direction = if case .wantsWrite = step { .write } else { .read }
        registration.setExhausted(direction)
        try await registration.wait(direction, until: deadline)
    }

    private func tryToRead(_ receive: (Span<UInt8>) -> Void) throws(TransportError) -> IOStep {
        let scratch = unsafe loop.core.scratch
        let step: IOStep
        if let session {
            step = try unsafe session.read(into: scratch)
        } else {
            let count = readRaw()
            if count < 0 {
                guard errno == EAGAIN else { throw .system("recv") }
                return .wantsRead
            }
            step = .done(count)
        }
        if case .done(let count) = step, count > 0 {
            unsafe receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]).bindMemory(to: UInt8.self).span)
        }
        return step
    }

    private func readRaw() -> Int {
        let scratch = unsafe loop.core.scratch
        let number = registration.descriptorNumber
        return retryingOnInterrupt { unsafe recv(number, scratch.baseAddress, scratch.count, 0) }
    }

    private func tryToWrite(_ bytes: [UInt8], from offset: Int) throws(TransportError) -> IOStep {
        let step = try write(bytes, from: offset)
        if case .done(let count) = step { sentBytes &+= UInt64(clamping: count) }
        return step
    }

    private func write(_ bytes: [UInt8], from offset: Int) throws(TransportError) -> IOStep {
        if let session { return try session.write(bytes, from: offset) }
        let number = registration.descriptorNumber
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
            return retryingOnInterrupt {
                unsafe send(number, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
        }
        if count >= 0 { return .done(count) }
        guard errno == EAGAIN else { throw .system("send") }
        return .wantsWrite
    }
}

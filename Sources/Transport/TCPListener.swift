import CLinux
import Glibc

/// A listening TCP socket. It takes connections once a loop has it: see ``accept(until:)``.
public struct TCPListenerSocket: ~Copyable, Sendable {
    let descriptor: FileDescriptor
    /// Where the socket listens, with the port that the system chose where 0 was asked for.
    public let address: SocketAddress

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - address: where to listen; port 0 takes a free one.
    ///   - backlog: how many connections the kernel holds ready.
    ///   - sharesPort: lets further sockets of this process listen on the same port; the kernel spreads connections.
    /// - Throws: `system`, with `bind` and EADDRINUSE when somebody else listens there.
    public init(_ address: SocketAddress, backlog: Int = 1024, sharesPort: Bool = false) throws(TransportError) {
        let listening = try Self.listen(address, backlog: CInt(clamping: backlog), sharesPort: sharesPort)
        self.address = try listening.localAddress()
        descriptor = listening
    }

    private static func listen(
        _ address: SocketAddress,
        backlog: CInt,
        sharesPort: Bool
    ) throws(TransportError) -> FileDescriptor {
        do {
            return try bind(address, backlog: backlog, sharesPort: sharesPort)
        } catch .system(_, let errno) where address.ip == .any && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) {
            // A machine without IP version 6: every address is then every one of version 4.
            return try bind(SocketAddress(.anyVersion4, port: address.port), backlog: backlog, sharesPort: sharesPort)
        }
    }

    private static func bind(
        _ address: SocketAddress,
        backlog: CInt,
        sharesPort: Bool
    ) throws(TransportError) -> FileDescriptor {
        let family = address.ip.isVersion6 ? AF_INET6 : AF_INET
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = try FileDescriptor(socket(family, type, 0), from: "socket")
        let number = descriptor.number
        try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { try descriptor.setOption(SOL_SOCKET, SO_REUSEPORT, 1) }
        if address.ip == .any { try descriptor.setOption(CInt(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        try check(unsafe address.withSockaddr { unsafe Glibc.bind(number, $0, $1) }, "bind")
        try check(Glibc.listen(number, backlog), "listen")
        return descriptor
    }
}

/// A listening socket on an event loop. Belongs to the loop's thread.
public final class TCPListener {
    private let loop: EventLoop
    private let registration: Registration

    /// Hands the socket to the loop on whose thread this is called.
    public init(_ socket: consuming TCPListenerSocket, on loop: EventLoop) throws(TransportError) {
        self.loop = loop
        registration = try Registration(socket.takeDescriptor(), on: loop)
    }

    deinit {
        registration.release()
    }

    /// Waits for a connection and takes it.
    ///
    /// - Throws: `system` with EMFILE, ENFILE, ENOBUFS or ENOMEM when the process or the machine has no room: accept
    ///   again after a pause, the connection waits in the kernel; `cancelled` after ``interrupt()``; `timedOut`.
    public func accept(until deadline: Deadline = .never) async throws(TransportError) -> TCPStream {
        while true {
            if registration.isReady(.read), let stream = try acceptNow() { return stream }
            try await registration.wait(.read, until: deadline)
        }
    }

    /// Takes a connection that is already there; nil when there is none.
    public func acceptNow() throws(TransportError) -> TCPStream? {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let listener = registration.descriptorNumber
            let number = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe accept4(
                        listener,
                        address,
                        &length,
                        CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
                    )
                }
            }
            if number >= 0 {
                let descriptor = try FileDescriptor(number, from: "accept4")
                return try TCPStream(descriptor, peer: SocketAddress(storage), on: loop)
            }
            switch errno {
            case EAGAIN:
                registration.setExhausted(.read)
                return nil
            // The connection that was to be accepted has died in the queue, or a signal came: there may be another.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
                ENETUNREACH, EPERM:
                continue
            default:
                throw .system("accept4")
            }
        }
    }

    /// Ends ``accept(until:)`` with `cancelled`, now and later. Connections in the kernel's queue can still be taken
    /// with ``acceptNow()``.
    public func interrupt() {
        registration.interrupt()
    }

    /// Stops listening. Connections that the kernel holds ready are reset.
    public func close() {
        registration.release()
    }
}

extension TCPListenerSocket {
    consuming func takeDescriptor() -> FileDescriptor {
        descriptor
    }
}

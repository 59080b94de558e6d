import CLinux
import Glibc

/// Turns host names into addresses.
public enum Resolver {
    /// Asks the system, on a thread of its own: `getaddrinfo` blocks, for as long as /etc/resolv.conf allows.
    ///
    /// - Returns: at least one address, in the order in which they should be tried (RFC 6724).
    /// - Throws: `unresolvable`.
    public static func resolve(host: String, port: UInt16) async throws(TransportError) -> [SocketAddress] {
        if let ip = IPAddress(host) { return [SocketAddress(ip, port: port)] }
        let question = Question(host: host, port: port)
        let answer = await unsafe withUnsafeContinuation { continuation in
            unsafe question.ask(continuation)
        }
        return try answer.get()
    }

    private typealias Answer = Result<[SocketAddress], TransportError>

    @safe
    private final class Question: Sendable {
        let host: String
        let port: UInt16

        init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        /// Starts the thread that asks, and resumes the continuation from there.
        func ask(_ continuation: UnsafeContinuation<Answer, Never>) {
            let work = unsafe Work(question: self, continuation: continuation)
            var thread = pthread_t()
            let context = unsafe Unmanaged.passRetained(work).toOpaque()
            let result = unsafe pthread_create(
                &thread,
                nil,
                { context in
                    guard let context = unsafe context else { return nil }
                    let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                    work.run()
                    return nil
                },
                context
            )
            if result == 0 {
                pthread_detach(thread)
            } else {
                unsafe Unmanaged<Work>.fromOpaque(context).release()
                unsafe continuation.resume(
                    returning: .failure(.system(call: "pthread_create", errno: result))
                )
            }
        }

        func lookUp() -> Answer {
            var hints = unsafe addrinfo()
            unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
            unsafe hints.ai_flags = AI_ADDRCONFIG
            var list: UnsafeMutablePointer<addrinfo>?
            let result = unsafe getaddrinfo(host, nil, &hints, &list)
            guard result == 0 else {
                let reason = unsafe gai_strerror(result).map { unsafe String(cString: $0) } ?? "error \(result)"
                return .failure(.unresolvable(host: host, reason: reason))
            }
            defer { unsafe freeaddrinfo(list) }
            var addresses: [SocketAddress] = []
            var entry = unsafe list
            while let current = unsafe entry {
                var storage = sockaddr_storage()
                let size = unsafe min(Int(current.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
                unsafe withUnsafeMutableBytes(of: &storage) { target in
                    unsafe target.copyMemory(
                        from: UnsafeRawBufferPointer(start: current.pointee.ai_addr, count: size)
                    )
                }
                if let address = SocketAddress(storage) { addresses.append(address.with(port: port)) }
                unsafe entry = current.pointee.ai_next
            }
            if addresses.isEmpty { return .failure(.unresolvable(host: host, reason: "it has no IP address")) }
            return .success(addresses)
        }
    }

    @safe
    private final class Work {
        private let question: Question
        private let continuation: UnsafeContinuation<Answer, Never>

        init(question: Question, continuation: UnsafeContinuation<Answer, Never>) {
            self.question = question
            unsafe self.continuation = continuation
        }

        func run() {
            unsafe continuation.resume(returning: question.lookUp())
        }
    }
}

import CLinux
import CRig
import Foundation

/// A request as the double reads it: just enough HTTP/1.1 for curl.
struct HTTPRequest {
    var target: String
    var fields: [String: String]
    var body: [UInt8]

    /// Reads one from a stream of bytes; nil if it ends before.
    init?(read: () -> [UInt8]?) {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            guard let more = read(), bytes.count < 1 << 20 else { return nil }
            bytes += more
            headEnd = bytes.indices.first { bytes[$0...].starts(with: end) }
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        target = String(words[1])
        fields = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        body = Array(bytes[(headEnd + 4)...])
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        while body.count < length {
            guard let more = read() else { return nil }
            body += more
        }
    }

    static func response(_ status: Int, _ body: String) -> [UInt8] {
        let content = Array(body.utf8)
        let head =
            "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Nope")\r\nContent-Length: \(content.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + content
    }
}

/// A listening TCP socket whose connections each get a thread. It listens on every loopback address at once: who is asked is
/// told by the address that the connection was made to, who asks by the address that it comes from.
final class Listener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    /// Listens and serves until `close`.
    ///
    /// - Parameters:
    ///   - network: the network namespace to listen in, as `/proc/1/ns/net`; nil for this process's own.
    ///   - wanted: the port, 0 for any that is free.
    init?(network: String? = nil, port wanted: UInt16 = 0, serve: @escaping @Sendable (Connection) -> Void) {
        let listening = unsafe rig_socket(network)
        guard listening >= 0 else { return nil }
        descriptor = listening
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listening, generic, length) == 0 && listen(listening, 512) == 0
                    && getsockname(listening, generic, &length) == 0
            }
        }
        guard bound else { return nil }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let accepted = accept4(listening, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
                if accepted < 0 {
                    if errno == EINTR || errno == ECONNABORTED || errno == EMFILE { continue }
                    return
                }
                Thread.detachNewThread { serve(Connection(descriptor: accepted)) }
            }
        }
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        _ = Glibc.close(descriptor)
    }
}

/// One accepted connection.
struct Connection: Sendable {
    let descriptor: Int32

    /// The address that was asked.
    var local: String { unsafe name { unsafe getsockname($0, $1, $2) } }
    /// The address that asks.
    var remote: String { unsafe name { unsafe getpeername($0, $1, $2) } }

    private func name(
        _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> String {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call(descriptor, $0, &length) }
        }
        let number = UInt32(bigEndian: address.sin_addr.s_addr)
        return "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }

    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return count > 0 ? Array(buffer[0..<count]) : nil
    }

    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func close() { _ = Glibc.close(descriptor) }

    /// As if nobody had listened.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Says nothing until the other side gives up, or until it is over.
    func hold(until isOver: () -> Bool) {
        while !isOver() {
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&poller, 1, 10) > 0, read() == nil { break }
        }
        close()
    }
}

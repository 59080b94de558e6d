import Glibc

/// TCP ports on 127.0.0.1 for the servers of a test.
enum LoopbackPort {
    /// The system's refusal to give one.
    struct Unavailable: Error {
        var errno: Int32
    }

    /// A port that nobody listened on a moment ago.
    static func unused() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Unavailable(errno: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 ? unsafe getsockname(descriptor, generic, &length) : -1
            }
        }
        guard result == 0 else { throw Unavailable(errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

import Glibc

extension FileDescriptor {
    /// The corresponding C function is `setsockopt`.
    borrowing func setOption(_ level: CInt, _ name: CInt, _ value: CInt) throws(TransportError) {
        var value = value
        try check(
            unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<CInt>.size)),
            "setsockopt"
        )
    }

    /// The pending error of a socket, which reading clears; 0 when there is none.
    borrowing func takeError() throws(TransportError) -> CInt {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        try check(unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &value, &length), "getsockopt")
        return value
    }

    /// The corresponding C function is `getsockname`.
    borrowing func localAddress() throws(TransportError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        try check(result, "getsockname")
        guard let address = SocketAddress(storage) else { throw .system(call: "getsockname", errno: EAFNOSUPPORT) }
        return address
    }
}

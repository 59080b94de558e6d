import Glibc

/// An IP address and a TCP port.
public struct SocketAddress: Sendable, Hashable {
    /// The address without the port.
    public let ip: IPAddress
    /// The port; 0 lets the system choose one when listening.
    public let port: UInt16

    /// Makes an address from its parts.
    public init(_ ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:443`, `[2001:db8::1]:443`, or `:443` for every address of this machine (both families).
    ///
    /// - Throws: `invalidAddress`. Host names are not accepted: see ``Resolver``.
    public init(_ text: String) throws(TransportError) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw .invalidAddress(text) }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]" && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        if host.isEmpty { host = "::" }
        guard let ip = IPAddress(String(host)), isBracketed == (ip.isVersion6 && colon != text.startIndex) else {
            throw .invalidAddress(text)
        }
        self.init(ip, port: port)
    }

    /// The same address with another port.
    public func with(port: UInt16) -> SocketAddress {
        SocketAddress(ip, port: port)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The text form that ``init(_:)`` reads.
    public var description: String {
        ip.isVersion6 ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}

extension SocketAddress {
    /// Calls the body with the C structure of the address.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if ip.isVersion6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: ip.bytes) }
            return unsafe Self.withSockaddr(&address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: ip.bytes) }
        return unsafe Self.withSockaddr(&address, body)
    }

    private static func withSockaddr<Address, Result>(
        _ address: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    /// Reads the C structure; nil for families other than IP. A peer of version 4 on a socket of version 6 is shown as
    /// what it is.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch CInt(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.loadUnaligned(as: sockaddr_in.self) }
            let bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            guard let ip = IPAddress(networkBytes: bytes) else { return nil }
            self.init(ip, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.loadUnaligned(as: sockaddr_in6.self) }
            let bytes = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            guard let ip = IPAddress(networkBytes: isMapped ? Array(bytes.suffix(4)) : bytes) else { return nil }
            self.init(ip, port: UInt16(bigEndian: address.sin6_port))
        default:
            return nil
        }
    }
}

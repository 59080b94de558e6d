import Glibc

/// An IP address of version 4 or 6, without zone.
public struct IPAddress: Sendable, Hashable {
    /// 4 bytes for version 4, 16 for version 6, in network order.
    public let bytes: [UInt8]

    /// Whether the address is of version 6.
    public var isVersion6: Bool { bytes.count == 16 }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension IPAddress {
    /// 127.0.0.1
    public static let loopback = IPAddress(bytes: [127, 0, 0, 1])
    /// 0.0.0.0
    public static let anyVersion4 = IPAddress(bytes: [0, 0, 0, 0])
    /// `::`, which on Linux takes connections of both versions.
    public static let any = IPAddress(bytes: [UInt8](repeating: 0, count: 16))

    /// Reads an address in text form; nil when it is none. The corresponding C function is `inet_pton`.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            unsafe bytes = withUnsafeBytes(of: four) { unsafe Array($0) }
        } else if unsafe inet_pton(AF_INET6, text, &six) == 1 {
            unsafe bytes = withUnsafeBytes(of: six) { unsafe Array($0) }
        } else {
            return nil
        }
    }

    /// Takes over the bytes of an address; nil unless there are 4 or 16.
    public init?(networkBytes: [UInt8]) {
        guard networkBytes.count == 4 || networkBytes.count == 16 else { return nil }
        bytes = networkBytes
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text form. The corresponding C function is `inet_ntop`.
    public var description: String {
        let family = isVersion6 ? AF_INET6 : AF_INET
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let capacity = socklen_t(text.count)
        let result = unsafe text.withUnsafeMutableBufferPointer { buffer in
            unsafe inet_ntop(family, bytes, buffer.baseAddress, capacity)
        }
        guard unsafe result != nil else { return "invalid address" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

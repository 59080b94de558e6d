/// An IPv4 or IPv6 address, as text without a zone or brackets.
struct IPAddress: Sendable, Hashable {
    /// Four or sixteen bytes.
    let bytes: [UInt8]

    /// Reads four numbers with dots between them, or any form of RFC 4291 §2.2.
    init?(_ text: some StringProtocol) {
        let text = Array(text.utf8)
        guard text.count <= 45,
            let bytes = text.contains(UInt8(ascii: ":")) ? Self.long(text[...]) : Self.short(text[...])
        else { return nil }
        self.bytes = bytes
    }

    /// Whether a listener on it takes connections to all addresses of its family.
    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// Whether only the host itself reaches it.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes.first == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Four decimal numbers, without leading zeros: some readers take those for octal.
    private static func short(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            bytes.append(number)
        }
        return bytes
    }

    private static func long(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        let gap = zip(text.indices, text.indices.dropFirst()).first { text[$0.0] == colon && text[$0.1] == colon }
        guard let gap else { return groups(text).flatMap { $0.count == 16 ? $0 : nil } }
        guard let head = groups(text[..<gap.0]), let tail = groups(text[(gap.1 + 1)...]) else { return nil }
        let zeros = 16 - head.count - tail.count
        guard zeros >= 2 else { return nil }
        return head + Array(repeating: 0, count: zeros) + tail
    }

    /// Groups of up to four hexadecimal digits, the last perhaps an IPv4 address.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (position, part) in parts.enumerated() {
            if position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = short(part) else { return nil }
                bytes += tail
                continue
            }
            guard (1...4).contains(part.count), part.first != UInt8(ascii: "+"), part.first != UInt8(ascii: "-"),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

/// Where a listener listens.
public struct ListenerAddress: Sendable, Hashable {
    let host: IPAddress
    let port: Int

    init(host: IPAddress, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `ADDRESS:PORT`. The last colon is the one before the port, so an IPv6 address needs no brackets (and VerneMQ
    /// takes none).
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let host = IPAddress(text[..<colon]) else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(digits)
        else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether two listeners cannot both be opened.
    func collides(with other: ListenerAddress) -> Bool {
        guard port == other.port, port != 0 else { return false }
        if host == other.host { return true }
        // On Linux a listener on :: takes IPv4 as well, unless it is told not to.
        if host.isUnspecified, host.bytes.count == 16 || other.host.bytes.count == 4 { return true }
        return other.host.isUnspecified && (other.host.bytes.count == 16 || host.bytes.count == 4)
    }
}

/// The names that Kubernetes and DNS allow (RFC 1123).
public enum DNSName {
    /// What ``isSubdomain(_:)`` demands, for messages.
    public static let subdomainRule =
        "must be lower-case letters, digits, hyphens and dots, each part beginning and ending with a letter or digit"
    /// What ``isLabel(_:)`` demands, for messages.
    public static let labelRule =
        "must be at most 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit"

    /// Whether the text is one part of a name: at most 63 lower-case letters, digits and inner hyphens.
    public static func isLabel(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.reversed().first != hyphen else {
            return false
        }
        return bytes.allSatisfy {
            $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == hyphen
        }
    }

    /// Whether the text is one or more such parts with dots between them, 253 characters at most.
    public static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    private static let hyphen = UInt8(ascii: "-")
}

extension UInt8 {
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    var isASCIIHexDigit: Bool { isASCIIDigit || (0x61...0x66).contains(self | 0x20) }
}

internal import COpenSSL
import Glibc

/// A name that a certificate is good for (RFC 5280, section 4.2.1.6).
public enum SubjectName: Sendable, Hashable {
    /// A DNS name, perhaps with `*` as its first label.
    case dns(String)
    /// An IP address in text form.
    case ip(String)

    /// Reads a DNS name or an IP address.
    ///
    /// - Throws: `invalidName`.
    public init(_ text: String) throws(PKIError) {
        if Self.isAddress(text) {
            self = .ip(text)
        } else if Self.isName(text) {
            self = .dns(text)
        } else {
            throw .invalidName(text)
        }
    }

    /// The name as OpenSSL's configuration language writes it. The characters that mean something there do not occur:
    /// ``init(_:)`` lets none through, and cases that were made without it are checked here.
    func configuration() throws(PKIError) -> String {
        switch self {
        case .dns(let name):
            guard Self.isName(name) else { throw .invalidName(name) }
            return "DNS:\(name)"
        case .ip(let address):
            guard Self.isAddress(address) else { throw .invalidName(address) }
            return "IP:\(address)"
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        var buffer = in6_addr()
        return unsafe inet_pton(AF_INET, text, &buffer) == 1 || inet_pton(AF_INET6, text, &buffer) == 1
    }

    /// RFC 1123, section 2.1, and a leading `*.`
    private static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : text[...]
        guard !name.isEmpty, text.utf8.count <= 253 else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: false
                    }
                }
        }
    }
}

extension SubjectName: CustomStringConvertible {
    /// The name alone.
    public var description: String {
        switch self {
        case .dns(let name): name
        case .ip(let address): address
        }
    }
}

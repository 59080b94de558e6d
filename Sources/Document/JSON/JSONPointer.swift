/// A place in a document (RFC 6901): the names and indices on the way down from its root.
public struct JSONPointer: Sendable, Hashable {
    /// The steps, unescaped.
    public let tokens: [String]

    /// The whole document.
    public static let root = JSONPointer(tokens: [])

    /// A pointer from unescaped steps.
    public init(tokens: [String]) {
        self.tokens = tokens
    }

    /// A pointer from unescaped steps.
    public init(_ tokens: String...) {
        self.tokens = tokens
    }

    /// Parses the text form: empty, or steps that each begin with `/`, in which `~1` means `/` and `~0` means `~`.
    ///
    /// - Throws: ``JSONPointerError`` if the text has another form.
    public init(parsing text: String) throws(JSONPointerError) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let beforeFirst = parts.first, beforeFirst.isEmpty else {
            throw JSONPointerError(code: .noLeadingSlash, text: text)
        }
        var tokens: [String] = []
        tokens.reserveCapacity(parts.count - 1)
        for part in parts.dropFirst() {
            guard let token = Self.unescape(part) else { throw JSONPointerError(code: .invalidEscape, text: text) }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// The pointer to a member of the object that this one points to.
    public func appending(_ token: String) -> JSONPointer {
        JSONPointer(tokens: tokens + [token])
    }

    /// The pointer to an element of the array that this one points to.
    public func appending(_ index: Int) -> JSONPointer {
        appending(String(index))
    }

    /// The pointer that leads on from this one by another.
    public func appending(_ other: JSONPointer) -> JSONPointer {
        JSONPointer(tokens: tokens + other.tokens)
    }

    /// The container of the place, nil for the whole document.
    public var parent: JSONPointer? {
        tokens.isEmpty ? nil : JSONPointer(tokens: Array(tokens.dropLast()))
    }

    /// Whether this points to that place or to something inside it.
    public func isInside(_ other: JSONPointer) -> Bool {
        tokens.count >= other.tokens.count && zip(tokens, other.tokens).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// The array index that a step means: digits without a leading zero (RFC 6901 §4); nil for anything else, `-` included.
    static func index(_ token: String) -> Int? {
        let digits = token.utf8
        guard let first = digits.first, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
            first != UInt8(ascii: "0") || digits.count == 1
        else { return nil }
        return Int(token)
    }

    /// Nil if a tilde is followed by something other than 0 and 1.
    private static func unescape(_ part: Substring.UTF8View) -> String? {
        guard part.contains(UInt8(ascii: "~")) else { return String(Substring(part)) }
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Equal when the steps are, byte for byte.
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.count == right.tokens.count && left.isInside(right)
    }
}

extension JSONPointer: CustomStringConvertible {
    /// The text form: `/spec/template/metadata/annotations/vmq.k8s.vernemq.com~1injected`
    public var description: String {
        var bytes: [UInt8] = []
        for token in tokens {
            bytes.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): bytes.append(contentsOf: "~0".utf8)
                case UInt8(ascii: "/"): bytes.append(contentsOf: "~1".utf8)
                default: bytes.append(byte)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONPointer: ExpressibleByArrayLiteral {
    /// A pointer from unescaped steps.
    public init(arrayLiteral tokens: String...) {
        self.tokens = tokens
    }
}

/// Why a text is not a JSON Pointer.
public struct JSONPointerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The text is neither empty nor begins with `/`.
        case noLeadingSlash
        /// A `~` that is followed by neither 0 nor 1.
        case invalidEscape
    }

    /// The kind of failure.
    public let code: Code
    /// The text.
    public let text: String

    /// What is wrong and what would be right.
    public var description: String {
        switch code {
        case .noLeadingSlash: "the JSON pointer \"\(text)\" does not begin with '/': write \"/\(text)\""
        case .invalidEscape: "the JSON pointer \"\(text)\" has a '~' of its own: write ~0 for '~' and ~1 for '/'"
        }
    }
}

extension JSONValue {
    /// The value at a place, nil if there is none (RFC 6901 §4). `-`, the place after an array's last element, has none.
    public func value(at pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            let child: JSONValue? =
                switch value {
                case .object(let object): object[token]
                case .array: JSONPointer.index(token).flatMap { value[$0] }
                default: nil
                }
            guard let child else { return nil }
            value = child
        }
        return value
    }
}

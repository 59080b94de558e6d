/// Why bytes are not the JSON text that was wanted, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// The kinds of failure.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The document is longer than ``JSONLimits/bytes``.
        case tooLarge
        /// Arrays and objects are nested deeper than ``JSONLimits/depth``.
        case tooDeep
        /// The bytes are not UTF-8 (RFC 8259 §8.1).
        case invalidUTF8
        /// The text stops in the middle.
        case unexpectedEnd
        /// A byte that cannot stand there.
        case unexpectedByte
        /// A number that RFC 8259 §6 does not allow: a leading zero, a missing digit.
        case invalidNumber
        /// A backslash that begins none of the escapes of RFC 8259 §7.
        case invalidEscape
        /// An escaped half of a surrogate pair without the other half: it stands for no character.
        case loneSurrogate
        /// A control character in a string that is not escaped.
        case controlCharacter
        /// Two members of one object have the same name: readers would disagree on which one counts.
        case duplicateKey
        /// Something follows the document.
        case trailingBytes
    }

    /// The kind of failure.
    public let code: Code
    /// Where, in bytes from the beginning of the document.
    public let offset: Int
    /// The line, from 1.
    public let line: Int
    /// The column in that line, in Unicode scalars, from 1.
    public let column: Int
    /// What stands there, as a noun phrase.
    public let found: String
    /// What could have stood there, as a noun phrase.
    public let expected: String
}

extension JSONError: CustomStringConvertible {
    /// `line 3, column 7 (byte 41): found '}', expected a value`
    public var description: String {
        "line \(line), column \(column) (byte \(offset)): found \(found), expected \(expected)"
    }
}

extension JSONError {
    /// Finds line and column, which only a failure needs to know.
    init(_ code: Code, at offset: Int, in bytes: [UInt8], found: String? = nil, expected: String) {
        let position = TextPosition(of: offset, in: bytes)
        self.code = code
        self.offset = offset
        self.line = position.line
        self.column = position.column
        self.found = found ?? Self.name(of: offset < bytes.count ? bytes[offset] : nil)
        self.expected = expected
    }

    private static func name(of byte: UInt8?) -> String {
        switch byte {
        case nil: "the end of the text"
        case UInt8(ascii: "'"): "a single quote"
        case let byte? where (0x21...0x7E).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20?: "a space"
        case let byte?: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}

/// A place in a text as people count it.
struct TextPosition: Sendable, Hashable {
    var line = 1
    var column = 1

    init(of offset: Int, in bytes: [UInt8]) {
        for byte in bytes.prefix(max(offset, 0)) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {  // continuation bytes belong to the scalar before
                column += 1
            }
        }
    }
}

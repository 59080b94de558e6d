/// Writes JSON text: the same bytes for the same value, always.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Spaces a level; nil writes everything into one line without any.
    private let indentation: Int?
    private var level = 0

    init(indentation: Int? = nil) {
        self.indentation = indentation.map { max($0, 0) }
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): write(text)
        case .array(let elements):
            writeContainer("[", "]", count: elements.count) { writer, index in writer.write(elements[index]) }
        case .object(let object):
            writeContainer("{", "}", count: object.count) { writer, index in
                writer.write(object.members[index].key)
                writer.bytes.append(UInt8(ascii: ":"))
                if writer.indentation != nil { writer.bytes.append(UInt8(ascii: " ")) }
                writer.write(object.members[index].value)
            }
        }
    }

    private mutating func writeContainer(
        _ opening: Unicode.Scalar,
        _ closing: Unicode.Scalar,
        count: Int,
        _ writeItem: (inout JSONWriter, Int) -> Void
    ) {
        bytes.append(UInt8(ascii: opening))
        level += 1
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            writeLineBreak()
            writeItem(&self, index)
        }
        level -= 1
        if count > 0 { writeLineBreak() }
        bytes.append(UInt8(ascii: closing))
    }

    private mutating func writeLineBreak() {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * level))
    }

    /// A string in quotes. Escaped is what RFC 8259 §7 wants escaped, and nothing else: no slash, no non-ASCII character.
    mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { content in
            bytes.reserve(content.count + 2)
            var start = 0
            while start < content.count {
                let end = unsafe JSONEscapes.firstIndex(in: content, from: start)
                if end > start { unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: content[start..<end])) }
                guard end < content.count else { break }
                unsafe writeEscape(of: content[end])
                start = end + 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an escape, six bytes at most.
    private mutating func writeEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x00..<0x20:
            for digit in "u00".utf8 { bytes.append(digit) }
            bytes.append(UInt8(ascii: "0") + (byte >> 4))
            let low = byte & 0x0F
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }
}

extension [UInt8] {
    /// Makes room for so many more, and no less than doubles what there is: asking for room exactly would copy all that is
    /// written for each string.
    fileprivate mutating func reserve(_ more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }
}

extension JSONValue {
    /// The compact JSON text: no spaces, members in their order, numbers by their text.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The compact JSON text.
    public func serializedString() -> String {
        String(decoding: serialized(), as: UTF8.self)
    }

    /// The JSON text for people: one member a line, indented by that many spaces a level, without a line feed at the end.
    public func prettySerialized(indentation: Int = 2) -> String {
        var writer = JSONWriter(indentation: indentation)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

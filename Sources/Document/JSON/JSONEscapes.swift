/// What RFC 8259 §7 wants escaped in a string: control characters, quotation mark, reverse solidus. Found eight bytes at a
/// time, since most strings have none, and scripts, the longest there are, one in forty.
enum JSONEscapes {
    /// The first byte at or after an index that must be escaped; the count if there is none.
    static func firstIndex(in content: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let bytes = UnsafeRawBufferPointer(content)
        while index + 8 <= bytes.count {
            // SAFETY: the loop's condition keeps all eight bytes within the buffer.
            let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found = marks(in: word)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < content.count {
            if unsafe isEscaped(content[index]) { return index }
            index += 1
        }
        return index
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that must be escaped. A borrow can mark bytes above such a byte wrongly, never below: the
    /// lowest mark is right. (`(x - n) & ~x` has the high bit of a byte set where it is less than n, for n up to 128.)
    private static func marks(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let solidus = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (word &- ones &* 0x20) & ~word
        return (controls | ((quote &- ones) & ~quote) | ((solidus &- ones) & ~solidus)) & highs
    }
}

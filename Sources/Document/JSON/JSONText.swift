/// Decoding of what a scan has found well-formed.
enum JSONText {
    /// The string that a string token stands for.
    static func string(of token: JSONToken, in bytes: [UInt8]) -> String {
        guard token.isMarked else { return plain(token.range, of: bytes) }
        var decoded: [UInt8] = []
        decode(token.range, of: bytes, into: &decoded)
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The text in a range of a document.
    static func plain(_ range: Range<Int>, of bytes: [UInt8]) -> String {
        // UTF-8 beyond any doubt, since the scanner has looked: checked again, it would only cost time.
        String(copying: unsafe UTF8Span(unchecked: bytes.span.extracting(range)))
    }

    /// Appends the UTF-8 of a string's content, escapes resolved. The range must have passed the scanner; what has not
    /// comes out as U+FFFD or not at all.
    static func decode(_ range: Range<Int>, of bytes: [UInt8], into decoded: inout [UInt8]) {
        decoded.reserveCapacity(decoded.count + range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let run = bytes[index..<range.upperBound].prefix { $0 != UInt8(ascii: "\\") }
            decoded.append(contentsOf: run)
            index = run.endIndex
            guard index + 1 < range.upperBound else { break }
            let letter = bytes[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"): appendScalar(at: &index, range.upperBound, of: bytes, to: &decoded)
            default: decoded.append(letter)
            }
        }
    }

    private static func appendScalar(
        at index: inout Int,
        _ end: Int,
        of bytes: [UInt8],
        to decoded: inout [UInt8]
    ) {
        var code = UInt32(unit(at: index, end, of: bytes))
        index += 4
        if (0xD800...0xDBFF).contains(code) {
            let low = UInt32(unit(at: index + 2, end, of: bytes))
            index += 6
            code = 0x10000 + (code - 0xD800) << 10 + (low & 0x3FF)
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func unit(at index: Int, _ end: Int, of bytes: [UInt8]) -> UInt16 {
        var unit: UInt16 = 0
        for index in index..<index + 4 where index < end {
            unit = unit << 4 | (hexadecimalDigit(bytes[index]) ?? 0)
        }
        return unit
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The integer that well-formed number text without fraction and exponent stands for, nil if it does not fit or is
    /// `-0`, whose sign an integer would lose.
    static func integer(_ range: Range<Int>, of bytes: [UInt8]) -> Int64? {
        guard let first = range.first else { return nil }
        let isNegative = bytes[first] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in range.dropFirst(isNegative ? 1 : 0) {
            let digit = Int64(bytes[index] &- UInt8(ascii: "0"))
            let (tens, hasOverflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !hasOverflowed, !isTooLarge else { return nil }
            value = sum
        }
        return isNegative && value == 0 ? nil : value
    }
}

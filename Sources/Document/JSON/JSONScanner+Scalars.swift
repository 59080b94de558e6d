extension JSONScanner {
    /// From the opening quote to one past the closing one (RFC 8259 §7). Returns whether there are escapes.
    mutating func scanString(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        let start = position + 1
        position = start
        var hasEscapes = false
        var isASCII = true
        while true {
            scanPlainRun(text, &isASCII)
            guard position < text.count else {
                throw failure(.unexpectedEnd, expected: "the string's closing '\"'")
            }
            switch text[position] {
            case UInt8(ascii: "\""):
                if !isASCII { try checkUTF8(text, start..<position) }
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape(text)
            default:
                throw failure(.controlCharacter, expected: "control characters in strings to be escaped")
            }
        }
    }

    /// To the first quote, backslash or control character, or to the end.
    @inline(__always)
    private mutating func scanPlainRun(_ text: Span<UInt8>, _ isASCII: inout Bool) {
        var index = position
        var seen: UInt64 = 0
        // Eight bytes at a time. A byte is special if taking away 0x20 borrows, or if it differs in nothing from a quote or
        // a backslash; of several marks the lowest is true, borrows only spoil those above. The load checks its bounds.
        while index + 8 <= text.count {
            let word = UInt64(
                littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let quotes = word ^ 0x2222_2222_2222_2222
            let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let ones: UInt64 = 0x0101_0101_0101_0101
            let controls = (word &- 0x2020_2020_2020_2020) & ~word
            let special = controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
            let marks = special & 0x8080_8080_8080_8080
            if marks != 0 {
                let count = marks.trailingZeroBitCount / 8
                seen |= word & ((1 << UInt64(count * 8)) &- 1)
                position = index + count
                if seen & 0x8080_8080_8080_8080 != 0 { isASCII = false }
                return
            }
            seen |= word
            index += 8
        }
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            seen |= UInt64(byte)
            index += 1
        }
        position = index
        if seen & 0x8080_8080_8080_8080 != 0 { isASCII = false }
    }

    /// Only strings can have bytes beyond ASCII in them, and only those are looked into.
    private func checkUTF8(_ text: Span<UInt8>, _ range: Range<Int>) throws(JSONError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: text.extracting(range))
        } catch {
            let offset = range.lowerBound + error.byteOffsets.lowerBound
            throw JSONError(.invalidUTF8, at: offset, in: bytes, expected: "UTF-8")
        }
    }

    private mutating func scanEscape(_ text: Span<UInt8>) throws(JSONError) {
        let backslash = position
        position += 1
        guard position < text.count else { throw failure(.unexpectedEnd, expected: "the rest of an escape") }
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            try scanUnicodeEscape(from: backslash, text)
        default:
            throw failure(.invalidEscape, expected: "one of \" \\ / b f n r t u after a backslash")
        }
    }

    private mutating func scanUnicodeEscape(from backslash: Int, _ text: Span<UInt8>) throws(JSONError) {
        let unit = try scanHexadecimal(text)
        switch unit {
        case 0xD800...0xDBFF:
            guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
                text[position + 1] == UInt8(ascii: "u")
            else { throw loneSurrogate(at: backslash, unit) }
            position += 2
            let low = try scanHexadecimal(text)
            guard (0xDC00...0xDFFF).contains(low) else { throw loneSurrogate(at: backslash, unit) }
        case 0xDC00...0xDFFF: throw loneSurrogate(at: backslash, unit)
        default: break
        }
    }

    private mutating func scanHexadecimal(_ text: Span<UInt8>) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < text.count else {
                throw failure(.unexpectedEnd, expected: "four hexadecimal digits after \\u")
            }
            guard let digit = JSONText.hexadecimalDigit(text[position]) else {
                throw failure(.invalidEscape, expected: "four hexadecimal digits after \\u")
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private func loneSurrogate(at offset: Int, _ unit: UInt16) -> JSONError {
        JSONError(
            .loneSurrogate,
            at: offset,
            in: bytes,
            found: "\\u" + String(unit, radix: 16) + " alone",
            expected: "both halves of a surrogate pair"
        )
    }

    /// A number (RFC 8259 §6). Returns whether it is written as an integer.
    mutating func scanNumber(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try scanDigits(expected: "a digit after the sign", text)
        if text[first] == UInt8(ascii: "0"), position > first + 1 {
            position = first + 1
            throw failure(.invalidNumber, expected: "no digit after a leading zero")
        }
        var isInteger = true
        if position < text.count, text[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try scanDigits(expected: "a digit after the decimal point", text)
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try scanDigits(expected: "a digit in the exponent", text)
        }
        return isInteger
    }

    private mutating func scanDigits(expected: StaticString, _ text: Span<UInt8>) throws(JSONError) {
        let first = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > first else {
            throw failure(position < text.count ? .invalidNumber : .unexpectedEnd, expected: "\(expected)")
        }
    }
}

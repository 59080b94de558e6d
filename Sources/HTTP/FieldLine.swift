/// A field line, taken apart (RFC 9112, section 5).
struct FieldLine {
    /// The name within the line's bytes.
    let name: Range<Int>
    /// The value without surrounding white space.
    let value: Range<Int>

    /// - Throws: `lineFolding`, `badFieldName`, `badFieldValue`.
    init(_ line: Range<Int>, in bytes: Span<UInt8>) throws(HTTPParseError) {
        guard let first = line.first, bytes[first] != 0x20, bytes[first] != 0x09 else { throw .lineFolding }
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon].isTokenByte { colon += 1 }
        guard colon < line.upperBound, bytes[colon] == UInt8(ascii: ":"), colon > line.lowerBound else {
            throw .badFieldName
        }
        var start = colon + 1
        var end = line.upperBound
        while start < end, bytes[start].isBlank { start += 1 }
        while end > start, bytes[end - 1].isBlank { end -= 1 }
        for index in start..<end where !bytes[index].isFieldValueByte { throw .badFieldValue }
        name = line.lowerBound..<colon
        value = start..<end
    }

    /// The field as a value of its own.
    func field(in bytes: [UInt8]) throws(HTTPParseError) -> HTTPField {
        guard let value = String(validating: bytes[value], as: UTF8.self) else { throw .badFieldValue }
        return HTTPField(validName: String(decoding: bytes[name], as: UTF8.self), validValue: value)
    }

    /// Whether the field has this name, which must be given in lower case.
    func isNamed(_ lowercased: StaticString, in bytes: Span<UInt8>) -> Bool {
        bytes.equals(name, lowercased)
    }
}

extension Span<UInt8> {
    /// Whether a part of the bytes, but for the case of letters, is a text that is given in lower case.
    func equals(_ range: Range<Int>, _ lowercased: StaticString) -> Bool {
        guard range.count == lowercased.utf8CodeUnitCount else { return false }
        let text = unsafe UnsafeBufferPointer(start: lowercased.utf8Start, count: lowercased.utf8CodeUnitCount)
        for offset in 0..<range.count where unsafe self[range.lowerBound + offset].lowercased != text[offset] {
            return false
        }
        return true
    }

    /// Reads digits; nil unless there is at least one and nothing else. Numbers beyond `Int` are its maximum.
    func decimal(_ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var result = 0
        for index in range {
            guard self[index] >= 0x30, self[index] <= 0x39 else { return nil }
            let (product, isTooLarge) = result.multipliedReportingOverflow(by: 10)
            let (sum, isStillTooLarge) = product.addingReportingOverflow(Int(self[index] - 0x30))
            result = isTooLarge || isStillTooLarge ? .max : sum
        }
        return result
    }

    /// Calls the body with each element of a comma-separated list (RFC 9110, section 5.6.1); empty ones are skipped.
    func forEachListElement(_ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            var comma = start
            while comma < range.upperBound, self[comma] != UInt8(ascii: ",") { comma += 1 }
            var (first, end) = (start, comma)
            while first < end, self[first].isBlank { first += 1 }
            while end > first, self[end - 1].isBlank { end -= 1 }
            if first < end { body(first..<end) }
            start = comma + 1
        }
    }
}

extension UInt8 {
    /// Space or tab.
    @inline(__always)
    var isBlank: Bool { self == 0x20 || self == 0x09 }
}

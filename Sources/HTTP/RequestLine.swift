/// A request line, taken apart (RFC 9112, section 3).
struct RequestLine {
    let method: Range<Int>
    let target: Range<Int>
    let version: HTTPVersion

    init(_ line: Range<Int>, in bytes: Span<UInt8>) throws(HTTPParseError) {
        var index = line.lowerBound
        while index < line.upperBound, bytes[index].isTokenByte { index += 1 }
        guard index > line.lowerBound, index < line.upperBound, bytes[index] == 0x20 else { throw .badRequestLine }
        method = line.lowerBound..<index
        let start = index + 1
        index = start
        while index < line.upperBound, bytes[index] != 0x20 {
            guard bytes[index] > 0x20, bytes[index] < 0x7F, bytes[index] != UInt8(ascii: "#") else { throw .badTarget }
            index += 1
        }
        target = start..<index
        guard index < line.upperBound, !target.isEmpty else { throw .badRequestLine }
        version = try Self.version((index + 1)..<line.upperBound, in: bytes)
        if bytes.equals(method, "connect") { throw .unsupportedMethod }
        try Self.checkForm(target, isOptions: bytes.equals(method, "options"), in: bytes)
    }

    /// RFC 9112, section 2.3: a minor version that is not known is treated as the highest that is.
    private static func version(_ range: Range<Int>, in bytes: Span<UInt8>) throws(HTTPParseError) -> HTTPVersion {
        let start = range.lowerBound
        guard range.count == 8, bytes.isUpper("HTTP/", at: start), bytes[start + 6] == UInt8(ascii: "."),
            let major = bytes.decimal((start + 5)..<(start + 6)), let minor = bytes.decimal((start + 7)..<(start + 8))
        else { throw .badRequestLine }
        guard major == 1 else { throw .unsupportedVersion }
        return minor == 0 ? .http1_0 : .http1_1
    }

    /// RFC 9112, section 3.2: origin form, absolute form, or the asterisk for OPTIONS.
    private static func checkForm(
        _ target: Range<Int>,
        isOptions: Bool,
        in bytes: Span<UInt8>
    ) throws(HTTPParseError) {
        let first = bytes[target.lowerBound]
        if first == UInt8(ascii: "/") { return }
        if first == UInt8(ascii: "*"), target.count == 1, isOptions { return }
        for scheme: StaticString in ["http://", "https://"] {
            let length = scheme.utf8CodeUnitCount
            let end = target.lowerBound + length
            guard target.count > length, bytes.equals(target.lowerBound..<end, scheme) else { continue }
            guard bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") else { throw .badTarget }
            return
        }
        throw .badTarget
    }
}

extension Span<UInt8> {
    /// Whether a text stands at a position, in its case. The caller has made sure that there are enough bytes.
    fileprivate func isUpper(_ text: StaticString, at start: Int) -> Bool {
        let text = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for offset in 0..<text.count where unsafe self[start + offset] != text[offset] { return false }
        return true
    }
}

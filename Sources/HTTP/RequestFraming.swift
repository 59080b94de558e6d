/// What the header says about the message itself: where the body ends, and what becomes of the connection.
struct RequestFraming: Sendable {
    enum Body: Sendable {
        case length(Int)
        case chunked
    }

    private var contentLength: Int?
    private var isChunked = false
    private var hasHost = false
    private var asksToClose = false
    private var asksToKeepAlive = false
    private var expectation = Expectation.none

    private enum Expectation: Sendable {
        case none, proceed, unknown
    }

    /// Takes note of a field.
    mutating func take(_ field: FieldLine, in bytes: Span<UInt8>) throws(HTTPParseError) {
        switch field.name.count {
        case 4 where field.isNamed("host", in: bytes):
            guard !hasHost, Self.isHost(field.value, in: bytes) else { throw .badHost }
            hasHost = true
        case 6 where field.isNamed("expect", in: bytes):
            let isKnown = expectation != .unknown && bytes.equals(field.value, "100-continue")
            expectation = isKnown ? .proceed : .unknown
        case 10 where field.isNamed("connection", in: bytes):
            bytes.forEachListElement(field.value) { option in
                if bytes.equals(option, "close") { asksToClose = true }
                if bytes.equals(option, "keep-alive") { asksToKeepAlive = true }
            }
        case 14 where field.isNamed("content-length", in: bytes):
            guard contentLength == nil, let length = bytes.decimal(field.value) else { throw .badContentLength }
            contentLength = length
        case 17 where field.isNamed("transfer-encoding", in: bytes):
            try takeTransferEncoding(field.value, in: bytes)
        default:
            break
        }
    }

    /// Decides after the last field.
    func body(of version: HTTPVersion) throws(HTTPParseError) -> Body {
        if version == .http1_1, !hasHost { throw .missingHost }
        if isChunked {
            // RFC 9112, section 6.1: both together, or chunks in HTTP/1.0, are the marks of request smuggling.
            if contentLength != nil { throw .lengthAndEncoding }
            if version == .http1_0 { throw .badTransferEncoding }
        }
        // RFC 9110, section 10.1.1: HTTP/1.0 knows no expectations.
        if version == .http1_1, expectation == .unknown { throw .unknownExpectation }
        return isChunked ? .chunked : .length(contentLength ?? 0)
    }

    func expectsContinue(_ version: HTTPVersion) -> Bool {
        version == .http1_1 && expectation == .proceed
    }

    /// RFC 9112, section 9.3
    func keepsAlive(_ version: HTTPVersion) -> Bool {
        !asksToClose && (version == .http1_1 || asksToKeepAlive)
    }

    private mutating func takeTransferEncoding(_ value: Range<Int>, in bytes: Span<UInt8>) throws(HTTPParseError) {
        if isChunked { throw .badTransferEncoding }
        var last = value.lowerBound..<value.lowerBound
        var count = 0
        bytes.forEachListElement(value) { coding in
            last = coding
            count += 1
        }
        // RFC 9112, section 6.3: when the last coding is not chunked, nobody can tell where the body ends.
        guard bytes.equals(last, "chunked") else { throw .badTransferEncoding }
        guard count == 1 else { throw .unsupportedTransferEncoding }
        isChunked = true
    }

    /// RFC 9110, section 7.2: `uri-host [ ":" port ]`. An empty one is what a client sends whose target has no authority.
    private static func isHost(_ value: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        for index in value {
            switch bytes[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
            // unreserved, sub-delims without the comma, percent, brackets and colon
            case 0x21, 0x24...0x2B, 0x2D, 0x2E, 0x3A, 0x3B, 0x3D, 0x5B, 0x5D, 0x5F, 0x7E: continue
            default: return false
            }
        }
        return true
    }
}

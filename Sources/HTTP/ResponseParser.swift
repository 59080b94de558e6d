/// The start of a response.
public struct HTTPResponseHead: Sendable, Hashable {
    /// The outcome.
    public var status: HTTPStatus
    /// The version that the server speaks.
    public var version: HTTPVersion
    /// The header.
    public var fields: HTTPFields
}

/// Turns bytes into responses (RFC 9112), sans I/O, piece by piece: a watch on the API server never ends.
public struct ResponseParser: Sendable {
    /// What has come.
    public enum Event: Sendable, Hashable {
        /// More bytes are needed.
        case needsMore
        /// The header is complete. Interim responses (1xx) are passed over.
        case head(HTTPResponseHead)
        /// A part of the body, at least one byte.
        case body([UInt8])
        /// The response is complete. The parser is ready for the answer to the next request.
        case end(trailers: HTTPFields)
    }

    private enum State: Sendable {
        case idle
        case statusLine
        case fields
        case body(left: Int)
        case chunks
        case bodyUntilEnd
        case trailers
        case ended
    }

    private let limits: HTTPLimits
    private var input = InputBuffer()
    private var state = State.idle
    private var head = HTTPResponseHead(status: 200, version: .http1_1, fields: [:])
    private var contentLength: Int?
    private var isChunked = false
    private var asksToClose = false
    private var asksToKeepAlive = false
    private var chunks = ChunkedDecoder()
    private var headSize = 0
    private var hasBody = true
    private var hasEnded = false

    /// A parser for one connection.
    ///
    /// - Parameter limits: `headSize` and `fieldCount` bound the header; `bodySize` bounds each chunked body as a whole,
    ///   and is the reader's business otherwise.
    public init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether the connection can take another request after the current response.
    public private(set) var keepsAlive = true

    /// Expects the response to a request.
    public mutating func begin(answerTo method: HTTPMethod) {
        head = HTTPResponseHead(status: 200, version: .http1_1, fields: [:])
        (contentLength, isChunked, asksToClose, asksToKeepAlive) = (nil, false, false, false)
        chunks = ChunkedDecoder()
        headSize = 0
        hasBody = method != .head
        state = .statusLine
    }

    /// Takes bytes in.
    public mutating func receive(_ bytes: Span<UInt8>) {
        input.append(bytes)
    }

    /// Takes note that the server has ended its stream.
    public mutating func receiveEnd() {
        hasEnded = true
        keepsAlive = false
    }

    /// Takes out the bytes that have come in and belong to no response: those behind a 101 are of another protocol.
    mutating func takeRest() -> [UInt8] {
        var rest: [UInt8] = []
        _ = input.move(upTo: .max, to: &rest)
        return rest
    }

    /// Goes on by one step.
    ///
    /// - Throws: what is wrong with the response; `truncated` when the stream ended inside of it. The parser must not be
    ///   used afterwards.
    public mutating func advance() throws(HTTPParseError) -> Event {
        while true {
            switch state {
            case .idle:
                return .needsMore
            case .statusLine:
                guard let line = try takeHeadLine() else { return try pause() }
                try parseStatusLine(line)
                state = .fields
            case .fields:
                guard let line = try takeHeadLine() else { return try pause() }
                if !line.isEmpty {
                    try parseField(line)
                } else if (100...199).contains(head.status.code), head.status != 101 {
                    head.fields = [:]
                    state = .statusLine
                } else {
                    try endHead()
                    return .head(head)
                }
            case .body(let left):
                if left == 0 {
                    state = .trailers
                    continue
                }
                var part: [UInt8] = []
                let moved = input.move(upTo: left, to: &part)
                state = .body(left: left - moved)
                return part.isEmpty ? try pause() : .body(part)
            case .chunks:
                var part: [UInt8] = []
                if try chunks.decode(&input, into: &part, limits: limits) { state = .trailers }
                if !part.isEmpty { return .body(part) }
                if case .chunks = state { return try pause() }
            case .bodyUntilEnd:
                var part: [UInt8] = []
                _ = input.move(upTo: .max, to: &part)
                if !part.isEmpty { return .body(part) }
                guard hasEnded else { return .needsMore }
                state = .trailers
            case .trailers:
                state = .ended
                input.compact()
                return .end(trailers: chunks.trailers)
            case .ended:
                state = .idle
            }
        }
    }

    private mutating func pause() throws(HTTPParseError) -> Event {
        if hasEnded { throw .truncated }
        input.compact()
        return .needsMore
    }

    private mutating func takeHeadLine() throws(HTTPParseError) -> Range<Int>? {
        let line = try input.takeLine(limit: limits.headSize - headSize, tooLong: .headTooLarge)
        if let line { headSize += line.count + 2 }
        return line
    }

    /// RFC 9112, section 4. The space before the reason may be missing together with it: servers do that.
    private mutating func parseStatusLine(_ line: Range<Int>) throws(HTTPParseError) {
        let bytes = input.bytes
        let start = line.lowerBound
        guard line.count >= 12, bytes.span.equals(start..<(start + 7), "http/1."),
            bytes[start] == UInt8(ascii: "H"), bytes[start + 8] == 0x20,
            let minor = bytes.span.decimal((start + 7)..<(start + 8)),
            let code = bytes.span.decimal((start + 9)..<(start + 12)), (100...599).contains(code),
            line.count == 12 || bytes[start + 12] == 0x20
        else { throw .badStatusLine }
        head.version = minor == 0 ? .http1_0 : .http1_1
        head.status = HTTPStatus(code)
    }

    private mutating func parseField(_ line: Range<Int>) throws(HTTPParseError) {
        let bytes = input.bytes
        let field = try FieldLine(line, in: bytes.span)
        if head.fields.count >= limits.fieldCount { throw .tooManyFields }
        head.fields.append(try field.field(in: bytes))
        if field.isNamed("content-length", in: bytes.span) {
            guard contentLength == nil, let length = bytes.span.decimal(field.value) else { throw .badContentLength }
            contentLength = length
        } else if field.isNamed("transfer-encoding", in: bytes.span) {
            guard !isChunked, bytes.span.equals(field.value, "chunked") else { throw .unsupportedTransferEncoding }
            isChunked = true
        } else if field.isNamed("connection", in: bytes.span) {
            var (close, keepAlive) = (asksToClose, asksToKeepAlive)
            bytes.span.forEachListElement(field.value) { option in
                if bytes.span.equals(option, "close") { close = true }
                if bytes.span.equals(option, "keep-alive") { keepAlive = true }
            }
            (asksToClose, asksToKeepAlive) = (close, keepAlive)
        }
    }

    /// RFC 9112, section 6.3
    private mutating func endHead() throws(HTTPParseError) {
        if isChunked, contentLength != nil { throw .lengthAndEncoding }
        keepsAlive = !hasEnded && !asksToClose && (head.version == .http1_1 || asksToKeepAlive)
        if !hasBody || head.status.forbidsContent {
            state = .body(left: 0)
        } else if isChunked {
            state = .chunks
        } else if let contentLength {
            state = .body(left: contentLength)
        } else {
            state = .bodyUntilEnd
            keepsAlive = false
        }
    }
}

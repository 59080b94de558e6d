/// Turns bytes into requests (RFC 9112), sans I/O: strict where leniency would let two readers of the same bytes see two
/// different requests.
///
/// ```swift
/// parser.receive(bytes)
/// while case .complete = try parser.advance() { handle(parser.take()) }
/// ```
public struct RequestParser: Sendable {
    /// How far the parser has come.
    public enum Progress: Sendable, Hashable {
        /// More bytes are needed.
        case needsMore
        /// The header is complete, and the client waits for `100 Continue` before it sends the body. Said once.
        case expectsContinue
        /// A request can be taken.
        case complete
    }

    private enum State: Sendable {
        case requestLine
        case fields
        case body(left: Int)
        case chunks
        case complete
    }

    private let limits: HTTPLimits
    private var input = InputBuffer()
    private var state = State.requestLine
    private var request = HTTPRequest(.get, "")
    private var framing = RequestFraming()
    private var chunks = ChunkedDecoder()
    private var headSize = 0
    private var emptyLines = 0

    /// How much memory a body gets before its bytes have come: a promised length is no reason to believe it.
    private static let firstBodyCapacity = 64 * 1024

    /// A parser for one connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether nothing of the next request has come yet.
    public var isIdle: Bool {
        if case .requestLine = state { return input.isEmpty && emptyLines == 0 }
        return false
    }

    /// Whether the header of a request is complete and its body is not.
    public var isReadingBody: Bool {
        switch state {
        case .body, .chunks: true
        default: false
        }
    }

    /// How many bytes of requests the parser holds.
    public var heldBytes: Int { input.count + request.body.count }

    /// Whether the client asked for the connection to be kept after the current request.
    public var keepsAlive: Bool { framing.keepsAlive(request.version) }

    /// The version of the request that is being read; HTTP/1.1 before it is known.
    public var version: HTTPVersion { request.version }

    /// The method of the request that is being read, once it is known.
    public var method: HTTPMethod? {
        if case .requestLine = state { return nil }
        return request.method
    }

    /// Takes bytes in. What belongs to later requests waits.
    public mutating func receive(_ bytes: Span<UInt8>) {
        input.append(bytes)
    }

    /// Goes on as far as the bytes allow.
    ///
    /// - Throws: what is wrong with the request. The parser must not be used afterwards.
    public mutating func advance() throws(HTTPParseError) -> Progress {
        while true {
            switch state {
            case .requestLine:
                guard let line = try takeHeadLine(atMost: limits.requestLineSize, .requestLineTooLong) else {
                    return pause()
                }
                if line.isEmpty {
                    // RFC 9112, section 2.2: at least one empty line before a request is to be ignored.
                    emptyLines += 1
                    guard emptyLines <= 2 else { throw .badRequestLine }
                } else {
                    try parseRequestLine(line)
                    state = .fields
                }
            case .fields:
                guard let line = try takeHeadLine(atMost: .max, .headTooLarge) else { return pause() }
                if !line.isEmpty {
                    try parseField(line)
                } else if try endHead() {
                    return .expectsContinue
                }
            case .body(let left):
                let moved = input.move(upTo: left, to: &request.body)
                guard moved == left else {
                    state = .body(left: left - moved)
                    return pause()
                }
                state = .complete
            case .chunks:
                guard try chunks.decode(&input, into: &request.body, limits: limits) else { return pause() }
                request.trailers = chunks.trailers
                state = .complete
            case .complete:
                return .complete
            }
        }
    }

    /// Takes the complete request and goes over to the next one. Call it only after `complete`.
    public mutating func take() -> HTTPRequest {
        let result = request
        request = HTTPRequest(.get, "")
        framing = RequestFraming()
        chunks = ChunkedDecoder()
        headSize = 0
        emptyLines = 0
        state = .requestLine
        input.compact()
        return result
    }

    private mutating func pause() -> Progress {
        input.compact()
        return .needsMore
    }

    private mutating func takeHeadLine(
        atMost limit: Int,
        _ tooLong: HTTPParseError
    ) throws(HTTPParseError) -> Range<Int>? {
        let left = limits.headSize - headSize
        let line = try input.takeLine(limit: min(limit, left), tooLong: limit <= left ? tooLong : .headTooLarge)
        if let line { headSize += line.count + 2 }
        return line
    }

    private mutating func parseRequestLine(_ line: Range<Int>) throws(HTTPParseError) {
        let parsed = try RequestLine(line, in: input.bytes.span)
        let bytes = input.bytes
        request.method = HTTPMethod(rawValue: String(decoding: bytes[parsed.method], as: UTF8.self))
        request.target = String(decoding: bytes[parsed.target], as: UTF8.self)
        request.version = parsed.version
        (request.path, request.query) = HTTPRequest.split(request.target)
    }

    private mutating func parseField(_ line: Range<Int>) throws(HTTPParseError) {
        let field = try FieldLine(line, in: input.bytes.span)
        if request.fields.count >= limits.fieldCount { throw .tooManyFields }
        let bytes = input.bytes
        try framing.take(field, in: bytes.span)
        request.fields.append(try field.field(in: bytes))
    }

    /// Decides by the header how the body is delimited.
    ///
    /// - Returns: whether the client waits for `100 Continue`.
    private mutating func endHead() throws(HTTPParseError) -> Bool {
        switch try framing.body(of: request.version) {
        case .length(let length):
            guard length <= limits.bodySize else { throw .bodyTooLarge }
            request.body.reserveCapacity(min(length, Self.firstBodyCapacity))
            state = .body(left: length)
            return framing.expectsContinue(request.version) && length > 0 && input.isEmpty
        case .chunked:
            state = .chunks
            return framing.expectsContinue(request.version) && input.isEmpty
        }
    }
}

/// Why bytes are no message that is accepted. The texts name the rule and never repeat the bytes.
public enum HTTPParseError: String, Error, Sendable, Hashable, CaseIterable {
    // Lines
    case bareLineFeed = "a line ends in LF without CR"
    case lineFolding = "a header line is continued on the next one, which is obsolete"
    // Start line
    case badRequestLine = "the request line is not METHOD SP TARGET SP HTTP/1.1"
    case badTarget = "the target is neither a path, nor an absolute URI, nor *"
    case unsupportedMethod = "CONNECT is not supported"
    case unsupportedVersion = "only HTTP/1.1 and HTTP/1.0 are spoken here"
    case badStatusLine = "the status line is not HTTP/1.1 SP STATUS SP REASON"
    case requestLineTooLong = "the request line is too long"
    // Fields
    case badFieldName = "a header field name is no token, or is not followed directly by a colon"
    case badFieldValue = "a header field value has a control character, or is not UTF-8"
    case headTooLarge = "the header is too large"
    case tooManyFields = "the header has too many fields"
    case missingHost = "HTTP/1.1 needs a Host field"
    case badHost = "the Host field is doubled or no host"
    // Framing
    case badContentLength = "Content-Length is doubled or no number"
    case lengthAndEncoding = "Content-Length and Transfer-Encoding exclude each other"
    case badTransferEncoding = "Transfer-Encoding must be \"chunked\", once, in HTTP/1.1"
    case unsupportedTransferEncoding = "no transfer coding but chunked is understood"
    case badChunkSize = "a chunk size is no hexadecimal number"
    case badChunkExtension = "chunk extensions are too long, or have control characters"
    case badChunkEnd = "a chunk is not followed by CR LF"
    case bodyTooLarge = "the body is too large"
    case unknownExpectation = "only the expectation 100-continue can be met"
    case truncated = "the message ends too early"
}

extension HTTPParseError {
    /// What a server answers.
    public var status: HTTPStatus {
        switch self {
        case .unsupportedMethod, .unsupportedTransferEncoding: .notImplemented
        case .unsupportedVersion: .versionNotSupported
        case .requestLineTooLong: .uriTooLong
        case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .unknownExpectation: .expectationFailed
        default: .badRequest
        }
    }

    /// The name of the case, fit for metric labels and logs.
    public var code: String { "\(self)" }
}

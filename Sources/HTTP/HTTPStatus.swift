/// A status code (RFC 9110, section 15).
public struct HTTPStatus: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The three-digit number.
    public let code: Int

    /// Makes a status from its number. Numbers outside 100 to 599 are answered to clients as 500.
    public init(_ code: Int) {
        self.code = code
    }

    /// A status written in the source.
    public init(integerLiteral value: Int) {
        self.init(value)
    }

    /// Whether the number is of the class 2xx.
    public var isSuccess: Bool { (200...299).contains(code) }

    /// Whether a message with this status never has content (RFC 9112, section 6.3).
    var forbidsContent: Bool { code == 204 || code == 304 || (100...199).contains(code) }

    /// The customary words; empty for codes that have none here.
    public var reason: String {
        switch code {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }

    /// 200
    public static let ok: HTTPStatus = 200
    /// 400
    public static let badRequest: HTTPStatus = 400
    /// 404
    public static let notFound: HTTPStatus = 404
    /// 405
    public static let methodNotAllowed: HTTPStatus = 405
    /// 408
    public static let requestTimeout: HTTPStatus = 408
    /// 413
    public static let contentTooLarge: HTTPStatus = 413
    /// 414
    public static let uriTooLong: HTTPStatus = 414
    /// 415
    public static let unsupportedMediaType: HTTPStatus = 415
    /// 417
    public static let expectationFailed: HTTPStatus = 417
    /// 431
    public static let requestHeaderFieldsTooLarge: HTTPStatus = 431
    /// 500
    public static let internalServerError: HTTPStatus = 500
    /// 501
    public static let notImplemented: HTTPStatus = 501
    /// 503
    public static let serviceUnavailable: HTTPStatus = 503
    /// 505
    public static let versionNotSupported: HTTPStatus = 505
}

extension HTTPStatus: CustomStringConvertible {
    /// `404 Not Found`
    public var description: String {
        reason.isEmpty ? "\(code)" : "\(code) \(reason)"
    }
}

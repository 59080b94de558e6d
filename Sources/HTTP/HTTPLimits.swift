/// How large a message may be.
public struct HTTPLimits: Sendable, Hashable {
    /// Bytes of request line (or status line) and header together, and again of the trailers. Answered with 431.
    public var headSize: Int
    /// Bytes of the request line. Answered with 414.
    public var requestLineSize: Int
    /// Header fields, and again trailer fields. Answered with 431.
    public var fieldCount: Int
    /// Bytes of the body. Answered with 413.
    public var bodySize: Int

    /// Makes limits. The default body is what an API server can send: two objects of 3 MiB, the largest that its request
    /// limit lets through, and the review around them.
    public init(
        headSize: Int = 16 * 1024,
        requestLineSize: Int = 8 * 1024,
        fieldCount: Int = 100,
        bodySize: Int = 7 * 1024 * 1024
    ) {
        self.headSize = headSize
        self.requestLineSize = requestLineSize
        self.fieldCount = fieldCount
        self.bodySize = bodySize
    }
}

/// Cuts a stream of bytes into lines, wherever its chunks end. A watch sends one event a line.
struct LineSplitter: Sendable {
    /// A line is longer than allowed.
    struct LineTooLong: Error, Sendable, Hashable {}

    /// The longest line, in bytes.
    let limit: Int
    private var buffer: [UInt8] = []
    private var cursor = 0
    /// No line end lies between the cursor and here.
    private var scanned = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether the last line has not ended yet.
    var hasPartialLine: Bool { cursor < buffer.count }

    /// Takes bytes in.
    mutating func append(_ bytes: [UInt8]) {
        if cursor == buffer.count {
            buffer = bytes
            (cursor, scanned) = (0, 0)
            return
        }
        if cursor > 0 {
            buffer.removeSubrange(..<cursor)
            scanned -= cursor
            cursor = 0
        }
        buffer += bytes
    }

    /// The next complete line without its end; nil when there is none. Empty lines are passed over.
    ///
    /// - Throws: `LineTooLong` for a line, complete or not, that is longer than the limit.
    mutating func next() throws(LineTooLong) -> [UInt8]? {
        while true {
            var index = max(scanned, cursor)
            while index < buffer.count, buffer[index] != 0x0A { index += 1 }
            scanned = index
            if index - cursor > limit { throw LineTooLong() }
            guard index < buffer.count else { return nil }
            var end = index
            if end > cursor, buffer[end - 1] == 0x0D { end -= 1 }
            let line = Array(buffer[cursor..<end])
            cursor = index + 1
            scanned = cursor
            if !line.isEmpty { return line }
        }
    }
}

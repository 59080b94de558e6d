/// Bytes that have come in and have not been understood yet.
struct InputBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// What lies before it has been used.
    private(set) var cursor = 0
    /// No line feed lies between the cursor and here.
    private var scanned = 0

    var count: Int { bytes.count - cursor }
    var isEmpty: Bool { cursor == bytes.count }

    mutating func append(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Takes the next line.
    ///
    /// - Parameter limit: how long the line may be, its end included.
    /// - Returns: the line without its end; nil when it is not complete yet.
    /// - Throws: `tooLong` for a line, complete or not, that is longer than the limit; `bareLF`.
    mutating func takeLine(limit: Int, tooLong: HTTPParseError) throws(HTTPParseError) -> Range<Int>? {
        let found = bytes.span.firstLineFeed(from: max(scanned, cursor))
        guard let end = found else {
            scanned = bytes.count
            if count >= limit { throw tooLong }
            return nil
        }
        if end + 1 - cursor > limit { throw tooLong }
        guard end > cursor, bytes[end - 1] == 0x0D else { throw .bareLineFeed }
        let line = cursor..<(end - 1)
        cursor = end + 1
        return line
    }

    /// Moves up to so many bytes to the end of an array.
    mutating func move(upTo limit: Int, to target: inout [UInt8]) -> Int {
        let amount = min(limit, count)
        target.append(contentsOf: bytes[cursor..<(cursor + amount)])
        cursor += amount
        return amount
    }

    /// Gives back the memory of what has been used.
    mutating func compact() {
        if isEmpty {
            bytes = []
        } else if cursor > 0 {
            bytes = Array(bytes[cursor...])
        }
        cursor = 0
        scanned = 0
    }
}

extension Span<UInt8> {
    fileprivate func firstLineFeed(from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == 0x0A { return index }
            index += 1
        }
        return nil
    }
}

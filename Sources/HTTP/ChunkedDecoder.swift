/// Undoes the chunked transfer coding (RFC 9112, section 7.1), sans I/O.
struct ChunkedDecoder: Sendable {
    private enum State: Sendable {
        case size
        case data(left: Int)
        case dataEnd
        case trailers
        case done
    }

    /// One chunk-size line, extensions and line end included. Extensions have no meaning here.
    private static let sizeLineLimit = 256
    /// All extensions of a body together: a sender must not make them the greater part of it.
    private static let extensionsLimit = 4 * 1024

    private var state = State.size
    private var bodySize = 0
    private var extensionsSize = 0
    private var trailersSize = 0
    private(set) var trailers = HTTPFields()

    /// Goes on as far as the input allows.
    ///
    /// - Parameters:
    ///   - input: where the bytes come from.
    ///   - body: where decoded bytes go.
    ///   - limits: the size of the decoded body, and that of the trailers.
    /// - Returns: whether the message is complete.
    mutating func decode(
        _ input: inout InputBuffer,
        into body: inout [UInt8],
        limits: HTTPLimits
    ) throws(HTTPParseError) -> Bool {
        while true {
            switch state {
            case .size:
                guard let line = try input.takeLine(limit: Self.sizeLineLimit, tooLong: .badChunkExtension) else {
                    return false
                }
                let size = try parseSize(line, in: input.bytes.span)
                guard size <= limits.bodySize - bodySize else { throw .bodyTooLarge }
                bodySize += size
                state = size == 0 ? .trailers : .data(left: size)
            case .data(let left):
                let moved = input.move(upTo: left, to: &body)
                if moved < left {
                    state = .data(left: left - moved)
                    return false
                }
                state = .dataEnd
            case .dataEnd:
                guard let line = try input.takeLine(limit: 2, tooLong: .badChunkEnd) else { return false }
                guard line.isEmpty else { throw .badChunkEnd }
                state = .size
            case .trailers:
                let left = limits.headSize - trailersSize
                guard let line = try input.takeLine(limit: left, tooLong: .headTooLarge) else { return false }
                trailersSize += line.count + 2
                if line.isEmpty {
                    state = .done
                } else {
                    if trailers.count >= limits.fieldCount { throw .tooManyFields }
                    trailers.append(try FieldLine(line, in: input.bytes.span).field(in: input.bytes))
                }
            case .done:
                return true
            }
        }
    }

    private mutating func parseSize(_ line: Range<Int>, in bytes: Span<UInt8>) throws(HTTPParseError) -> Int {
        var size = 0
        var index = line.lowerBound
        while index < line.upperBound, let digit = bytes[index].hexadecimalValue {
            // 7 digits are 256 MiB, more than any limit; more digits are leading zeros or an attack.
            guard index - line.lowerBound < 15 else { throw .badChunkSize }
            size = size << 4 | Int(digit)
            index += 1
        }
        guard index > line.lowerBound else { throw .badChunkSize }
        extensionsSize += line.upperBound - index
        guard extensionsSize <= Self.extensionsLimit else { throw .badChunkExtension }
        while index < line.upperBound, bytes[index].isBlank { index += 1 }
        guard index < line.upperBound else {
            if index > line.lowerBound, bytes[index - 1].isBlank { throw .badChunkSize }
            return size
        }
        guard bytes[index] == UInt8(ascii: ";") else { throw .badChunkSize }
        for index in index..<line.upperBound where !bytes[index].isFieldValueByte { throw .badChunkExtension }
        return size
    }
}

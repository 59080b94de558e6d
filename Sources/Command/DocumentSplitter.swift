/// Cuts a stream into its documents without reading them, so that those which nobody changes can be written back byte for
/// byte.
enum DocumentSplitter {
    /// One document's bytes, separators and comments included: joined, the pieces of a stream are the stream.
    struct Piece: Sendable, Hashable {
        /// The bytes.
        var bytes: [UInt8]
        /// The line of the stream on which they begin, from 1.
        var firstLine: Int
    }

    /// Cuts YAML before each line that begins with `---` and after each that begins with `...`.
    ///
    /// At the first column these end whatever came before, block and quoted scalars too (YAML 1.2 §9.1.2), so no parsing is
    /// needed. Directives, comments and blank lines before a first `---` belong to the document that it begins.
    static func yaml(_ bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var start = 0
        var startLine = 1
        var hasContent = false
        var line = 1
        var index = 0
        func cut(at end: Int, nextLine: Int) {
            if end > start { pieces.append(Piece(bytes: Array(bytes[start..<end]), firstLine: startLine)) }
            start = end
            startLine = nextLine
            hasContent = false
        }
        while index < bytes.count {
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            let text = bytes[index..<end]
            if isMarker(text, UInt8(ascii: "-")) {
                if hasContent { cut(at: index, nextLine: line) }
                hasContent = true
            } else if isMarker(text, UInt8(ascii: ".")) {
                cut(at: end, nextLine: line + 1)
            } else if let first = text.first(where: { !" \t\r\n".utf8.contains($0) }) {
                let isPrologue = first == UInt8(ascii: "#") || text.first == UInt8(ascii: "%")
                if !isPrologue { hasContent = true }
            }
            index = end
            line += 1
        }
        cut(at: bytes.count, nextLine: line)
        return pieces
    }

    /// Cuts a stream of JSON objects and arrays, each with the white space behind it; nil if anything else stands between.
    static func json(_ bytes: [UInt8]) -> [Piece]? {
        var pieces: [Piece] = []
        var start = 0
        var index = 0
        var line = 1
        while index < bytes.count {
            guard let end = endOfValue(in: bytes, from: index) else { return nil }
            let next = bytes[end...].firstIndex { !" \t\r\n".utf8.contains($0) } ?? bytes.count
            let piece = Array(bytes[start..<next])
            pieces.append(Piece(bytes: piece, firstLine: line))
            line += piece.count { $0 == UInt8(ascii: "\n") }
            start = next
            index = next
        }
        return pieces.isEmpty ? nil : pieces
    }

    /// Whether a stream is JSON by the same test as kubectl's: its first character is a brace.
    static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{")
    }

    /// Whether a piece of YAML begins with the line that separates it from what stands before.
    static func beginsWithSeparator(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(4))
        return isMarker(bytes[...], UInt8(ascii: "-"))
    }

    private static func isMarker(_ line: ArraySlice<UInt8>, _ character: UInt8) -> Bool {
        let marker = line.prefix(3)
        guard marker.count == 3, marker.allSatisfy({ $0 == character }) else { return false }
        guard let next = line.dropFirst(3).first else { return true }
        return " \t\r\n".utf8.contains(next)
    }

    /// One past the bracket that closes the value which begins at or after an index; strings are skipped, nothing is checked.
    private static func endOfValue(in bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return depth == 0 ? index + 1 : nil }
            case UInt8(ascii: "\""):
                guard depth > 0 else { return nil }
                isInString = true
            default:
                guard depth > 0 || " \t\r\n".utf8.contains(byte) else { return nil }
            }
        }
        return nil
    }
}

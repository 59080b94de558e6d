/// Why a text is not the YAML that was wanted, and where.
public struct YAMLError: Error, Sendable, Hashable {
    /// The step of reading that failed.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Bytes into characters: libyaml's reader.
        case reader
        /// Characters into tokens: libyaml's scanner.
        case scanner
        /// Tokens into events: libyaml's parser.
        case parser
        /// Events into a tree: aliases, merges, names of members.
        case composer
        /// Scalars into values.
        case resolver
        /// A bound of ``YAMLLimits``.
        case limit
        /// libyaml had no memory.
        case memory
    }

    /// The step of reading that failed.
    public let stage: Stage
    /// What is wrong, as a clause without a full stop.
    public let problem: String
    /// Where, nil if the text as a whole is meant.
    public let mark: YAMLMark?
    /// What was being read when it went wrong and where that began, nil if that says nothing more.
    public let context: String?
    /// The line that ``mark`` is in, nil without a mark. Long lines are cut, control characters replaced.
    public let sourceLine: String?
    /// The second line of a picture: a caret below the place in ``sourceLine``.
    public let caret: String?
}

extension YAMLError: CustomStringConvertible {
    /// Problem and place, and under it the line with a caret:
    ///
    ///     line 2, column 6: mapping values are not allowed in this context
    ///     a: b: c
    ///         ^
    public var description: String {
        var text = mark.map { "line \($0.line), column \($0.column): \(problem)" } ?? problem
        if let context { text += " (\(context))" }
        if let sourceLine, let caret { text += "\n\(sourceLine)\n\(caret)" }
        return text
    }

    /// The description without the picture, for messages of one line.
    public var summary: String {
        var text = mark.map { "line \($0.line), column \($0.column): \(problem)" } ?? problem
        if let context { text += " (\(context))" }
        return text
    }
}

extension YAMLError {
    /// Cuts the line out of the text.
    init(_ stage: Stage, _ problem: String, at mark: YAMLMark?, context: String? = nil, in bytes: [UInt8]) {
        self.stage = stage
        self.problem = problem
        self.mark = mark
        self.context = context
        let picture = mark.map { SourcePicture(of: $0, in: bytes) }
        sourceLine = picture?.line
        caret = picture?.caret
    }
}

/// A line of a text, fit to be shown, with a caret below a place in it.
private struct SourcePicture {
    let line: String
    let caret: String

    private static let longest = 120

    init(of mark: YAMLMark, in bytes: [UInt8]) {
        var start = bytes.startIndex
        for _ in 1..<max(mark.line, 1) {
            guard let feed = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                start = bytes.endIndex
                break
            }
            start = feed + 1
        }
        let content = bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
        let scalars = Array(String(decoding: content, as: UTF8.self).unicodeScalars)
        let place = min(mark.column - 1, scalars.count)
        let first = max(place - Self.longest / 2, 0)
        let shown = scalars[first..<min(first + Self.longest, scalars.count)].map(Self.harmless)
        line = String(String.UnicodeScalarView(shown))
        let before = shown.prefix(place - first).map { $0 == "\t" ? $0 : " " as Unicode.Scalar }
        caret = String(String.UnicodeScalarView(before)) + "^"
    }

    /// A terminal must not obey what a document says.
    private static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control where scalar != "\t", .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }
}

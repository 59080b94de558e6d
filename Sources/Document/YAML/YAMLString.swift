/// The ways to write a string in YAML, and which of them are safe for it.
struct YAMLString {
    private let text: String
    private let traits: Traits

    init(_ text: String) {
        self.text = text
        traits = Traits(of: text)
    }

    /// What stands in the way of the simpler styles.
    private struct Traits {
        var hasLineFeed = false
        /// White space before a line feed or at the end, where nobody sees it.
        var hasTrailingSpace = false
        var hasTab = false
        /// A character that YAML allows only escaped, or that it takes for a line break.
        var hasSpecial = false
        /// Something that means structure in a block, even in the middle.
        var hasIndicator = false

        init(of text: String) {
            var previous: Unicode.Scalar?
            var scalars = text.unicodeScalars.makeIterator()
            var current = scalars.next()
            while let scalar = current {
                let next = scalars.next()
                note(scalar, after: previous, before: next)
                (previous, current) = (scalar, next)
            }
        }

        private mutating func note(
            _ scalar: Unicode.Scalar,
            after previous: Unicode.Scalar?,
            before next: Unicode.Scalar?
        ) {
            let isBeforeSpace = next.map { $0 == " " || $0 == "\t" || $0 == "\n" } ?? true
            switch scalar {
            case "\n": hasLineFeed = true
            case "\t":
                hasTab = true
                if next == nil || next == "\n" { hasTrailingSpace = true }
            case " ": if next == nil || next == "\n" { hasTrailingSpace = true }
            case ":": if isBeforeSpace { hasIndicator = true }
            case "#": if previous.map({ $0 == " " || $0 == "\t" || $0 == "\n" }) ?? true { hasIndicator = true }
            case "-", "?": if previous == nil, isBeforeSpace { hasIndicator = true }
            case ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`":
                if previous == nil { hasIndicator = true }
            default: if !Self.isPrintable(scalar) { hasSpecial = true }
            }
        }

        /// What libyaml lets stand unescaped, less the line breaks of YAML 1.1 (U+0085, U+2028, U+2029).
        static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
    }

    /// In one line: plain, else as kubectl does in single quotes where plain would be structure, in double quotes where it
    /// would be another type.
    var inOneLine: String {
        if traits.hasLineFeed || traits.hasSpecial || traits.hasTab { return doubleQuoted }
        if wouldBeAnotherType { return doubleQuoted }
        let isPadded = text.utf8.first == UInt8(ascii: " ") || traits.hasTrailingSpace
        let isMarker = text.utf8.starts(with: "---".utf8) || text.utf8.starts(with: "...".utf8)
        if isPadded || traits.hasIndicator || isMarker { return singleQuoted }
        return text
    }

    /// As a literal block, nil where that is not safe or hides something: white space at the ends of lines, an empty first
    /// line.
    var literalBlock: (header: String, lines: [Substring])? {
        guard traits.hasLineFeed, !traits.hasSpecial, !traits.hasTrailingSpace, text.utf8.first != UInt8(ascii: "\n")
        else {
            return nil
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // Without the digit a parser would take white space in the first line for indentation.
        let isIndented = text.utf8.first == UInt8(ascii: " ") || text.utf8.first == UInt8(ascii: "\t")
        let indicator = isIndented ? "|2" : "|"
        guard lines.last?.isEmpty ?? false else { return (indicator + "-", lines) }
        lines.removeLast()
        return (lines.last?.isEmpty ?? false ? indicator + "+" : indicator, lines)
    }

    private var wouldBeAnotherType: Bool {
        if case .string = YAMLScalarValue.resolve(text) { isSexagesimal || isDate } else { true }
    }

    /// `12:30:45`: a number to readers of YAML 1.1, though not to kubectl. A sign, digits, and then each colon with one
    /// or two digits; underscores and a point count as digits, since quotes too many do no harm.
    private var isSexagesimal: Bool {
        let isSigned = text.utf8.first == UInt8(ascii: "+") || text.utf8.first == UInt8(ascii: "-")
        let parts = text.utf8.dropFirst(isSigned ? 1 : 0).split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        return parts.count > 1
            && parts.allSatisfy { part in
                Self.isDigit(part.first)
                    && part.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
            }
    }

    /// `2001-12-14` and whatever follows: a date to readers of YAML 1.1.
    private var isDate: Bool {
        let start = Array(text.utf8.prefix(6))
        return start.count == 6 && start[4] == UInt8(ascii: "-")
            && [0, 1, 2, 3, 5].allSatisfy { Self.isDigit(start[$0]) }
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { $0 &- UInt8(ascii: "0") < 10 } ?? false
    }

    // MARK: Quotes

    private var singleQuoted: String {
        // By scalars: an apostrophe with an accent on it is one character, and an apostrophe to YAML.
        var quoted = "'".unicodeScalars
        for scalar in text.unicodeScalars {
            quoted.append(scalar)
            if scalar == "'" { quoted.append(scalar) }
        }
        return String(quoted) + "'"
    }

    private var doubleQuoted: String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\0": quoted += "\\0"
            case "\u{7}": quoted += "\\a"
            case "\u{8}": quoted += "\\b"
            case "\t": quoted += "\\t"
            case "\n": quoted += "\\n"
            case "\u{B}": quoted += "\\v"
            case "\u{C}": quoted += "\\f"
            case "\r": quoted += "\\r"
            case "\u{1B}": quoted += "\\e"
            case "\u{85}": quoted += "\\N"
            case "\u{2028}": quoted += "\\L"
            case "\u{2029}": quoted += "\\P"
            default:
                if Traits.isPrintable(scalar) {
                    quoted.unicodeScalars.append(scalar)
                } else {
                    quoted += Self.escape(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// None of the characters that need it has more than 16 bits.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = digits.count <= 2 ? 2 : 4
        return (width == 2 ? "\\x" : "\\u") + String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}

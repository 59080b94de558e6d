/// Unfolds a mapping or sequence in flow style into lines of block style, its members or items as they were written.
///
/// Only the outermost level is unfolded: what is in it need not change, or is unfolded in its turn.
struct YAMLFlow {
    /// One line a member or item.
    let lines: [YAMLLine]
    /// What follows the closing bracket: nothing, or a comment.
    let rest: String

    /// Unfolds text that begins with a bracket; nil if it does not, or cannot be followed.
    ///
    /// - Parameters:
    ///   - content: the text, perhaps on several lines.
    ///   - indent: the column at which the new lines begin.
    init?(_ content: [Substring], indent: Int) {
        guard let first = content.first?.first, first == "{" || first == "[" else { return nil }
        let text = content.map { $0.drop { $0 == " " } }.joined(separator: " ")
        guard let (entries, end) = Self.entries(of: text) else { return nil }
        rest = String(text[end...].drop { $0 == " " })
        guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
        let margin = String(repeating: " ", count: indent)
        var lines: [YAMLLine] = []
        for entry in entries {
            guard first == "{" else {
                lines.append(YAMLLine("\(margin)- \(entry)"))
                continue
            }
            guard let member = Self.member(entry) else { return nil }
            lines.append(YAMLLine(margin + member))
        }
        self.lines = lines
    }

    /// The texts between the commas of the outermost brackets, and the place behind these.
    private static func entries(of text: String) -> (entries: [String], end: String.Index)? {
        var entries: [String] = []
        var entry = ""
        var depth = 0
        var quote: Character?
        var isEscaped = false
        var before: Character = " "
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                entry.append(character)
                if isEscaped {
                    isEscaped = false
                } else if character == "\\", open == "\"" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                }
                before = character
                continue
            }
            switch character {
            case "\"", "'":
                // Inside a plain scalar a quote is a character like others.
                if "{[,:".contains(before) { quote = character }
                entry.append(character)
            case "{", "[":
                depth += 1
                if depth > 1 { entry.append(character) }
            case "}", "]":
                depth -= 1
                guard depth > 0 else {
                    if !isBlank(entry) { entries.append(trimmed(entry)) }
                    return (entries, text.index(after: index))
                }
                entry.append(character)
            case "," where depth == 1:
                guard !isBlank(entry) else { return nil }
                entries.append(trimmed(entry))
                entry = ""
            case "#" where before == " " || text[..<index].last == " ":
                return nil
            default:
                entry.append(character)
            }
            if character != " " { before = character }
        }
        return nil
    }

    /// `key: value` with the space that block style wants behind the colon; nil if it has no colon.
    private static func member(_ entry: String) -> String? {
        guard let first = entry.first else { return nil }
        if first == "\"" || first == "'" {
            let inner = entry.dropFirst()
            guard let close = inner.firstIndex(of: first) else { return nil }
            let afterKey = inner[inner.index(after: close)...].drop { $0 == " " }
            guard afterKey.first == ":" else { return nil }
            return "\(entry[...close]): \(afterKey.dropFirst().drop { $0 == " " })"
        }
        return entry.contains(": ") || entry.hasSuffix(":") ? entry : nil
    }

    private static func isBlank(_ text: String) -> Bool {
        text.allSatisfy { $0 == " " }
    }

    private static func trimmed(_ text: String) -> String {
        var result = text.drop { $0 == " " }
        while result.last == " " { result.removeLast() }
        return String(result)
    }
}

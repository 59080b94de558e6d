/// One line of a YAML text, without its line break.
struct YAMLLine: Hashable {
    let text: String
    /// Leading spaces.
    let indent: Int

    init(_ text: String) {
        self.text = text
        indent = text.utf8.prefix { $0 == UInt8(ascii: " ") }.count
    }

    /// What follows the indentation.
    var body: Substring { text.dropFirst(indent) }
    var isBlank: Bool { body.allSatisfy(\.isWhitespace) }
    /// Neither blank nor a comment.
    var isContent: Bool { !isBlank && !body.hasPrefix("#") }
    var isItem: Bool { body == "-" || body.hasPrefix("- ") }
    /// A separator, an end mark or a directive: no part of a document's body.
    var isDocumentMark: Bool {
        indent == 0 && (text.hasPrefix("%") || ["---", "..."].contains { text == $0 || text.hasPrefix("\($0) #") })
    }

    /// The line with the character at a column, which is an item's dash or its blank, replaced.
    func replacingDash(with character: Character, at column: Int) -> YAMLLine {
        guard text.count > column else { return self }
        return YAMLLine(String(text.prefix(column)) + String(character) + String(text.dropFirst(column + 1)))
    }
}

/// The lines of a mapping or sequence in block style, taken apart into its members or items.
struct YAMLBlock {
    /// One member or item.
    struct Part: Hashable {
        /// A member's key; empty for an item.
        var key: String
        /// Whether the value begins on the line after the key.
        var isNested: Bool
        /// From the first line to the last that has to do with the value.
        var content: [YAMLLine]
        /// Comments and blank lines between this part and the next.
        var trailing: [YAMLLine]
    }

    /// Comments and blank lines before the first part.
    var preamble: [YAMLLine]
    var parts: [Part]
    /// The column at which every part begins.
    let indent: Int

    /// Takes a mapping apart; nil if the lines are not one in plain block style.
    init?(mapping lines: [YAMLLine]) {
        self.init(lines) { line in
            guard let (key, _, rest) = YAMLBlock.key(of: line) else { return nil }
            return (key, rest.isEmpty || rest.hasPrefix("#"))
        }
    }

    /// Takes a sequence apart; nil if the lines are not one in block style.
    init?(sequence lines: [YAMLLine]) {
        self.init(lines) { line in line.isItem ? ("", false) : nil }
    }

    private init?(_ lines: [YAMLLine], head: (YAMLLine) -> (key: String, isNested: Bool)?) {
        guard let start = lines.firstIndex(where: \.isContent) else { return nil }
        indent = lines[start].indent
        preamble = Array(lines[..<start])
        parts = []
        for line in lines[start...] {
            let belongs = line.indent > indent && !line.isBlank
            // A sequence may stand at the column of the key that it belongs to.
            let isOutdentedItem = line.indent == indent && line.isItem && parts.last?.isNested == true
            if belongs || isOutdentedItem {
                guard var part = parts.popLast() else { return nil }
                part.content += part.trailing + [line]
                part.trailing = []
                parts.append(part)
            } else if line.isContent {
                guard line.indent == indent, let (key, isNested) = head(line) else { return nil }
                parts.append(Part(key: key, isNested: isNested, content: [line], trailing: []))
            } else {
                guard var part = parts.popLast() else { return nil }
                part.trailing.append(line)
                parts.append(part)
            }
        }
    }

    /// The key of a line `key: rest`, plain or simply quoted.
    private static func key(of line: YAMLLine) -> (key: String, colon: Substring.Index, rest: Substring)? {
        let body = line.body
        guard let first = body.first, !"?-[{&*!|>%@`".contains(first) || isPlainDash(body) else { return nil }
        let afterKey: Substring
        let key: String
        if first == "\"" || first == "'" {
            let inner = body.dropFirst()
            guard let close = inner.firstIndex(of: first) else { return nil }
            key = String(inner[..<close])
            afterKey = inner[inner.index(after: close)...]
            guard !key.contains("\\"), afterKey.first == ":" else { return nil }
        } else {
            guard let colon = body.indices.first(where: { isKeyEnd(body, $0) }) else { return nil }
            key = String(body[..<colon])
            afterKey = body[colon...]
        }
        let rest = afterKey.dropFirst().drop { $0 == " " }
        return (key, afterKey.startIndex, rest)
    }

    /// A line `key: rest` as the text up to the colon and the rest.
    static func split(_ line: YAMLLine) -> (head: Substring, rest: Substring)? {
        key(of: line).map { (line.text[...$0.colon], $0.rest) }
    }

    private static func isKeyEnd(_ text: Substring, _ index: Substring.Index) -> Bool {
        guard text[index] == ":" else { return false }
        let next = text.index(after: index)
        return next == text.endIndex || text[next] == " "
    }

    /// A key may begin with a dash if no space follows.
    private static func isPlainDash(_ text: Substring) -> Bool {
        text.hasPrefix("-") && text.dropFirst().first.map { $0 != " " } ?? false
    }
}

/// Puts a block together again, part by part, in order.
struct YAMLBlockEditor {
    private let block: YAMLBlock
    private var lines: [YAMLLine]
    /// Comments and blank lines that follow what has been written, held back so that insertions come before them.
    private var pending: [YAMLLine] = []
    private var next = 0

    init(_ block: YAMLBlock) {
        self.block = block
        lines = block.preamble
    }

    /// Leaves out the parts before this one; the comments behind them stay.
    mutating func advance(to part: YAMLBlock.Part) {
        while next < block.parts.count, block.parts[next] != part {
            pending += block.parts[next].trailing
            next += 1
        }
        next += 1
    }

    mutating func keep(_ part: YAMLBlock.Part) {
        replace(part, with: part.content)
    }

    mutating func replace(_ part: YAMLBlock.Part, with content: [YAMLLine]) {
        lines += pending + content
        pending = part.trailing
    }

    mutating func insert(_ content: [YAMLLine]) {
        lines += content
    }

    mutating func finish() -> [YAMLLine] {
        while next < block.parts.count {
            pending += block.parts[next].trailing
            next += 1
        }
        return lines + pending
    }
}

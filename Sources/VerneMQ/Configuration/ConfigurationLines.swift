/// Takes the text of a `vernemq.conf` apart into settings and includes, line by line, and goes on after each fault.
struct ConfigurationLines {
    /// One setting as it stands.
    struct Entry {
        enum Quotes { case none, single, triple }

        var key: String
        var keyPath: String
        var value: String
        var valuePath: String
        var quotes: Quotes
        /// Whether a comment follows on its line.
        var hasComment = false
        var isIndentedByTab = false
    }

    enum Line {
        case setting(Entry)
        case include(pattern: String, path: String)
    }

    private(set) var lines: [Line] = []
    private(set) var findings: [Finding] = []

    private let bytes: [UInt8]
    private let path: String
    private var index = 0
    private var line = 1
    private var lineStart = 0

    /// Reads a text whose findings begin with `path`.
    init(_ text: String, at path: String) {
        bytes = Array(text.utf8)
        self.path = path
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            fault("begins with a byte order mark, which VerneMQ takes for a part of the first key", "save it without")
            index = 3
            lineStart = 3
        }
        while index < bytes.count, findings.count < Self.faultLimit { readLine() }
    }

    /// After how many faults a text is no configuration, and is read no further.
    private static let faultLimit = 1000

    // MARK: - Places

    private var place: String { place(at: index) }

    private func place(at offset: Int) -> String {
        // Continuation bytes of UTF-8 are no characters of their own.
        let column = bytes[min(lineStart, offset)..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return "\(path):\(line):\(column)"
    }

    private mutating func fault(at place: String? = nil, value: String? = nil, _ problem: String, _ remedy: String) {
        report(.error, at: place, value: value, problem, remedy)
    }

    private mutating func warn(at place: String? = nil, value: String? = nil, _ problem: String, _ remedy: String) {
        report(.warning, at: place, value: value, problem, remedy)
    }

    private mutating func report(
        _ severity: Finding.Severity,
        at place: String?,
        value: String?,
        _ problem: String,
        _ remedy: String
    ) {
        let shown = value.map(\.shortened)
        findings.append(
            Finding(severity, path: place ?? self.place, value: shown, problem: problem, remedy: remedy)
        )
    }

    // MARK: - Bytes

    private func byte(_ offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private var isAtEndOfLine: Bool { isEndOfLine(index) }

    private func isEndOfLine(_ offset: Int) -> Bool {
        guard let byte = byte(offset) else { return true }
        return byte == Self.lineFeed || (byte == Self.carriageReturn && self.byte(offset + 1) == Self.lineFeed)
    }

    private mutating func skipBlanks() {
        while let byte = byte(index), Self.isBlank(byte) { index += 1 }
    }

    private mutating func skipLine() {
        while let byte = byte(index), byte != Self.lineFeed { index += 1 }
        endLine()
    }

    /// Goes over the line end at which the reader stands.
    private mutating func endLine() {
        if byte(index) == Self.carriageReturn { index += 1 }
        if byte(index) == Self.lineFeed { index += 1 }
        line += 1
        lineStart = index
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: - Lines

    private mutating func readLine() {
        let indentation = index
        skipBlanks()
        let isIndentedByTab = bytes[indentation..<index].contains(Self.tab)
        guard !isAtEndOfLine, byte(index) != Self.hash else { return skipLine() }
        let keyPath = place
        let start = index
        guard let key = readKey() else {
            notASetting(start, keyPath)
            return skipLine()
        }
        let hasBlank = byte(index).map(Self.isBlank) ?? false
        skipBlanks()
        if key == "include", hasBlank, byte(index) != Self.equals {
            return readInclude()
        }
        guard byte(index) == Self.equals else {
            let found = byte(index) == Self.colon ? "a colon stands" : "no = stands"
            fault(at: keyPath, value: key, "\(found) behind the name", "must be NAME = VALUE")
            return skipLine()
        }
        index += 1
        skipBlanks()
        var entry = Entry(key: key, keyPath: keyPath, value: "", valuePath: place, quotes: .none)
        entry.isIndentedByTab = isIndentedByTab
        readValue(of: entry)
    }

    /// Words of letters, digits, `-` and `_`, in which a dot can stand behind a backslash, with dots between them.
    private mutating func readKey() -> String? {
        let start = index
        var isWord = false
        while let byte = byte(index) {
            if byte.isASCIILetter || byte.isASCIIDigit || byte == Self.underscore || byte == Self.hyphen {
                isWord = true
            } else if byte == Self.backslash, self.byte(index + 1) == Self.dot {
                isWord = true
                index += 1
            } else if byte == Self.dot, isWord {
                isWord = false
            } else {
                break
            }
            index += 1
        }
        return isWord ? text(start..<index) : nil
    }

    private mutating func notASetting(_ start: Int, _ keyPath: String) {
        let remedy: String
        switch byte(start) {
        case UInt8(ascii: ";"), UInt8(ascii: "/"): remedy = "comments begin with #"
        case UInt8(ascii: "["): remedy = "there are no sections: write the whole name on each line"
        case Self.quote, UInt8(ascii: "\""): remedy = "names stand without quotes: NAME = VALUE"
        default: remedy = "must be NAME = VALUE, the name of letters, digits, - and _ with dots between"
        }
        fault(at: index > start ? place : keyPath, "not a setting", remedy)
    }

    private mutating func readInclude() {
        let start = index
        let keyPath = place
        while let byte = byte(index), byte.isASCIILetter || byte.isASCIIDigit || "-_.*/".utf8.contains(byte) {
            index += 1
        }
        let end = index
        skipBlanks()
        guard end > start, isAtEndOfLine || byte(index) == Self.hash else {
            fault("not the name of a file to include", "letters, digits and - _ . * / are allowed")
            return skipLine()
        }
        lines.append(.include(pattern: text(start..<end), path: keyPath))
        skipLine()
    }

    // MARK: - Values

    private mutating func readValue(of entry: Entry) {
        if isAtEndOfLine || byte(index) == Self.hash {
            let problem =
                isAtEndOfLine ? "has no value" : "has no value: what begins with # is a comment"
            fault(at: entry.keyPath, value: entry.key, problem, "write '' for an empty one, or leave the line out")
            return skipLine()
        }
        guard byte(index) == Self.quote else { return readPlainValue(of: entry) }
        let isTriple = byte(index + 1) == Self.quote && byte(index + 2) == Self.quote
        readQuotedValue(of: entry, isTriple: isTriple)
    }

    private mutating func readPlainValue(of entry: Entry) {
        var entry = entry
        let start = index
        while !isAtEndOfLine, byte(index) != Self.hash { index += 1 }
        var end = index
        entry.hasComment = byte(index) == Self.hash
        // A last line without an end keeps its blanks: the grammar strips them before a line end only.
        if index < bytes.count {
            while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        } else if Self.isBlank(bytes[end - 1]) {
            warn(
                "blanks at the end of a file without a last line end are a part of the value",
                "remove them"
            )
        }
        entry.value = text(start..<end)
        if entry.hasComment { judgeComment(behind: entry, isAttached: end == index) }
        judgeQuotes(of: entry)
        take(entry, start..<end)
        skipLine()
    }

    /// A `#` anywhere in a value without quotes cuts it.
    private mutating func judgeComment(behind entry: Entry, isAttached: Bool) {
        let isSecret = SecretKey.isSecret(entry.key)
        let shown = isSecret ? nil : entry.value
        let remedy = "put the value in single quotes if it goes on, or a blank before the # if it does not"
        if isAttached {
            fault(value: shown, "a # begins a comment and cuts the value of \(entry.key)", remedy)
        } else if isSecret {
            warn(
                "a # begins a comment and cuts the value of \(entry.key)",
                "put the value in single quotes if it goes on, or the comment on a line of its own"
            )
        }
    }

    private mutating func judgeQuotes(of entry: Entry) {
        guard entry.value.utf8.count > 1, entry.value.hasPrefix("\""), entry.value.hasSuffix("\"") else { return }
        warn(
            at: entry.valuePath,
            "double quotes are a part of the value of \(entry.key)",
            "use single quotes, or none"
        )
    }

    private mutating func readQuotedValue(of entry: Entry, isTriple: Bool) {
        var entry = entry
        entry.quotes = isTriple ? .triple : .single
        let width = isTriple ? 3 : 1
        let start = index + width
        guard let end = closingQuote(from: start, isTriple: isTriple) else {
            let mark = isTriple ? "'''" : "'"
            let remedy =
                isTriple ? "close it with '''" : "close it on its line, or use ''' for a value of several lines"
            fault(at: entry.valuePath, "the value of \(entry.key) opens with \(mark) and is not closed", remedy)
            return skipLine()
        }
        entry.value = text(start..<end)
        let range = start..<end
        for offset in range where bytes[offset] == Self.lineFeed {
            line += 1
            lineStart = offset + 1
        }
        index = end + width
        skipBlanks()
        entry.hasComment = byte(index) == Self.hash
        guard isAtEndOfLine || entry.hasComment else {
            fault(
                "something stands behind the closing quote of \(entry.key)",
                "a value in single quotes can have none inside: use '''…'''"
            )
            return skipLine()
        }
        take(entry, range)
        skipLine()
    }

    private func closingQuote(from start: Int, isTriple: Bool) -> Int? {
        var offset = start
        while let byte = byte(offset) {
            if byte == Self.quote {
                guard isTriple else { return offset }
                if self.byte(offset + 1) == Self.quote, self.byte(offset + 2) == Self.quote { return offset }
            } else if byte == Self.lineFeed, !isTriple {
                return nil
            }
            offset += 1
        }
        return nil
    }

    private mutating func take(_ entry: Entry, _ range: Range<Int>) {
        let isMultiline = entry.quotes == .triple
        let control = bytes[range].firstIndex { byte in
            if byte == Self.tab || (isMultiline && (byte == Self.lineFeed || byte == Self.carriageReturn)) {
                return false
            }
            return byte < 0x20 || byte == 0x7F
        }
        if let control {
            let code = String(bytes[control], radix: 16, uppercase: true)
            fault(
                at: isMultiline ? entry.valuePath : place(at: control),
                "the value of \(entry.key) has a control character (0x\(code)) in it",
                "text only; look for a file that is not UTF-8 or has line ends of its own"
            )
            return
        }
        lines.append(.setting(entry))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == tab }

    private static let tab = UInt8(ascii: "\t")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let hash = UInt8(ascii: "#")
    private static let equals = UInt8(ascii: "=")
    private static let colon = UInt8(ascii: ":")
    private static let quote = UInt8(ascii: "'")
    private static let backslash = UInt8(ascii: "\\")
    private static let dot = UInt8(ascii: ".")
    private static let underscore = UInt8(ascii: "_")
    private static let hyphen = UInt8(ascii: "-")
}

/// Keys whose values must not be shown, told by their names: also where no schema knows them.
enum SecretKey {
    private static let words = ["password", "passwd", "pwd", "secret", "token", "cookie", "psk", "api_key", "apikey"]

    /// Whether the name speaks of something secret.
    static func isSecret(_ key: String) -> Bool {
        let last = key.split(separator: ".").suffix(2).joined(separator: ".").lowercased()
        return words.contains(where: last.contains) || last.hasSuffix(".key")
    }
}

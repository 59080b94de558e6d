/// The only code that reads JSON byte by byte. No recursion: open containers are a list, bounded by the limits.
struct JSONScanner {
    /// A container whose end has not been seen.
    private struct Frame {
        var token: Int
        var isObject: Bool
        var count = 0
        var hasEscapedKey = false
        /// A bit for each kind of name seen, told apart by length and ends: while no bit is wanted twice, no name is.
        var seen: UInt64 = 0
        var mayRepeat = false
    }

    /// For messages and for what is rare; the hot paths are handed a span, which costs less to index.
    let bytes: [UInt8]
    private let limits: JSONLimits
    var position = 0
    private var tokens: [JSONToken] = []
    /// The innermost open container while the depth is not zero, and the ones around it.
    private var current = Frame(token: 0, isObject: false)
    private var outer: [Frame] = []
    private var depth = 0

    /// Checks a document and returns its tokens, the root first.
    static func tokens(of bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [JSONToken] {
        var scanner = try JSONScanner(bytes: bytes, limits: limits)
        try scanner.scanDocument(bytes.span)
        guard scanner.position == bytes.count else {
            throw scanner.failure(.trailingBytes, expected: "nothing after the document")
        }
        return scanner.tokens
    }

    /// Checks documents one after the other and returns the tokens of each.
    static func sequence(of bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [[JSONToken]] {
        var scanner = try JSONScanner(bytes: bytes, limits: limits)
        var documents: [[JSONToken]] = []
        scanner.skipWhitespace(bytes.span)
        while scanner.position < bytes.count {
            scanner.tokens.removeAll()
            try scanner.scanDocument(bytes.span)
            documents.append(scanner.tokens)
        }
        return documents
    }

    private init(bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        guard bytes.count <= limits.bytes else {
            let found = "\(bytes.count) bytes"
            throw JSONError(.tooLarge, at: 0, in: bytes, found: found, expected: "at most \(limits.bytes)")
        }
        self.bytes = bytes
        self.limits = limits
        tokens.reserveCapacity(bytes.count / 12 + 8)
    }

    /// One value and the white space behind it.
    private mutating func scanDocument(_ text: Span<UInt8>) throws(JSONError) {
        repeat {
            try scanValue(text)
        } while try scanAfterValue(text)
    }

    /// A scalar, an empty container, or the beginning of a container up to where its first value must stand.
    private mutating func scanValue(_ text: Span<UInt8>) throws(JSONError) {
        while true {
            skipWhitespace(text)
            guard position < text.count else { throw failure(.unexpectedEnd, expected: "a value") }
            switch text[position] {
            case UInt8(ascii: "\""):
                _ = try appendString(text)
                return
            case UInt8(ascii: "{"):
                try openContainer(.object)
                guard try !closesContainer(with: UInt8(ascii: "}"), text) else { return }
                try scanKey(isFirst: true, text)
            case UInt8(ascii: "["):
                try openContainer(.array)
                guard try !closesContainer(with: UInt8(ascii: "]"), text) else { return }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try appendNumber(text)
            case UInt8(ascii: "t"): return try appendWord("true", .true)
            case UInt8(ascii: "f"): return try appendWord("false", .false)
            case UInt8(ascii: "n"): return try appendWord("null", .null)
            default: throw failure(.unexpectedByte, expected: "a value")
            }
        }
    }

    /// What follows a value: ends of containers, then either a comma (true: another value comes) or the end (false).
    private mutating func scanAfterValue(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        skipWhitespace(text)
        while depth > 0 {
            let isObject = current.isObject
            guard position < text.count else { throw failure(.unexpectedEnd, expected: Self.closing(isObject)) }
            current.count += 1
            switch text[position] {
            case UInt8(ascii: ","):
                position += 1
                if isObject { try scanKey(isFirst: false, text) }
                return true
            case UInt8(ascii: "}") where isObject: try closeContainer()
            case UInt8(ascii: "]") where !isObject: try closeContainer()
            default: throw failure(.unexpectedByte, expected: Self.closing(isObject))
            }
            skipWhitespace(text)
        }
        return false
    }

    private static func closing(_ isObject: Bool) -> String {
        isObject ? "',' or '}'" : "',' or ']'"
    }

    private mutating func scanKey(isFirst: Bool, _ text: Span<UInt8>) throws(JSONError) {
        skipWhitespace(text)
        guard position < text.count, text[position] == UInt8(ascii: "\"") else {
            let expected = isFirst ? "a member name in double quotes or '}'" : "a member name in double quotes"
            throw failure(position < text.count ? .unexpectedByte : .unexpectedEnd, expected: expected)
        }
        let key = try appendString(text)
        note(key, text)
        skipWhitespace(text)
        guard position < text.count, text[position] == UInt8(ascii: ":") else {
            throw failure(position < text.count ? .unexpectedByte : .unexpectedEnd, expected: "':'")
        }
        position += 1
    }

    /// Notes a name of the current object.
    private mutating func note(_ key: JSONToken, _ text: Span<UInt8>) {
        let range = key.range
        let ends = range.isEmpty ? 0 : UInt64(text[range.lowerBound]) &* 31 &+ UInt64(text[range.upperBound - 1])
        let bit: UInt64 = 1 << ((ends &+ UInt64(range.count) &* 7) & 63)
        if current.seen & bit != 0 || key.isMarked { current.mayRepeat = true }
        current.seen |= bit
        if key.isMarked { current.hasEscapedKey = true }
    }

    // MARK: Containers

    private mutating func openContainer(_ kind: JSONToken.Kind) throws(JSONError) {
        guard depth < limits.depth else {
            throw failure(
                .tooDeep,
                found: "level \(depth + 1) of nesting",
                expected: "at most \(limits.depth) arrays and objects inside each other"
            )
        }
        depth += 1
        outer.append(current)
        current = Frame(token: tokens.count, isObject: kind == .object)
        tokens.append(JSONToken(kind, start: position, end: position, next: tokens.count + 1))
        position += 1
    }

    /// Whether the container that has just been opened ends at once.
    private mutating func closesContainer(with bracket: UInt8, _ text: Span<UInt8>) throws(JSONError) -> Bool {
        skipWhitespace(text)
        guard position < text.count, text[position] == bracket else { return false }
        try closeContainer()
        return true
    }

    private mutating func closeContainer() throws(JSONError) {
        let frame = current
        if let next = outer.popLast() { current = next }
        depth -= 1
        position += 1
        let kind: JSONToken.Kind = frame.isObject ? .object : .array
        let start = Int(tokens[frame.token].start)
        tokens[frame.token] = JSONToken(kind, start: start, end: position, next: tokens.count, count: frame.count)
        guard frame.mayRepeat, frame.count > 1 else { return }
        let keys = DuplicateKeys(object: frame.token, hasEscapes: frame.hasEscapedKey)
        guard let key = keys.first(in: tokens, bytes: bytes) else { return }
        throw JSONError(
            .duplicateKey,
            at: Int(tokens[key].start) - 1,
            in: bytes,
            found: "a second member \"\(JSONText.string(of: tokens[key], in: bytes))\"",
            expected: "each name once in an object"
        )
    }

    // MARK: Scalars

    private mutating func appendString(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
        let start = position + 1
        let hasEscapes = try scanString(text)
        let next = tokens.count + 1
        let token = JSONToken(.string, start: start, end: position - 1, next: next, isMarked: hasEscapes)
        tokens.append(token)
        return token
    }

    private mutating func appendNumber(_ text: Span<UInt8>) throws(JSONError) {
        let start = position
        let isInteger = try scanNumber(text)
        tokens.append(JSONToken(.number, start: start, end: position, next: tokens.count + 1, isMarked: isInteger))
    }

    private mutating func appendWord(_ word: StaticString, _ kind: JSONToken.Kind) throws(JSONError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw failure(.unexpectedEnd, expected: "the word \(word)") }
            guard unsafe bytes[position] == word.utf8Start[index] else {
                throw failure(.unexpectedByte, expected: "the word \(word)")
            }
            position += 1
        }
        tokens.append(JSONToken(kind, start: start, end: position, next: tokens.count + 1))
    }

    @inline(__always)
    private mutating func skipWhitespace(_ text: Span<UInt8>) {
        while position < text.count {
            let byte = text[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    func failure(_ code: JSONError.Code, found: String? = nil, expected: String) -> JSONError {
        JSONError(code, at: position, in: bytes, found: found, expected: expected)
    }
}

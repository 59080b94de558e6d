/// Terms in Erlang's notation, as far as values have them.
enum ErlangText {
    /// Whether a text is an atom without quotes.
    static func isAtom(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.count <= 255
            && text.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") }
    }

    /// Whether a text is one list whose brackets, braces and quotes are in pairs. Names in it are not looked at.
    static func isList(_ text: String) -> Bool {
        var open: [UInt8] = []
        var quote: UInt8?
        var isEscaped = false
        var isClosed = false
        for byte in text.utf8 {
            if let current = quote {
                if byte == current, !isEscaped { quote = nil }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                continue
            }
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") { continue }
            guard !isClosed else { return false }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): open.append(byte)
            case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ")"):
                guard let last = open.popLast(), pairs[last] == byte else { return false }
                isClosed = open.isEmpty
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            default: break
            }
            // Anything before the first bracket is no list.
            guard isClosed || open.first == UInt8(ascii: "[") else { return false }
        }
        return isClosed
    }

    private static let pairs: [UInt8: UInt8] = [
        UInt8(ascii: "["): UInt8(ascii: "]"), UInt8(ascii: "{"): UInt8(ascii: "}"),
        UInt8(ascii: "("): UInt8(ascii: ")"),
    ]
}

/// What is wrong with a value, before it is known whose it is.
struct ValueFault: Sendable, Hashable {
    var severity: Finding.Severity = .error
    /// As in ``Finding/problem``.
    var problem: String
    /// As in ``Finding/remedy``; nil where what the key takes is all that there is to say.
    var remedy: String?

    init(_ problem: String, _ remedy: String? = nil, severity: Finding.Severity = .error) {
        self.severity = severity
        self.problem = problem
        self.remedy = remedy
    }

    /// Something that VerneMQ accepts.
    static func warning(_ problem: String, _ remedy: String? = nil) -> ValueFault {
        ValueFault(problem, remedy, severity: .warning)
    }
}

extension String {
    /// The text as a finding shows it: one line of at most eighty characters.
    var excerpt: String {
        let line = map { $0.isNewline ? " " : $0 }
        return line.count <= 80 ? String(line) : String(line.prefix(79)) + "…"
    }

    /// Whether something is taken over from elsewhere with `$(…)`.
    var hasReference: Bool {
        var isDollar = false
        for byte in utf8 {
            if isDollar, byte == UInt8(ascii: "(") { return true }
            isDollar = byte == UInt8(ascii: "$")
        }
        return false
    }

    /// Words with commas between them and a last one behind that word: `on or off`, `a, b and c`.
    static func listing(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}

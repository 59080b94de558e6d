/// A number's text, checked and taken apart.
struct JSONNumber {
    let text: String
    /// Whether it is written without fraction and exponent.
    let isInteger: Bool

    /// Nil if the text is not a number by RFC 8259 §6.
    init?(_ text: String) {
        var digits = Digits(text: Array(text.utf8))
        guard let isInteger = digits.check() else { return nil }
        self.text = text
        self.isInteger = isInteger
    }

    /// The number as the parser would give it.
    var value: JSONValue {
        if isInteger, text != "-0", let integer = Int64(text) { return .integer(integer) }
        return .number(text)
    }

    private struct Digits {
        let text: [UInt8]
        var index = 0

        init(text: [UInt8]) {
            self.text = text
        }

        /// Whether the text is a number, and if so, whether it is an integer.
        mutating func check() -> Bool? {
            skip("-")
            let first = index
            guard skipDigits() > 0, text[first] != UInt8(ascii: "0") || index == first + 1 else { return nil }
            var isInteger = true
            if skip(".") {
                guard skipDigits() > 0 else { return nil }
                isInteger = false
            }
            if skip("e") || skip("E") {
                if !skip("+") { skip("-") }
                guard skipDigits() > 0 else { return nil }
                isInteger = false
            }
            return index == text.count ? isInteger : nil
        }

        @discardableResult
        private mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(truncatingIfNeeded: character.value) else { return false }
            index += 1
            return true
        }

        private mutating func skipDigits() -> Int {
            let first = index
            while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
            return index - first
        }
    }
}

/// What a number's text means, exactly: `digits` × 10^`exponent`, without zeros at either end of the digits.
///
/// Two texts mean the same number if and only if this form is equal; a `Double` would confuse large integers.
struct ExactNumber: Hashable, Sendable {
    let isNegative: Bool
    let digits: [UInt8]
    let exponent: Int

    /// Nil if the text has no such form: it is no number, or its exponent does not fit.
    init?(_ text: String) {
        let parts = text.utf8.split(
            maxSplits: 1,
            omittingEmptySubsequences: false,
            whereSeparator: { $0 | 0x20 == UInt8(ascii: "e") }
        )
        let written = parts.count == 2 ? Int(Substring(parts[1])) : 0
        guard var mantissa = parts.first, let written else { return nil }
        isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa.removeFirst() }
        let halves = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1].count : 0
        var all = Array(halves.joined())
        guard !all.isEmpty, all.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        var (power, hasOverflowed) = written.subtractingReportingOverflow(fraction)
        while all.count > 1, all.last == UInt8(ascii: "0") {
            all.removeLast()
            hasOverflowed = hasOverflowed || power == .max
            power &+= 1
        }
        guard !hasOverflowed else { return nil }
        digits = Array(all.drop { $0 == UInt8(ascii: "0") })
        exponent = digits.isEmpty ? 0 : power
    }

    static func == (left: ExactNumber, right: ExactNumber) -> Bool {
        guard left.digits == right.digits, left.exponent == right.exponent else { return false }
        return left.isNegative == right.isNegative || left.digits.isEmpty  // -0 is 0
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digits)
        hasher.combine(exponent)
    }
}

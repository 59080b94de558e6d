/// Numbers as VerneMQ's configuration compiler (cuttlefish) reads them.
enum SettingNumber {
    /// A whole number with an optional sign; the largest or smallest possible one in place of what does not fit.
    static func integer(_ text: String) -> Int64? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text) ?? (text.hasPrefix("-") ? .min : .max)
    }

    /// A number of bytes, or a number with a unit of 1024, 1024² or 1024³ right behind it.
    static func size(_ text: String) -> (bytes: Int64, isNegative: Bool, isFraction: Bool)? {
        let units: [(String, Int64)] = [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)]
        let unit = units.first { text.hasSuffix($0.0) || text.hasSuffix($0.0.lowercased()) }
        let number = unit == nil ? text[...] : text.dropLast(2)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = integer(String(first)), parts.count <= 2 else { return nil }
        let isFraction = parts.count == 2
        if isFraction, integer(String(parts[1])) == nil || unit == nil || !(parts[1].first?.isNumber ?? false) {
            return nil
        }
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit?.1 ?? 1)
        return (overflow ? .max : bytes, number.hasPrefix("-"), isFraction)
    }

    /// Whether a text is numbers with a unit behind each: f (two weeks), w, d, h, m, s or ms.
    static func isDuration(_ text: String) -> Bool {
        var rest = text[...]
        guard !rest.isEmpty, rest.utf8.count <= 100 else { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
            let parts = number.split(separator: ".", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return false }
            rest = rest.dropFirst(number.count)
            let unit = ["ms", "f", "w", "d", "h", "m", "s"].first { rest.hasPrefix($0) }
            guard let unit else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }
}

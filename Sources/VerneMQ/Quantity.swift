/// Quantities as Kubernetes writes them: `500m`, `2`, `1.5Gi`, `12e6`.
enum Quantity {
    /// What a quantity must look like, for messages.
    static let rule = "must be a number with an optional unit, such as 500m, 2 or 10Gi"

    private static let binary: [String: Double] = [
        "Ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30, "Ti": 0x1p40, "Pi": 0x1p50, "Ei": 0x1p60,
    ]
    private static let decimal: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    ]

    /// The amount, near enough to compare two of them; nil for what the API server would not take.
    static func amount(_ text: String) -> Double? {
        guard text.utf8.count <= 64 else { return nil }
        let unsigned = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        let number = unsigned.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
        guard number.utf8.contains(where: \.isASCIIDigit), number.count(where: { $0 == "." }) <= 1,
            let mantissa = Double(number.hasPrefix(".") ? "0\(number)" : String(number))
        else { return nil }
        let suffix = String(unsigned.dropFirst(number.count))
        guard let factor = binary[suffix] ?? decimal[suffix] ?? exponent(suffix) else { return nil }
        return (text.hasPrefix("-") ? -1 : 1) * mantissa * factor
    }

    private static func exponent(_ suffix: String) -> Double? {
        guard suffix.first == "e" || suffix.first == "E" else { return nil }
        let digits = suffix.dropFirst()
        let unsigned = digits.hasPrefix("-") || digits.hasPrefix("+") ? digits.dropFirst() : digits
        guard (1...2).contains(unsigned.count), unsigned.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return Double("1e\(digits)")
    }
}

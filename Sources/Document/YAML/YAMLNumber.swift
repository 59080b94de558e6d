/// The ways of YAML 1.1 (and of Go's `strconv`, which go-yaml leaves it to) to write a number.
struct YAMLNumber {
    /// The number as JSON writes it. A text that is JSON already stays as it is.
    let text: String

    /// What the number is.
    var value: YAMLScalarValue {
        if case .integer(let value)? = JSONNumber(text)?.value { .integer(value) } else { .number(text) }
    }

    /// A plain scalar that begins with a sign or a digit; nil if it is no number.
    static func resolve(_ scalar: String) -> YAMLScalarValue? {
        let plain = scalar.filter { $0 != "_" }
        if let number = JSONNumber(plain) {
            if number.isInteger, case .integer(let value) = number.value { return .integer(value) }
            return isFinite(plain) ? .number(plain) : nil
        }
        return integer(plain) ?? YAMLNumber(float: plain)?.value
    }

    /// With a `+`, in hexadecimal, octal (`0o17` and `017`) or binary, within 64 bits.
    private static func integer(_ text: String) -> YAMLScalarValue? {
        var digits = text[...]
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        var radix = 10
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        where digits.hasPrefix(prefix) {
            digits.removeFirst(2)
            radix = base
        }
        if radix == 10, digits.utf8.count > 1, digits.hasPrefix("0") { radix = 8 }
        // Int's own parser takes a sign, which has been taken off here.
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        guard let magnitude = UInt64(digits, radix: radix) else { return nil }
        if isNegative {
            return magnitude <= UInt64(Int64.max) + 1 ? .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
        }
        return Int64(exactly: magnitude).map { .integer($0) } ?? .number(String(magnitude))
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, within the range of a `Double`; nil for anything else.
    init?(float scalar: String) {
        var rest = Array(scalar.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = Self.takeDigits(&rest)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Self.takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent: [UInt8] = []
        if let letter = rest.popFirst() {
            guard letter | 0x20 == UInt8(ascii: "e") else { return nil }
            exponent.append(letter)
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                exponent.append(sign)
                rest.removeFirst()
            }
            let digits = Self.takeDigits(&rest)
            guard !digits.isEmpty else { return nil }
            exponent += digits
        }
        guard rest.isEmpty else { return nil }
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        text += significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        if !fraction.isEmpty { text += [UInt8(ascii: ".")] + fraction }
        self.text = String(decoding: text + exponent, as: UTF8.self)
        guard Self.isFinite(self.text) else { return nil }
    }

    /// A number that begins with a point: Go lets underscores stand only between digits there.
    init?(fraction scalar: String) {
        let bytes = Array(scalar.utf8)
        let isDigit = bytes.map { $0 &- UInt8(ascii: "0") < 10 }
        for index in bytes.indices where bytes[index] == UInt8(ascii: "_") {
            guard index > 0, isDigit[index - 1], index + 1 < bytes.count, isDigit[index + 1] else { return nil }
        }
        self.init(float: scalar.filter { $0 != "_" })
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// Beyond the range of a `Double` go-yaml reads a string.
    static func isFinite(_ text: String) -> Bool {
        Double(text)?.isFinite ?? false
    }

    // MARK: As a name

    /// The name that a number becomes as a mapping's key: Go's `strconv.FormatFloat(value, 'g', -1, 32)`, as
    /// sigs.k8s.io/yaml has it. Nil for integers of exactly 64 bits, which it refuses.
    static func memberName(_ text: String) -> String? {
        guard text != "-0" else { return "0" }
        guard UInt64(text) == nil, let value = Float(text), value.isFinite else { return nil }
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0" }
        let (digits, point) = decimal(value.magnitude)
        if point < -3 || point > 6 { return sign + scientific(digits, point - 1) }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let fraction = digits.dropFirst()
        let power = String(abs(exponent))
        return digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e" + (exponent < 0 ? "-" : "+")
            + (power.count < 2 ? "0" + power : power)
    }

    /// The shortest digits that mean the value, without zeros at either end, and where the decimal point stands in them.
    private static func decimal(_ value: Float) -> (digits: String, point: Int) {
        let parts = "\(value)".lowercased().split(separator: "e")
        let mantissa = parts.first.map { $0.split(separator: ".", omittingEmptySubsequences: false) } ?? []
        let whole = mantissa.first ?? ""
        let all = whole + (mantissa.count > 1 ? mantissa[1] : "")
        let leading = all.prefix { $0 == "0" }.count
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = String(all.dropFirst(leading))
        while digits.hasSuffix("0") { digits.removeLast() }
        return (digits, whole.count - leading + exponent)
    }

    /// `.Inf` and its like in the one form that sigs.k8s.io/yaml gives a name.
    static func canonicalNotFinite(_ text: String) -> String {
        let lower = text.lowercased()
        return lower.hasPrefix("+") ? String(lower.dropFirst()) : lower
    }
}

/// Durations as people write them in annotations: `90s`, `5m`, `1h30m`.
public enum DurationText {
    /// The duration in whole seconds, nil if the text is not hours, minutes and seconds, each at most once and in that
    /// order, or if it is longer than 100 000 hours.
    public static func seconds(_ text: String) -> Int? {
        var rest = text.utf8[...]
        var total = 0
        var seen = false
        for (unit, length) in [(UInt8(ascii: "h"), 3600), (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1)] {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, rest.dropFirst(digits.count).first == unit else { continue }
            guard digits.count <= 9, let amount = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            total += amount * length  // at most 9 digits each: far from overflow
            rest = rest.dropFirst(digits.count + 1)
            seen = true
        }
        return seen && rest.isEmpty && total <= 360_000_000 ? total : nil
    }

    /// The shortest text for a number of seconds: 90 is `1m30s`.
    public static func text(seconds: Int) -> String {
        guard seconds > 0 else { return "0s" }
        let parts = [(seconds / 3600, "h"), (seconds % 3600 / 60, "m"), (seconds % 60, "s")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
}

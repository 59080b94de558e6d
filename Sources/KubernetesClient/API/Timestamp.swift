import Telemetry

/// A moment as the API writes it (`metav1.Time`, `metav1.MicroTime`: RFC 3339).
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1 January 1970.
    public var seconds: Int
    /// What comes on top of them, 0 to 999 999.
    public var microseconds: Int

    /// Makes a moment; microseconds outside of a second are cut off.
    public init(seconds: Int, microseconds: Int = 0) {
        self.seconds = seconds
        self.microseconds = min(max(microseconds, 0), 999_999)
    }

    /// The system's time.
    public static var now: Timestamp {
        let time = UTCTime.now
        return Timestamp(seconds: time.seconds, microseconds: time.nanoseconds / 1000)
    }

    /// Compares by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.microseconds) < (right.seconds, right.microseconds)
    }

    /// `2026-11-25T17:50:42Z`, as `metav1.Time`.
    public var text: String { UTCTime(secondsSince1970: seconds).description }

    /// `2026-11-25T17:50:42.000000Z`, as `metav1.MicroTime`.
    public var microText: String {
        let digits = String(microseconds)
        let fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return "\(text.dropLast()).\(fraction)Z"
    }

    /// Reads RFC 3339: fraction and offset from UTC included; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func isByte(_ index: Int, _ characters: String) -> Bool {
            index < bytes.count && characters.utf8.contains(bytes[index])
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            isByte(4, "-"), isByte(7, "-"), isByte(10, "Tt "), isByte(13, ":"), isByte(16, ":"),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var fraction = ""
        if isByte(index, ".") {
            index += 1
            while isByte(index, "0123456789") {
                fraction.append(Character(Unicode.Scalar(bytes[index])))
                index += 1
            }
            if fraction.isEmpty { return nil }
        }
        var offset = 0
        if isByte(index, "Zz") {
            index += 1
        } else if isByte(index, "+-"), isByte(index + 3, ":"), let hours = number((index + 1)..<(index + 3)),
            let minutes = number((index + 4)..<(index + 6)), hours < 24, minutes < 60
        {
            offset = (isByte(index, "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
            index += 6
        } else {
            return nil
        }
        guard index == bytes.count else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let digits = String((fraction + "000000").prefix(6))
        self.init(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset,
            microseconds: Int(digits) ?? 0
        )
    }

    /// Days since 1 January 1970, counted in years that begin with March, so that the leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

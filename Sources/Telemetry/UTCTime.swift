import Glibc

/// A moment as a calendar shows it in Greenwich. Leap seconds do not exist here, as they do not in POSIX.
public struct UTCTime: Sendable, Hashable {
    /// The year, 2026 for example.
    public let year: Int
    /// 1 to 12
    public let month: Int
    /// 1 to 31
    public let day: Int
    /// 0 to 23
    public let hour: Int
    /// 0 to 59
    public let minute: Int
    /// 0 to 59
    public let second: Int
    /// 0 is Sunday.
    public let weekday: Int

    /// Converts seconds since 1 January 1970.
    public init(secondsSince1970 seconds: Int) {
        let (days, rest) = Self.divide(seconds, by: 86_400)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        weekday = Self.divide(days &+ 4, by: 7).remainder
        // Years are counted from March, in eras of 400 years (146 097 days), so that the leap day comes last.
        let (era, dayOfEra) = Self.divide(days &+ 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Seconds since 1970 and nanoseconds of the system's clock.
    public static var now: (seconds: Int, nanoseconds: Int) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return (time.tv_sec, time.tv_nsec)
    }

    private static func divide(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension UTCTime: CustomStringConvertible {
    /// RFC 3339 without fraction: `2026-11-23T08:49:37Z`
    public var description: String {
        "\(year)-\(Self.two(month))-\(Self.two(day))T\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))Z"
    }

    /// A number in two digits.
    static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

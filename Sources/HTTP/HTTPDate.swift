import Telemetry

/// The date format of HTTP (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    static func format(secondsSince1970 seconds: Int) -> [UInt8] {
        let date = UTCTime(secondsSince1970: seconds)
        let time = "\(two(date.hour)):\(two(date.minute)):\(two(date.second))"
        let day = "\(days[date.weekday]), \(two(date.day)) \(months[date.month - 1]) \(date.year)"
        return Array("\(day) \(time) GMT".utf8)
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

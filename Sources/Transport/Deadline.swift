import Glibc

/// A point on the monotonic clock until which somebody is prepared to wait.
///
/// Time limits travel through the product as deadlines, not as durations: a deadline can be handed down through any
/// number of steps without being added up.
public struct Deadline: Sendable, Hashable, Comparable {
    /// Nanoseconds on CLOCK_MONOTONIC.
    let nanoseconds: Int64

    init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A point that is never reached.
    public static let never = Deadline(nanoseconds: .max)

    /// This moment.
    public static var now: Deadline {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The point `duration` from now; ``never`` where the sum leaves the clock's range.
    public static func after(_ duration: Duration) -> Deadline {
        now.advanced(by: duration)
    }

    /// The point `duration` later than this one; ``never`` where the sum leaves the clock's range.
    public func advanced(by duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        let (whole, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, tooLate) = nanoseconds.addingReportingOverflow(whole)
        let (end, tooLateByAFraction) = sum.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard self != .never, !tooLong, !tooLate, !tooLateByAFraction else { return .never }
        return Deadline(nanoseconds: end)
    }

    /// Whether the moment has come.
    public var isPast: Bool {
        self != .never && self <= .now
    }

    /// What is left until the moment; negative once it is past.
    public var remaining: Duration {
        .nanoseconds(nanoseconds - Deadline.now.nanoseconds)
    }

    /// What has passed since the moment; negative before it.
    public var elapsed: Duration {
        .nanoseconds(Deadline.now.nanoseconds - nanoseconds)
    }

    /// What lies between this moment and another one; negative if the other one is earlier.
    public func duration(to other: Deadline) -> Duration {
        let (difference, isTooLong) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        return .nanoseconds(isTooLong ? (other > self ? .max : .min) : difference)
    }

    /// Compares by time.
    public static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// Pauses that grow from one failure to the next, with chance in them, so that many clients do not come back together.
public struct Backoff: Sendable, Hashable {
    /// The first pause, before chance.
    public let minimum: Duration
    /// The longest pause, before chance.
    public let maximum: Duration
    /// How many times longer each pause is than the one before.
    public let factor: Double
    /// How much longer, at most, chance makes a pause: 1 doubles it.
    public let jitter: Double

    private var next: Duration

    /// Describes a series of pauses; the defaults are those of watches.
    public init(
        minimum: Duration = .milliseconds(800),
        maximum: Duration = .seconds(30),
        factor: Double = 2,
        jitter: Double = 1
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.factor = factor
        self.jitter = jitter
        next = minimum
    }

    /// The next pause.
    ///
    /// - Parameter random: a number from 0 up to 1.
    public mutating func pause(random: Double) -> Duration {
        let pause = next
        next = min(maximum, next * max(factor, 1))
        return pause + pause * (jitter * min(max(random, 0), 1))
    }

    /// Begins anew: things went well.
    public mutating func reset() {
        next = minimum
    }

    /// The pause after so many failures, without a series to keep.
    public func pause(afterFailures count: Int, random: Double) -> Duration {
        var backoff = self
        backoff.reset()
        for _ in 0..<min(max(count - 1, 0), 64) { _ = backoff.pause(random: 0) }
        return backoff.pause(random: random)
    }
}

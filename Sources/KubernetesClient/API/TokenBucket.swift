public import Transport

/// A limit on how often something may happen: `rate` times a second in the long run, `burst` times at once.
public struct TokenBucket: Sendable {
    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var refilledAt: Deadline

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - rate: tokens a second; what is not positive counts as one in a thousand seconds.
    ///   - burst: the most that can be taken at once, at least 1.
    ///   - now: the moment.
    public init(rate: Double, burst: Int, now: Deadline) {
        self.rate = max(rate, 0.001)
        self.burst = Double(max(burst, 1))
        tokens = self.burst
        refilledAt = now
    }

    /// Takes a token.
    ///
    /// - Returns: nil if there was one; else the moment at which there will be one, to ask again.
    public mutating func take(now: Deadline) -> Deadline? {
        let passed = refilledAt.duration(to: now)
        if passed > .zero {
            tokens = min(burst, tokens + passed.inSeconds * rate)
            refilledAt = now
        }
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return now.advanced(by: .seconds((1 - tokens) / rate))
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

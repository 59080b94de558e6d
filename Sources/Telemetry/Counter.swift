import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Adds to the number.
    public func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The number so far.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0.0.bitPattern)

    init() {}

    /// The number now.
    public var value: Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    /// Replaces the number.
    public func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    /// Adds to the number; negative amounts take away.
    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }
}

/// How often values fell into which range.
public final class Histogram: Sendable {
    struct Snapshot: Sendable {
        /// For each bound, and last for infinity, how many values fell between it and the bound before.
        var counts: [UInt64]
        var sum = 0.0
    }

    /// The upper bounds of the ranges, in ascending order; a last range without bound follows.
    public let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Snapshot(counts: [UInt64](repeating: 0, count: bounds.count + 1)))
    }

    /// Counts a value.
    public func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Counts a duration, in seconds.
    public func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// How many values there have been.
    public var count: UInt64 { snapshot.counts.reduce(0, +) }

    /// Their sum.
    public var sum: Double { snapshot.sum }

    var snapshot: Snapshot { state.withLock { $0 } }

    /// Bounds for durations in seconds, from a tenth of a millisecond to ten seconds: the API server waits no longer.
    public static let durationBounds = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
}

import Testing

@testable import Transport

@Suite("The timer heap")
struct TimerHeapTests {
    /// One step of a history, which the heap and a plain list go through together.
    @Test("fires what a plain list would fire, in order of time", arguments: [UInt64(1), 2, 3, 4, 5])
    func againstList(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var heap = TimerHeap()
        var fired: [Int] = []
        let record = Fired()
        let timers = (0..<40).map { index in TimerNode { record.fired.append(index) } }
        var deadlines = [Int64?](repeating: nil, count: timers.count)
        var now: Int64 = 0
        for round in 0..<3_000 {
            let index = Int.random(in: timers.indices, using: &generator)
            switch Int.random(in: 0...9, using: &generator) {
            case 0...5:
                let deadline = now + Int64.random(in: 1...50, using: &generator)
                heap.arm(timers[index], at: Deadline(nanoseconds: deadline))
                deadlines[index] = deadline
            case 6:
                timers[index].disarm()
                deadlines[index] = nil
            case 7:
                heap.remove(timers[index])
                deadlines[index] = nil
            default:
                now += Int64.random(in: 0...20, using: &generator)
                let due = deadlines.indices.filter { deadlines[$0].map { $0 <= now } == true }
                let expected = due.map { deadlines[$0] ?? 0 }.sorted()
                record.fired = []
                while let timer = heap.popDue(at: Deadline(nanoseconds: now)) { timer.fire() }
                fired = record.fired
                #expect(fired.sorted() == due, "seed \(seed), round \(round)")
                #expect(fired.map { deadlines[$0] ?? 0 } == expected, "seed \(seed), round \(round)")
                for index in due { deadlines[index] = nil }
                let earliest = deadlines.compactMap { $0 }.min()
                if let earliest { #expect((heap.earliest?.nanoseconds ?? .max) <= earliest) }
            }
        }
        for timer in timers { heap.remove(timer) }
        #expect(heap.count == 0)
    }

    private final class Fired {
        var fired: [Int] = []
    }

    @Test("costs nothing to push a timer further away")
    func laziness() {
        var heap = TimerHeap()
        let timer = TimerNode {}
        for deadline in 1...1_000 { heap.arm(timer, at: Deadline(nanoseconds: Int64(deadline))) }
        #expect(heap.count == 1)
        #expect(heap.earliest?.nanoseconds == 1)
        #expect(heap.popDue(at: Deadline(nanoseconds: 999)) == nil)
        #expect(heap.earliest?.nanoseconds == 1_000)
        #expect(heap.popDue(at: Deadline(nanoseconds: 1_000)) === timer)
    }
}

@Suite("Deadlines")
struct DeadlineTests {
    @Test("do not leave the clock's range")
    func range() {
        #expect(Deadline.never.advanced(by: .seconds(1)) == .never)
        #expect(Deadline.now.advanced(by: .seconds(Int64.max)) == .never)
        #expect(!Deadline.never.isPast)
        #expect(Deadline.now.advanced(by: .seconds(-1)).isPast)
        #expect(Deadline(nanoseconds: 5).advanced(by: .milliseconds(1_500)).nanoseconds == 1_500_000_005)
    }
}

/// Random numbers that come again for the same seed (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

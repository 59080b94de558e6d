/// Something that happens on a loop once, at a time, unless it is called off.
///
/// Moving a timer to a later time, and calling it off, cost nothing: its place in the heap stays where it was and is
/// corrected when it comes up. A connection that re-arms its limits on each request therefore hardly ever touches the heap.
final class TimerNode {
    /// When to fire; `never` while called off.
    fileprivate(set) var deadline = Deadline.never
    /// The position that the heap sorts by: the deadline, or an earlier one.
    fileprivate var key = Deadline.never
    /// The place in the heap, nil while outside.
    fileprivate var index: Int?
    fileprivate let action: () -> Void

    init(_ action: @escaping () -> Void) {
        self.action = action
    }

    /// Calls the timer off; its place in the heap is cleared later.
    func disarm() {
        deadline = .never
    }
}

/// A binary heap of timers, the earliest on top.
struct TimerHeap {
    private var entries: [TimerNode] = []

    /// The number of places taken, those of disarmed timers among them.
    var count: Int { entries.count }

    /// No timer fires before this moment.
    var earliest: Deadline? { entries.first?.key }

    /// Sets a timer to a new moment.
    mutating func arm(_ timer: TimerNode, at deadline: Deadline) {
        timer.deadline = deadline
        guard deadline != .never else { return }
        if let index = timer.index {
            guard deadline < timer.key else { return }
            timer.key = deadline
            siftUp(from: index)
        } else {
            timer.key = deadline
            timer.index = entries.count
            entries.append(timer)
            siftUp(from: entries.count - 1)
        }
    }

    /// Takes a timer out for good.
    mutating func remove(_ timer: TimerNode) {
        timer.deadline = .never
        guard let index = timer.index else { return }
        timer.index = nil
        let last = entries.removeLast()
        guard last !== timer else { return }
        entries[index] = last
        last.index = index
        siftUp(from: index)
        siftDown(from: last.index ?? index)
    }

    /// Takes out the next timer that is due at `now`.
    mutating func popDue(at now: Deadline) -> TimerNode? {
        while let first = entries.first, first.key <= now {
            let (deadline, key) = (first.deadline, first.key)
            remove(first)
            if deadline == key { return first }
            // Its place in the heap was out of date: others may come before it.
            arm(first, at: deadline)
        }
        return nil
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index].key < entries[parent].key else { return }
            exchange(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in (2 * index + 1)...(2 * index + 2) where child < entries.count {
                if entries[child].key < entries[least].key { least = child }
            }
            guard least != index else { return }
            exchange(index, least)
            index = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        entries.swapAt(left, right)
        entries[left].index = left
        entries[right].index = right
    }
}

extension TimerNode {
    /// Carries out what the timer was made for.
    func fire() { action() }
}

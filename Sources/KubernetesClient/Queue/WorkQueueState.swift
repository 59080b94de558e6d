public import Transport

/// What a work queue knows: which keys wait until when, and which are being worked on. A value without a clock.
///
/// A key waits at most once; of several moments the earliest counts. A key that is being worked on and comes again waits
/// until that is over: it is never worked on twice at once.
public struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        /// When it is due; nil while it does not wait.
        var due: Deadline?
        var isRunning = false
        var failures = 0
        /// Tells the place in the heap that counts from those that have been overtaken.
        var ticket: UInt64 = 0
    }

    private struct Place: Sendable, Comparable {
        var due: Deadline
        var ticket: UInt64
        var key: Key

        static func < (left: Place, right: Place) -> Bool {
            (left.due, left.ticket) < (right.due, right.ticket)
        }

        static func == (left: Place, right: Place) -> Bool {
            left.ticket == right.ticket
        }
    }

    private var entries: [Key: Entry] = [:]
    private var heap = BinaryHeap<Place>()
    private var lastTicket: UInt64 = 0

    /// How many keys wait, due or not.
    public private(set) var waitingCount = 0
    /// How many keys are being worked on.
    public private(set) var runningCount = 0

    /// An empty queue.
    public init() {}

    /// Whether nothing waits and nothing is being worked on.
    public var isEmpty: Bool { waitingCount == 0 && runningCount == 0 }

    /// How many keys are known, those included that only have failures to their name.
    public var keyCount: Int { entries.count }

    /// Has a key worked on at a moment, or earlier if it waits for an earlier one already.
    ///
    /// - Returns: whether that brings a moment forward, so that whoever waits must look again.
    @discardableResult
    public mutating func add(_ key: Key, due: Deadline) -> Bool {
        var entry = entries[key] ?? Entry()
        if let earlier = entry.due, earlier <= due { return false }
        if entry.due == nil { waitingCount += 1 }
        entry.due = due
        if !entry.isRunning { place(key, &entry, due) }
        entries[key] = entry
        return !entry.isRunning
    }

    /// The next key that is due, which counts as being worked on until ``done(_:)``.
    public mutating func take(now: Deadline) -> Key? {
        dropOvertaken()
        guard let first = heap.first, first.due <= now else { return nil }
        heap.removeFirst()
        guard var entry = entries[first.key] else { return nil }
        entry.due = nil
        entry.isRunning = true
        entries[first.key] = entry
        waitingCount -= 1
        runningCount += 1
        return first.key
    }

    /// When the next key is due; nil if none waits that is not being worked on.
    public mutating func nextDue() -> Deadline? {
        dropOvertaken()
        return heap.first?.due
    }

    /// Takes note that work on a key is over. If it came again meanwhile, it waits now.
    public mutating func done(_ key: Key) {
        guard var entry = entries[key], entry.isRunning else { return }
        runningCount -= 1
        entry.isRunning = false
        if let due = entry.due {
            place(key, &entry, due)
            entries[key] = entry
        } else {
            entries[key] = entry.failures == 0 ? nil : entry
        }
    }

    /// Counts a failure of a key.
    ///
    /// - Returns: how many there have been in a row.
    public mutating func countFailure(_ key: Key) -> Int {
        entries[key, default: Entry()].failures += 1
        return entries[key]?.failures ?? 1
    }

    /// Forgets the failures of a key.
    public mutating func forget(_ key: Key) {
        guard var entry = entries[key] else { return }
        entry.failures = 0
        entries[key] = entry.due == nil && !entry.isRunning ? nil : entry
    }

    /// Forgets everything that waits; what is being worked on goes on.
    public mutating func drop() {
        heap = BinaryHeap()
        waitingCount = 0
        entries = entries.filter { $0.value.isRunning }.mapValues { entry in
            var entry = entry
            entry.due = nil
            return entry
        }
    }

    private mutating func place(_ key: Key, _ entry: inout Entry, _ due: Deadline) {
        lastTicket &+= 1
        entry.ticket = lastTicket
        heap.insert(Place(due: due, ticket: lastTicket, key: key))
    }

    private mutating func dropOvertaken() {
        while let first = heap.first, entries[first.key]?.ticket != first.ticket || entries[first.key]?.due == nil {
            heap.removeFirst()
        }
    }
}

/// A binary heap, the least element on top.
struct BinaryHeap<Element: Comparable & Sendable>: Sendable {
    private var elements: [Element] = []

    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        guard let last = elements.popLast(), !elements.isEmpty else { return }
        elements[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < elements.count {
                if elements[child] < elements[least] { least = child }
            }
            guard least != parent else { return }
            elements.swapAt(parent, least)
            parent = least
        }
    }
}

/// Tasks that wait on a loop for something that another task of the same loop brings about: first come, first served.
/// Belongs to the loop's thread.
///
/// Locks, pools and queues of one loop are built on it: nothing can happen between looking at their state and waiting.
public final class WaitQueue {
    private final class Entry {
        let number: UInt64
        var waiter: Waiter?
        var timer: TimerNode?

        init(number: UInt64) {
            self.number = number
        }
    }

    private let loop: EventLoop
    private var entries: [Entry] = []
    private var lastNumber: UInt64 = 0

    /// A queue in which nobody waits.
    public init(on loop: EventLoop) {
        self.loop = loop
    }

    deinit {
        assert(entries.isEmpty, "a wait queue went away under those who wait in it")
    }

    /// How many tasks wait.
    public var count: Int { entries.count }

    /// Suspends the task until it is resumed.
    ///
    /// - Throws: `timedOut`, `cancelled`.
    public func wait(until deadline: Deadline = .never) async throws(TransportError) {
        loop.preconditionOnLoop("a wait queue")
        if deadline.isPast { throw .timedOut }
        lastNumber &+= 1
        let number = lastNumber
        let bound = LoopBound(self, on: loop)
        let wake = await withTaskCancellationHandler {
            await Waiter.suspend { waiter in add(waiter, as: number, until: deadline) }
        } onCancel: {
            bound.execute { $0.resume(number, .cancelled) }
        }
        switch wake {
        case .ready: return
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }

    /// Lets the task go on that has waited longest.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func resumeFirst() -> Bool {
        guard let first = entries.first else { return false }
        resume(first.number, .ready)
        return true
    }

    /// Lets all tasks go on.
    public func resumeAll() {
        for entry in entries { resume(entry.number, .ready) }
    }

    private func add(_ waiter: Waiter, as number: UInt64, until deadline: Deadline) {
        let entry = Entry(number: number)
        entry.waiter = waiter
        if deadline != .never {
            let timer = TimerNode { [weak self] in self?.resume(number, .timedOut) }
            entry.timer = timer
            loop.core.timers.arm(timer, at: deadline)
        }
        entries.append(entry)
    }

    private func resume(_ number: UInt64, _ wake: Wake) {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
        let entry = entries.remove(at: index)
        if let timer = entry.timer { loop.core.timers.remove(timer) }
        entry.waiter.take()?.resume(wake)
    }
}

import CLinux
import Glibc

/// What an event loop works on. Belongs to the loop's thread.
@safe
final class LoopCore {
    /// Task steps to run, in order.
    var jobs: [UnownedJob] = []
    /// Synchronous work to run, in order.
    var calls: [@Sendable () -> Void] = []
    var timers = TimerHeap()
    /// The buffer that every read of this loop goes through: nothing in it outlives the read.
    let scratch: UnsafeMutableRawBufferPointer

    private let epoll: FileDescriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var sleepers: [UInt64: Sleeper] = [:]
    private var nextSleeper: UInt64 = 0

    private struct Slot {
        var registration: Registration?
        /// Told apart from earlier users of the slot, whose events may still be in the batch.
        var generation: UInt32 = 0
    }

    private struct Sleeper {
        var timer: TimerNode
        var waiter: Waiter
    }

    private static let wakeUpToken = UInt64.max
    private static let scratchSize = 64 * 1024
    private static let eventsAtATime = 256
    /// How often the queues are emptied before sockets get their turn again.
    private static let roundsBetweenPolls = 16

    init(wakeUp: CInt) throws(TransportError) {
        epoll = try FileDescriptor(epoll_create1(CInt(EPOLL_CLOEXEC)), from: "epoll_create1")
        unsafe scratch = .allocate(byteCount: Self.scratchSize, alignment: 64)
        unsafe events = .allocate(capacity: Self.eventsAtATime)
        try add(wakeUp, events: EPOLLIN.rawValue, token: Self.wakeUpToken)
    }

    deinit {
        unsafe scratch.deallocate()
        unsafe events.deallocate()
    }

    var hasReady: Bool { !jobs.isEmpty || !calls.isEmpty }

    /// Runs what is ready, and what becomes ready by that, for a bounded number of rounds.
    func runReady(_ run: (UnownedJob) -> Void) {
        for _ in 0..<Self.roundsBetweenPolls where hasReady {
            let (jobs, calls) = (self.jobs, self.calls)
            self.jobs.removeAll()
            self.calls.removeAll()
            for call in calls { call() }
            for job in jobs { run(job) }
        }
    }

    /// Waits for sockets, for the next timer or for another thread; then resumes whoever waited for them.
    ///
    /// - Returns: whether another thread left something.
    func poll() -> Bool {
        let count = unsafe epoll_wait(epoll.number, events.baseAddress, CInt(events.count), millisecondsToWait())
        // EINTR and every other error: nothing happened that the next round would not see.
        var wasWoken = false
        for index in 0..<max(0, Int(count)) {
            let event = unsafe events[index]
            let token = unsafe event.data.u64
            if token == Self.wakeUpToken {
                wasWoken = true
            } else {
                unsafe registration(for: token)?.take(events: event.events)
            }
        }
        let now = Deadline.now
        while let timer = timers.popDue(at: now) { timer.fire() }
        return wasWoken
    }

    /// Closes what is still open, so that nothing holds the loop any more.
    func end() {
        for slot in slots { slot.registration?.release() }
        while let timer = timers.popDue(at: Deadline(nanoseconds: .max - 1)) { timers.remove(timer) }
    }

    private func millisecondsToWait() -> CInt {
        if hasReady { return 0 }
        guard let earliest = timers.earliest else { return -1 }
        let nanoseconds = earliest.nanoseconds - Deadline.now.nanoseconds
        if nanoseconds <= 0 { return 0 }
        // Rounded up, so that the loop does not spin through the last millisecond.
        return CInt(clamping: (nanoseconds - 1) / 1_000_000 + 1)
    }

    private func add(_ descriptor: CInt, events: UInt32, token: UInt64) throws(TransportError) {
        var event = unsafe epoll_event(events: events, data: epoll_data(u64: token))
        try check(unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl")
    }
}

// MARK: - Registrations

extension LoopCore {
    /// Enters a descriptor once and for all directions, edge-triggered: whoever waits has seen EAGAIN before.
    func register(_ registration: Registration) throws(TransportError) -> UInt64 {
        let index: UInt32
        if let free = freeSlots.popLast() {
            index = free
        } else {
            index = UInt32(truncatingIfNeeded: slots.count)
            slots.append(Slot())
        }
        let token = UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
        do {
            let events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
            try add(registration.descriptorNumber, events: events, token: token)
        } catch {
            freeSlots.append(index)
            throw error
        }
        slots[Int(index)].registration = registration
        return token
    }

    func registration(for token: UInt64) -> Registration? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return nil }
        return slots[index].registration
    }

    /// Forgets a registration and closes its descriptor.
    func remove(_ token: UInt64) {
        guard let registration = registration(for: token) else { return }
        let index = UInt32(truncatingIfNeeded: token)
        slots[Int(index)] = Slot(registration: nil, generation: UInt32(token >> 32) &+ 1)
        freeSlots.append(index)
        // Closing alone would not do: a duplicate of the descriptor keeps its place in the set (epoll(7), question 6).
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, registration.descriptorNumber, nil)
        registration.closeDescriptor()
    }
}

// MARK: - Sleeping

extension LoopCore {
    /// Resumes the waiter when the deadline comes.
    func sleep(until deadline: Deadline, as identifier: UInt64, _ waiter: Waiter) {
        let timer = TimerNode { [unowned self] in wake(identifier, .timedOut) }
        sleepers[identifier] = Sleeper(timer: timer, waiter: waiter)
        timers.arm(timer, at: deadline)
    }

    /// A number that no other sleeper of this loop has.
    func makeSleeperIdentifier() -> UInt64 {
        nextSleeper &+= 1
        return nextSleeper
    }

    /// Wakes a sleeper, unless it woke up already.
    func wake(_ identifier: UInt64, _ wake: Wake) {
        guard let sleeper = sleepers.removeValue(forKey: identifier) else { return }
        timers.remove(sleeper.timer)
        sleeper.waiter.resume(wake)
    }
}

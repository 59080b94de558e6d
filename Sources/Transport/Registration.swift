import CLinux
import Glibc

/// A descriptor in a loop's epoll set, and the tasks that wait for it: at most one in each direction.
final class Registration {
    enum Direction: Sendable {
        case read, write
    }

    /// One direction of the descriptor.
    private struct Lane {
        /// False from the moment a system call said EAGAIN until the next edge.
        var isReady = true
        var waiter: Waiter?
        var timer: TimerNode?
    }

    let loop: EventLoop
    /// The place in the loop's table.
    private(set) var token: UInt64 = 0

    private var descriptor: FileDescriptor?
    private var readLane = Lane()
    private var writeLane = Lane()
    private var isInterrupted = false

    /// Enters a descriptor into the loop on whose thread this is called.
    init(_ descriptor: consuming FileDescriptor, on loop: EventLoop) throws(TransportError) {
        self.loop = loop
        self.descriptor = consume descriptor
        token = try loop.core.register(self)
    }

    /// The number for system calls; -1, on which all of them fail, after closing.
    var descriptorNumber: CInt {
        switch descriptor {
        case .some(let open): open.number
        case .none: -1
        }
    }

    /// Whether a system call in this direction is worth a try.
    func isReady(_ direction: Direction) -> Bool {
        direction == .read ? readLane.isReady : writeLane.isReady
    }

    /// Notes that a system call said EAGAIN, or read less than it could have taken.
    func setExhausted(_ direction: Direction) {
        if direction == .read { readLane.isReady = false } else { writeLane.isReady = false }
    }

    /// Suspends the task until the descriptor is ready in this direction.
    ///
    /// - Throws: `timedOut`, or `cancelled` when the task is, or when the registration is interrupted or closed; `system`
    ///   with EBUSY when another task waits in this direction already. A TLS peer can bring that about: it may ask for
    ///   a write in the middle of a read, while a write of ours is stuck.
    func wait(_ direction: Direction, until deadline: Deadline) async throws(TransportError) {
        let core = loop.core
        if isInterrupted { throw .cancelled }
        if isReady(direction) { return }
        guard (direction == .read ? readLane.waiter : writeLane.waiter) == nil else {
            throw .system(call: "wait", errno: EBUSY)
        }
        if deadline.isPast { throw .timedOut }
        let (loop, token) = (loop, token)
        let wake = await withTaskCancellationHandler {
            await Waiter.suspend { waiter in suspend(direction, waiter, until: deadline, core) }
        } onCancel: {
            loop.execute { loop.core.registration(for: token)?.resume(direction, .cancelled) }
        }
        switch wake {
        case .ready: return
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }

    /// Ends every wait, those that come later too, with `cancelled`. The descriptor stays open.
    func interrupt() {
        isInterrupted = true
        resume(.read, .cancelled)
        resume(.write, .cancelled)
    }

    /// Takes the registration out of the loop and closes its descriptor. Can be called from any thread, and repeatedly.
    func release() {
        let (loop, token) = (loop, token)
        if loop.isOnLoop {
            loop.core.remove(token)
        } else {
            loop.execute { loop.core.remove(token) }
        }
    }

    /// The pending error of a socket; 0 when there is none.
    func takeError() throws(TransportError) -> CInt {
        switch descriptor {
        case .some(let open): try open.takeError()
        case .none: EBADF
        }
    }

    /// The corresponding C function is `setsockopt`.
    func setOption(_ level: CInt, _ name: CInt, _ value: CInt) throws(TransportError) {
        switch descriptor {
        case .some(let open): try open.setOption(level, name, value)
        case .none: throw .system(call: "setsockopt", errno: EBADF)
        }
    }

    /// Takes what epoll reports.
    func take(events: UInt32) {
        let broken = EPOLLHUP.rawValue | EPOLLERR.rawValue
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | broken) != 0 {
            readLane.isReady = true
            resume(.read, .ready)
        }
        if events & (EPOLLOUT.rawValue | broken) != 0 {
            writeLane.isReady = true
            resume(.write, .ready)
        }
    }

    /// Closes the descriptor. Called by the loop's table only, which has forgotten the registration before.
    func closeDescriptor() {
        interrupt()
        for timer in [readLane.timer, writeLane.timer] {
            if let timer { loop.core.timers.remove(timer) }
        }
        descriptor = nil
    }

    private func suspend(
        _ direction: Direction,
        _ waiter: Waiter,
        until deadline: Deadline,
        _ core: LoopCore
    ) {
        let timer = timer(direction)
        if direction == .read {
            precondition(readLane.waiter == nil, "two tasks read from one descriptor")
            readLane.waiter = waiter
        } else {
            precondition(writeLane.waiter == nil, "two tasks write to one descriptor")
            writeLane.waiter = waiter
        }
        core.timers.arm(timer, at: deadline)
    }

    private func resume(_ direction: Direction, _ wake: Wake) {
        let waiter: Waiter?
        if direction == .read {
            waiter = readLane.waiter.take()
            readLane.timer?.disarm()
        } else {
            waiter = writeLane.waiter.take()
            writeLane.timer?.disarm()
        }
        waiter?.resume(wake)
    }

    private func timer(_ direction: Direction) -> TimerNode {
        if let timer = direction == .read ? readLane.timer : writeLane.timer { return timer }
        let timer = TimerNode { [unowned self] in resume(direction, .timedOut) }
        if direction == .read { readLane.timer = timer } else { writeLane.timer = timer }
        return timer
    }
}

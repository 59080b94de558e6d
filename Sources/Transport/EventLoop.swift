import CLinux
import Glibc
import Synchronization

/// One thread that waits for sockets and timers and runs the Swift tasks that handle them.
///
/// The loop is a task executor: a task that prefers it, and every child of that task, runs on the loop's thread and on no
/// other, so that a connection is straight-line `async` code over state that needs no lock. What such a task calls must
/// not block. An unstructured `Task { }` does not inherit the preference and leaves the loop.
///
/// ```swift
/// let loop = try EventLoop(name: "admission")
/// try await loop.run { try await serve() }
/// loop.shutDown()
/// ```
public final class EventLoop: TaskExecutor {
    /// What other threads leave for the loop.
    private enum Errand {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private struct Inbox: ~Copyable {
        var errands: [Errand] = []
        /// Whether the eventfd has been written and not yet been read, so that it need not be written again.
        var hasSignalled = false
        var isShutDown = false
        var hasEnded = false
    }

    /// The thread's name: at most 15 characters are visible to the system.
    public let name: String

    private let inbox = Mutex(Inbox())
    private let wakeUp: FileDescriptor
    /// `pthread_t` of the loop's thread; 0 until it runs.
    private let thread = Atomic<UInt>(0)
    // SAFETY: touched only by the loop's own thread: `core` checks that on each access.
    private nonisolated(unsafe) let confinedCore: LoopCore

    /// Makes a loop and starts its thread. The thread lives until ``shutDown()``.
    ///
    /// - Throws: `system` when the process has no descriptors or threads left.
    public init(name: String) throws(TransportError) {
        self.name = name
        wakeUp = try FileDescriptor(eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)), from: "eventfd")
        unsafe confinedCore = try LoopCore(wakeUp: wakeUp.number)
        try start()
    }

    /// Whether the caller is on the loop's thread.
    public var isOnLoop: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Stops the program when the caller is not on the loop's thread: state that belongs to the loop would be torn.
    public func preconditionOnLoop(_ what: @autoclosure () -> String = "this") {
        precondition(isOnLoop, "\(what()) belongs to the event loop \"\(name)\" and was touched from another thread")
    }

    /// The loop's state, for code that runs on it.
    var core: LoopCore {
        preconditionOnLoop()
        return unsafe confinedCore
    }

    /// Runs a piece of synchronous work on the loop, after what it is doing now. Can be called from any thread.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        if isOnLoop {
            unsafe confinedCore.calls.append(work)
        } else {
            leave(.call(work))
        }
    }

    /// Called by the Swift runtime: runs a task's next step on the loop.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            unsafe confinedCore.jobs.append(job)
        } else {
            leave(.job(job))
        }
    }

    /// Ends the thread once it has nothing left to run. Call it when no task prefers the loop any more; steps of tasks
    /// that come later run on the global pool, where they stop the program if they touch the loop's state.
    public func shutDown() {
        inbox.withLock { $0.isShutDown = true }
        signal()
    }

    private func leave(_ errand: Errand) {
        enum Next { case nothing, signal, elsewhere }
        let next = inbox.withLock { inbox -> Next in
            if inbox.hasEnded { return .elsewhere }
            inbox.errands.append(errand)
            if inbox.hasSignalled { return .nothing }
            inbox.hasSignalled = true
            return .signal
        }
        switch (next, errand) {
        case (.nothing, _): break
        case (.signal, _): signal()
        case (.elsewhere, .job(let job)): globalConcurrentExecutor.enqueue(job)
        case (.elsewhere, .call): break
        }
    }

    private func signal() {
        var one: UInt64 = 1
        // It can fail only when the counter is full, and then the loop wakes up anyway.
        _ = retryingOnInterrupt { unsafe Glibc.write(wakeUp.number, &one, MemoryLayout<UInt64>.size) }
    }
}

// MARK: - The thread

extension EventLoop {
    private func start() throws(TransportError) {
        var identifier = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &identifier,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
                loop.thread.store(UInt(pthread_self()), ordering: .relaxed)
                _ = unsafe pthread_setname_np(pthread_self(), String(loop.name.utf8.prefix(15)))
                EventLoop.blockSignals()
                loop.run()
                return nil
            },
            context
        )
        guard result == 0 else {
            unsafe Unmanaged<EventLoop>.fromOpaque(context).release()
            throw .system(call: "pthread_create", errno: result)
        }
        pthread_detach(identifier)
    }

    /// Leaves signals to other threads, all but those that faults raise. SIGPIPE above all, which a write by the TLS
    /// library to a connection that is gone would raise, and which would end the process.
    private static func blockSignals() {
        var set = sigset_t()
        unsafe sigfillset(&set)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGPROF] {
            unsafe sigdelset(&set, fault)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    private func run() {
        let core = self.core
        let executor = unsafe asUnownedTaskExecutor()
        while true {
            core.runReady { job in unsafe job.runSynchronously(on: executor) }
            let wasWoken = core.poll()
            if wasWoken, !takeErrands() { return core.end() }
        }
    }

    /// Moves what other threads left to the loop's own queues.
    ///
    /// - Returns: false when the loop is to end.
    private func takeErrands() -> Bool {
        var count: UInt64 = 0
        _ = retryingOnInterrupt { unsafe Glibc.read(wakeUp.number, &count, MemoryLayout<UInt64>.size) }
        let core = self.core
        let (errands, ends) = inbox.withLock { inbox -> ([Errand], Bool) in
            inbox.hasSignalled = false
            let errands = inbox.errands
            inbox.errands.removeAll()
            let ends = inbox.isShutDown && errands.isEmpty && !core.hasReady
            inbox.hasEnded = ends
            return (errands, ends)
        }
        for errand in errands {
            switch errand {
            case .job(let job): core.jobs.append(job)
            case .call(let call): core.calls.append(call)
            }
        }
        if !ends, inbox.withLock({ $0.isShutDown }) { signal() }
        return !ends
    }
}

import Glibc
import Synchronization
import Testing

@testable import Transport

/// Upper bound for whatever should happen at once: generous, so that a busy machine does not fail tests.
let patience: Duration = .seconds(60)

/// Runs the body on a loop of its own.
func onLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop(name: "test")
    defer { loop.shutDown() }
    try await loop.run { try await body(loop) }
}

/// What an operation throws; nil where it succeeds.
func failure(_ body: () async throws -> Void) async -> TransportError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? TransportError
    }
}

/// What has happened, noted from wherever it happens.
final class Record<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
}

@concurrent private func concurrent(_ body: @Sendable () -> Void) async { body() }

private actor Somebody {
    func run(_ body: @Sendable () -> Void) { body() }
}

@Suite("An event loop")
struct EventLoopTests {
    @Test("keeps everything that a task does on its thread")
    func staysOnThread() async throws {
        try await onLoop { loop in
            let check: @Sendable () -> Void = { #expect(loop.isOnLoop) }
            check()
            await concurrent(check)
            check()
            await Somebody().run(check)
            try await Task.sleep(for: .milliseconds(1))
            check()
            try await loop.sleep(for: .milliseconds(1))
            check()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { check() } }
            }
            async let child: Void = concurrent(check)
            await child
            await Task.yield()
            check()
        }
    }

    @Test("runs work that other threads leave with it, all of it, in order")
    func execute() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutDown() }
        let seen = Record<Int>()
        #expect(!loop.isOnLoop)
        for index in 0..<1_000 {
            loop.execute { seen.add(loop.isOnLoop ? index : -1) }
        }
        try await loop.run {}
        #expect(seen.all == Array(0..<1_000))
    }

    @Test("takes work from many threads at once")
    func contention() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutDown() }
        let seen = Record<Void>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<1_000 {
                        loop.execute { seen.add(()) }
                    }
                }
            }
        }
        try await loop.run {}
        #expect(seen.all.count == 4_000)
    }

    @Test("sleeps at least as long as asked, in the order of the deadlines")
    func sleeping() async throws {
        let order = Record<Int>()
        try await onLoop { loop in
            let start = Deadline.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in [3, 1, 2] {
                    group.addTask {
                        try await loop.sleep(until: start.advanced(by: .milliseconds(40 * index)))
                        #expect(start.elapsed >= .milliseconds(40 * index))
                        order.add(index)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(order.all == [1, 2, 3])
    }

    @Test("ends sleeping and waiting when the task is cancelled")
    func cancellation() async throws {
        try await onLoop { loop in
            let socket = try TCPListenerSocket(try SocketAddress("127.0.0.1:0"))
            let listener = LoopBound(try TCPListener(socket, on: loop), on: loop)
            let errors = Record<TransportError?>()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    errors.add(await failure { try await loop.sleep(until: .never) })
                }
                group.addTask {
                    errors.add(await failure { _ = try await listener.value.accept() })
                }
                group.addTask {
                    do { try await loop.sleep(for: .milliseconds(10)) } catch { Issue.record(error) }
                }
                await group.next()
                group.cancelAll()
                await group.waitForAll()
                // Cancelled before it begins.
                group.addTask {
                    errors.add(await failure { try await loop.sleep(until: .never) })
                }
                await group.waitForAll()
            }
            #expect(errors.all == [.cancelled, .cancelled, .cancelled])
        }
    }

    @Test("fires timers once, at the last time they were armed for, unless called off")
    func timers() async throws {
        try await onLoop { loop in
            let fired = Record<String>()
            let (moved, disarmed, cancelled, never) = (
                LoopTimer(on: loop) { fired.add("moved") },
                LoopTimer(on: loop) { fired.add("disarmed") },
                LoopTimer(on: loop) { fired.add("cancelled") },
                LoopTimer(on: loop) { fired.add("never") }
            )
            let start = Deadline.now
            moved.arm(at: start.advanced(by: .milliseconds(1)))
            moved.arm(at: start.advanced(by: .milliseconds(30)))
            disarmed.arm(at: start.advanced(by: .milliseconds(1)))
            disarmed.disarm()
            cancelled.arm(at: start.advanced(by: .milliseconds(1)))
            cancelled.cancel()
            never.arm(at: .never)
            try await loop.sleep(until: start.advanced(by: .milliseconds(25)))
            let early = fired.all
            if start.elapsed < .milliseconds(30) { #expect(early == []) }
            try await loop.sleep(until: start.advanced(by: .milliseconds(60)))
            #expect(fired.all == ["moved"])
        }
    }

    @Test("ends its thread when it is shut down, and lets what is left go on elsewhere")
    func shutDown() async throws {
        let loop = try EventLoop(name: "short")
        try await loop.run {}
        let threads = threadCount(named: "short")
        #expect(threads == 1)
        loop.shutDown()
        let deadline = Deadline.after(patience)
        while threadCount(named: "short") > 0, !deadline.isPast { try await Task.sleep(for: .milliseconds(5)) }
        #expect(threadCount(named: "short") == 0)
        await withTaskExecutorPreference(loop) { await concurrent { #expect(!loop.isOnLoop) } }
    }

    @Test("stops the program when its state is touched from elsewhere")
    func confinement() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(name: "test")
            _ = try TCPListener(try TCPListenerSocket(try SocketAddress("127.0.0.1:0")), on: loop)
        }
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(name: "test")
            let bound = try await loop.run { LoopBound([1], on: loop) }
            _ = bound.value
        }
    }

    @Test("ends the program in order on SIGTERM and SIGINT, and ignores SIGPIPE", arguments: [SIGTERM, SIGINT])
    func signals(_ number: CInt) async {
        await #expect(processExitsWith: .exitCode(number == SIGTERM ? 43 : 44)) { [number] in
            // As a parent may leave it behind.
            var all = sigset_t()
            unsafe sigfillset(&all)
            unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
            Signals.prepare()
            let loop = try EventLoop(name: "test")
            kill(getpid(), SIGPIPE)
            let received = try await loop.run {
                kill(getpid(), SIGINT + SIGTERM - number)
                _ = try await Signals.terminate(on: loop)
                async let signal = Signals.terminate(on: loop)
                try await loop.sleep(for: .milliseconds(50))
                kill(getpid(), number)
                return try await signal
            }
            exit(received == SIGTERM ? 43 : received == SIGINT ? 44 : 1)
        }
    }
}

/// How many threads of this process carry a name.
private func threadCount(named name: String) -> Int {
    guard let directory = unsafe opendir("/proc/self/task") else { return -1 }
    defer { unsafe closedir(directory) }
    var count = 0
    while let entry = unsafe readdir(directory) {
        let thread = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let file = unsafe fopen("/proc/self/task/\(thread)/comm", "r") else { continue }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard unsafe fgets(&line, 64, file) != nil else { continue }
        let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if text == name { count += 1 }
    }
    return count
}

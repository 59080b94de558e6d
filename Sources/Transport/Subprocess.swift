import CLinux
import Glibc
import Synchronization

/// A program that is run to its end, without a shell, for what it prints.
public struct Subprocess: Sendable {
    /// What became of a program.
    public struct Result: Sendable {
        /// How it ended.
        public enum End: Sendable, Hashable {
            /// By itself, with this status; 0 is success.
            case exited(CInt)
            /// By a signal that was not ours.
            case signalled(CInt)
            /// By us, because its time was up.
            case timedOut
            /// By us, because it printed more than was allowed.
            case printedTooMuch
        }

        /// How it ended.
        public var end: End
        /// What it wrote to its standard output.
        public var output: [UInt8]
        /// The beginning of what it wrote to its standard error.
        public var errors: [UInt8]
    }

    /// The program: a path, or a name to be looked for on PATH.
    public var executable: String
    /// Its arguments, without the program's own name.
    public var arguments: [String]
    /// What is set in its environment on top of our own.
    public var environment: [String: String]
    /// How long it may run.
    public var timeout: Duration
    /// How much it may print, in bytes.
    public var outputLimit: Int

    /// Describes what to run.
    public init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        timeout: Duration = .seconds(60),
        outputLimit: Int = 1024 * 1024
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    /// Runs the program and waits for its end, on a thread of its own. It reads nothing (/dev/null), is in a process group
    /// of its own, and is killed with that group when its time is up or the task is cancelled.
    ///
    /// - Throws: `system` with `posix_spawn` and the kernel's reason (ENOENT) when it cannot be started; `cancelled`.
    public func run() async throws(TransportError) -> Result {
        let work = Work(self)
        let result = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                unsafe work.start(continuation)
            }
        } onCancel: {
            work.isCancelled.store(true, ordering: .relaxed)
        }
        return try result.get()
    }

    /// The value of a variable of this process's environment.
    public static func environmentValue(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// This process's environment.
    static var inheritedEnvironment: [String: String] {
        var result: [String: String] = [:]
        guard var entry = unsafe vmq_environment() else { return result }
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if let name = pair.first, !name.isEmpty, pair.count == 2 { result[String(name)] = String(pair[1]) }
            unsafe entry += 1
        }
        return result
    }
}

/// The thread's part.
@safe
private final class Work: Sendable {
    typealias Outcome = Swift.Result<Subprocess.Result, TransportError>
    typealias Continuation = UnsafeContinuation<Outcome, Never>

    @safe
    private final class Context: Sendable {
        let work: Work
        let continuation: Continuation

        init(_ work: Work, _ continuation: Continuation) {
            self.work = work
            unsafe self.continuation = continuation
        }
    }

    let isCancelled = Atomic<Bool>(false)
    private let process: Subprocess
    /// How often the thread looks whether it is still wanted, in milliseconds.
    private static let patience: CInt = 100
    private static let errorLimit = 4096

    init(_ process: Subprocess) {
        self.process = process
    }

    func start(_ continuation: Continuation) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Context(self, continuation)).toOpaque()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let context = unsafe Unmanaged<Context>.fromOpaque(pointer).takeRetainedValue()
                let outcome = context.work.run()
                unsafe context.continuation.resume(returning: outcome)
                return nil
            },
            context
        )
        if result == 0 {
            pthread_detach(thread)
        } else {
            unsafe Unmanaged<Context>.fromOpaque(context).release()
            unsafe continuation.resume(returning: .failure(.system(call: "pthread_create", errno: result)))
        }
    }

    private func run() -> Outcome {
        do throws(TransportError) {
            let output = try Pipe()
            let errors = try Pipe()
            let child = try spawn(output: output.writing.number, errors: errors.writing.number)
            return try .success(watch(child, output.closeWriting(), errors.closeWriting()))
        } catch {
            return .failure(error)
        }
    }

    /// Reads both streams until they end, and then waits for the child.
    private func watch(
        _ child: pid_t,
        _ output: consuming FileDescriptor,
        _ errors: consuming FileDescriptor
    ) throws(TransportError) -> Subprocess.Result {
        let deadline = Deadline.after(process.timeout)
        var result = Subprocess.Result(end: .exited(0), output: [], errors: [])
        var forced: Subprocess.Result.End?
        var (outputIsOpen, errorsAreOpen) = (true, true)
        var status: CInt?
        while status == nil || (forced == nil && (outputIsOpen || errorsAreOpen)) {
            if outputIsOpen || errorsAreOpen, forced == nil {
                var polls = [
                    pollfd(fd: outputIsOpen ? output.number : -1, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: errorsAreOpen ? errors.number : -1, events: Int16(POLLIN), revents: 0),
                ]
                _ = unsafe poll(&polls, 2, Self.patience)
                if polls[0].revents != 0 {
                    outputIsOpen = Self.read(output.number, &result.output, limit: process.outputLimit + 1)
                }
                if polls[1].revents != 0 {
                    errorsAreOpen = Self.read(errors.number, &result.errors, limit: Self.errorLimit)
                }
            } else {
                usleep(5_000)
            }
            status = status ?? Self.status(of: child)
            if forced == nil {
                if result.output.count > process.outputLimit {
                    forced = .printedTooMuch
                } else if deadline.isPast || isCancelled.load(ordering: .relaxed) {
                    forced = .timedOut
                }
                // The group: a plugin that is a script has children of its own, and they hold the pipes.
                if forced != nil { kill(-child, SIGKILL) }
            }
        }
        if isCancelled.load(ordering: .relaxed) { throw .cancelled }
        result.end = forced ?? Self.end(status ?? 0)
        return result
    }

    /// - Returns: whether there may be more.
    private static func read(_ descriptor: CInt, _ bytes: inout [UInt8], limit: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            retryingOnInterrupt { unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        }
        guard count > 0 else { return false }
        bytes += buffer.prefix(min(count, max(0, limit - bytes.count)))
        return true
    }

    /// The status of a child that has ended.
    private static func status(of child: pid_t) -> CInt? {
        var status: CInt = 0
        return unsafe waitpid(child, &status, WNOHANG) == 0 ? nil : status
    }

    private static func end(_ status: CInt) -> Subprocess.Result.End {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    private func spawn(output: CInt, errors: CInt) throws(TransportError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // This thread may have signals blocked, and ignores SIGPIPE: a child must not inherit that.
        var none = sigset_t()
        var pipe = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &pipe)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
        )
        let variables = Subprocess.inheritedEnvironment.merging(process.environment) { $1 }.map { "\($0)=\($1)" }
        var child = pid_t()
        let result = unsafe withCStrings([process.executable] + process.arguments) { arguments in
            unsafe withCStrings(variables) { environment in
                unsafe posix_spawnp(&child, process.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw .system(call: "posix_spawn", errno: result) }
        return child
    }
}

/// The two ends of a pipe.
private struct Pipe: ~Copyable {
    let reading: FileDescriptor
    let writing: FileDescriptor

    init() throws(TransportError) {
        var ends: [CInt] = [-1, -1]
        try check(unsafe vmq_pipe(&ends), "pipe2")
        let first = try FileDescriptor(ends[0], from: "pipe2")
        let second = try FileDescriptor(ends[1], from: "pipe2")
        reading = first
        writing = second
    }

    /// Closes our copy of the writing end, without which the reading end would never see the end of the stream.
    consuming func closeWriting() -> FileDescriptor {
        reading
    }
}

/// Calls the body with an array of C strings that ends in NULL.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array holds at least NULL") }
        return unsafe body(base)
    }
}

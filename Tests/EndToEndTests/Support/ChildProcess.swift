import Foundation
import Glibc

/// A child process, started so that children that are started at the same moment do not see each other's descriptors.
///
/// Foundation's `Process` learns of a child's end through a socket that such a sibling may inherit; while the sibling
/// lives (and the operator under test lives long), the end is never seen. Here the child is waited for.
struct ChildProcess: Sendable {
    /// Why a process could not be started.
    struct StartFailure: Error, CustomStringConvertible {
        var executable: String
        var errno: Int32
        var description: String { unsafe "cannot start \(executable): \(String(cString: strerror(errno)))" }
    }

    /// Where the child's standard input comes from.
    enum Input: Sendable {
        case file(String)
        /// A descriptor of ours, which stays ours.
        case descriptor(Int32)
    }

    /// The child's number.
    let pid: pid_t
    private let ended: Task<Int32, Never>

    /// Starts a program with this process's environment and the given additions; the output streams go to files.
    init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: Input,
        output: String,
        error: String
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .file(let path): unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
        case .descriptor(let descriptor): unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        }
        let writing = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, error, writing, 0o600)
        // What this process has open is none of the child's business; glibc ignores a close of what is not open.
        for descriptor in 3..<Int32(1024) { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }
        // The pool's threads block signals, and a child inherits that: a shell would never learn of its own child's end.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var pid = pid_t()
        let status = unsafe withCStrings([executable] + arguments) { argv in
            unsafe withCStrings(variables) { envp in
                unsafe posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
            }
        }
        guard status == 0 else { throw StartFailure(executable: executable, errno: status) }
        self.pid = pid
        ended = Self.end(of: pid)
    }

    /// The exit status, or the negated number of the signal that ended it. Waits for the end.
    var status: Int32 {
        get async { await ended.value }
    }

    /// Sends a signal.
    func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Waits on a thread of its own: the pool's threads are few, and tests need them.
    private static func end(of pid: pid_t) -> Task<Int32, Never> {
        let (ends, end) = AsyncStream<Int32>.makeStream()
        Thread.detachNewThread {
            var status: Int32 = 0
            while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            let signal = status & 0x7F
            end.yield(signal == 0 ? (status >> 8) & 0xFF : -signal)
            end.finish()
        }
        return Task {
            for await status in ends { return status }
            return -1  // not reached: the thread yields before it finishes
        }
    }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe (copies + [nil]).withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array holds at least nil") }
        return unsafe body(base)
    }
}

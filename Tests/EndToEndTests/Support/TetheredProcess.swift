import Foundation
import Glibc
import Synchronization

/// A process that ends with this one, however this one ends: it lives as long as a pipe of ours is open.
///
/// What is started must stop when its standard input ends. `Scripts/control-plane run` does; other programs are wrapped
/// in a shell that does it for them.
final class TetheredProcess: Sendable {
    private let process: ChildProcess
    /// The writing end of the pipe; -1 once it is closed.
    private let tether: Mutex<Int32>
    private let hasEnded = Atomic<Bool>(false)
    /// What the process prints, both streams.
    let log: URL

    /// Starts a program that itself stops at the end of its standard input.
    init(_ executable: String, _ arguments: [String], log: URL) throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw ChildProcess.StartFailure(executable: executable, errno: errno)
        }
        defer { close(ends[0]) }
        do {
            process = try ChildProcess(
                executable,
                arguments,
                input: .descriptor(ends[0]),
                output: log.path,
                error: log.path
            )
        } catch {
            close(ends[1])
            throw error
        }
        tether = Mutex(ends[1])
        self.log = log
        Task {
            _ = await process.status
            hasEnded.store(true, ordering: .relaxed)
        }
    }

    /// Starts any program: it gets SIGTERM when the tether is let go, and its exit status is this process's.
    convenience init(wrapping executable: String, _ arguments: [String], log: URL) throws {
        let wrapper = #""$@" </dev/null & child=$!; read -r _; kill -TERM "$child"; wait "$child""#
        try self.init("/bin/sh", ["-c", wrapper, "sh", executable] + arguments, log: log)
    }

    /// Lets go, waits for the end and returns the exit status.
    @discardableResult
    func stop() async throws -> Int32 {
        tether.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
        return await process.status
    }

    /// What it has printed so far.
    var printed: String {
        get throws { String(decoding: try Data(contentsOf: log), as: UTF8.self) }
    }

    /// Whether it is still there.
    var isRunning: Bool { !hasEnded.load(ordering: .relaxed) }
}

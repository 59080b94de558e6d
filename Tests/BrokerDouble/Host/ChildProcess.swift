import CRig
import Foundation

/// A child process of the test, begun with exactly the environment and files that it is given.
///
/// Foundation's `Process` hands every open descriptor on and moves the child to a process group of its own choice; a kubelet
/// does neither.
public enum ChildProcess {
    /// What could not be done.
    public struct SpawnError: Error, CustomStringConvertible {
        /// In words.
        public let description: String

        /// An error in words.
        public init(description: String) { self.description = description }
    }

    /// Begins a process in a session of its own, with an empty standard input.
    ///
    /// - Parameters:
    ///   - arguments: its arguments; the first is the file.
    ///   - environment: its whole environment.
    ///   - output: the descriptor that becomes its standard output and standard error.
    /// - Returns: its process id.
    /// - Throws: ``SpawnError``.
    public static func spawn(
        _ arguments: [String],
        environment: [String: String],
        output: Int32
    ) throws(SpawnError) -> Int32 {
        var argumentPointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var environmentPointers: [UnsafeMutablePointer<CChar>?] =
            unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argumentPointers + environmentPointers).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let status = unsafe rig_spawn(&pid, &argumentPointers, &environmentPointers, output)
        guard status == 0 else {
            throw SpawnError(description: "cannot start \(arguments): \(unsafe String(cString: strerror(status)))")
        }
        return pid
    }

    /// Whether the process has ended, and how (128 + signal if by one). Does not wait.
    public static func exitStatus(_ pid: Int32) -> Int32? {
        var status: Int32 = 0
        let ended = unsafe waitpid(pid, &status, WNOHANG)
        guard ended == pid else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Runs a process to its end and to the end of its output: whoever holds that open is waited for, as a kubelet waits.
    ///
    /// - Parameters:
    ///   - seconds: after which it is killed.
    ///   - isOver: ends the wait early, and kills the process, when it becomes true.
    /// - Returns: exit status (nil if it was killed here) and output.
    public static func run(
        _ arguments: [String],
        environment: [String: String],
        seconds: Double,
        isOver: () -> Bool = { false }
    ) -> (status: Int32?, output: String) {
        var ends: [Int32] = [0, 0]
        guard unsafe rig_pipe(&ends) == 0 else { return (nil, "no pipe") }
        let reader = ends[0]
        defer { close(reader) }
        let pid: pid_t
        do throws(SpawnError) {
            pid = try spawn(arguments, environment: environment, output: ends[1])
        } catch {
            close(ends[1])
            return (nil, error.description)
        }
        close(ends[1])
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let deadline = Date(timeIntervalSinceNow: seconds)
        var status: Int32?
        var isAtEnd = false
        while true {
            var poller = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            if isAtEnd {
                usleep(2_000)
            } else if unsafe poll(&poller, 1, 20) > 0 {
                let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(reader, $0.baseAddress, $0.count) }
                if count > 0 { output += buffer[0..<count] } else { isAtEnd = true }
            }
            if status == nil { status = exitStatus(pid) }
            if status != nil, isAtEnd { break }
            if Date() > deadline || isOver() {
                kill(pid)
                let late = status
                while status == nil {
                    status = exitStatus(pid)
                    usleep(1_000)
                }
                return (late, String(decoding: output, as: UTF8.self))
            }
        }
        return (status, String(decoding: output, as: UTF8.self))
    }

    /// Kills one process.
    public static func kill(_ pid: Int32) { _ = Glibc.kill(pid, SIGKILL) }

    /// Kills every process whose environment carries an entry, wherever it has gone, as the end of a container does.
    public static func killAll(carrying entry: String) {
        let needle = Array(entry.utf8)
        for _ in 0..<20 {
            var found = false
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
                guard let pid = pid_t(name), pid != getpid(),
                    let text = FileManager.default.contents(atPath: "/proc/\(name)/environ"),
                    text.split(separator: 0).contains(where: { $0.elementsEqual(needle) })
                else { continue }
                found = true
                // Never reaped here: whoever began it waits for its end, and would wait for ever for one that is gone.
                kill(pid)
            }
            if !found { return }
            usleep(2_000)
        }
    }
}

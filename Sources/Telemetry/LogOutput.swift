import Glibc
import Synchronization

/// Where log lines go. Lines of several threads do not mix.
public final class LogOutput: Sendable {
    private let sink: @Sendable ([UInt8]) -> Void
    private let turn = Mutex(())

    /// An output that hands each line, with its end, to a function; one line at a time.
    public init(_ sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.sink = sink
    }

    /// The process's standard error.
    public static let standardError = LogOutput { line in
        var rest = line[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            // Nobody can be told that there is nobody to tell: a log that cannot be written is given up.
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    func write(_ line: [UInt8]) {
        turn.withLock { _ in sink(line) }
    }
}

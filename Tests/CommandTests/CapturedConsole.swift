import Synchronization

@testable import Command

/// Standard streams that remember.
final class CapturedConsole: Sendable {
    private struct Streams {
        var output: [UInt8] = []
        var reports: [String] = []
    }

    private let streams = Mutex(Streams())
    private let input: [UInt8]

    init(input: String = "") {
        self.input = Array(input.utf8)
    }

    var console: Console {
        Console(
            readInput: { () throws(FileError) in self.input },
            writeOutput: { (bytes) throws(FileError) in self.streams.withLock { $0.output += bytes } },
            report: { line in self.streams.withLock { $0.reports.append(line) } }
        )
    }

    var output: String { streams.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var reports: String { streams.withLock { $0.reports.joined(separator: "\n") } }

    /// Runs one command line.
    func run(_ arguments: String...) async -> ExitStatus {
        await Program.run(arguments: arguments, console: console)
    }
}

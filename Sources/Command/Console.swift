import Glibc
import Synchronization

/// The process's standard streams, or their stand-ins in a test.
struct Console: Sendable {
    /// Reads standard input to its end.
    var readInput: @Sendable () throws(FileError) -> [UInt8]
    /// Writes to standard output.
    var writeOutput: @Sendable ([UInt8]) throws(FileError) -> Void
    /// Writes one line to standard error.
    var report: @Sendable (String) -> Void
    /// Whether somebody looks at standard output, rather than a program.
    var isTerminal = false

    /// The streams of this process.
    static let standard = Console(
        readInput: { () throws(FileError) in try FileContents.read(descriptor: STDIN_FILENO, name: "standard input") },
        writeOutput: { (bytes) throws(FileError) in
            try FileContents.write(bytes, descriptor: STDOUT_FILENO, name: "standard output")
        },
        report: { line in
            // Where standard error itself fails there is nobody left to tell.
            do throws(FileError) {
                try FileContents.write(Array("\(line)\n".utf8), descriptor: STDERR_FILENO, name: "standard error")
            } catch {}
        },
        isTerminal: isatty(STDOUT_FILENO) == 1
    )
}

extension Console {
    /// Writes text to standard output.
    func write(_ text: String) throws(FileError) {
        try writeOutput(Array(text.utf8))
    }
}

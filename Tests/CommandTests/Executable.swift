import Foundation

/// The `vernemq-operator` of this very build: it lies beside the test executable.
enum Executable {
    /// What a run printed and how it ended.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String
    }

    static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("vernemq-operator")

    /// Runs it to its end. Streams go through files, so that nothing needs to be drained meanwhile.
    static func run(_ arguments: [String], input: String = "", in scratch: borrowing Scratch) throws -> Outcome {
        try run(url, arguments, input: input, in: scratch)
    }

    /// Runs any program to its end.
    static func run(
        _ program: URL,
        _ arguments: [String],
        input: String = "",
        in scratch: borrowing Scratch
    ) throws -> Outcome {
        let identifier = UUID().uuidString.prefix(8)
        let streams = ["in", "out", "err"].map { "stream-\(identifier)-\($0)" }
        for name in streams { try scratch.write(name, name.hasSuffix("in") ? input : "") }
        let paths = streams.map { URL(fileURLWithPath: "\(scratch.path)/\($0)") }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: paths[0])
        process.standardOutput = try FileHandle(forWritingTo: paths[1])
        process.standardError = try FileHandle(forWritingTo: paths[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try scratch.read(streams[1]),
            errors: try scratch.read(streams[2])
        )
    }
}

/// A `serve` in a process of its own.
final class ServeProcess: @unchecked Sendable {
    // SAFETY: one test uses one instance, from one task.
    private let process = Process()
    private let log: String

    struct NotServing: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts it on free ports.
    init(_ arguments: [String], in directory: String) throws {
        log = "\(directory)/serve.log"
        try Data().write(to: URL(fileURLWithPath: log))
        process.executableURL = Executable.url
        process.arguments =
            ["serve", "--webhook-only", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    var printed: String {
        get throws { try String(contentsOfFile: log, encoding: .utf8) }
    }

    /// Waits until a line with these words is in the log, and returns it.
    func line(with words: String) async throws -> String {
        for _ in 0..<1200 {
            if let line = try printed.split(separator: "\n").first(where: { $0.contains(words) }) {
                return String(line)
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotServing(description: "no line with \(words) in:\n\(try printed)")
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end and returns the exit status; negative for a signal.
    func end() async throws -> Int32 {
        for _ in 0..<1200 where process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        guard !process.isRunning else { throw NotServing(description: "still running:\n\(try printed)") }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

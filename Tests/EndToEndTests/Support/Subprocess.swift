import Foundation

/// Runs commands to their end.
enum Subprocess {
    /// What a command printed and how it ended.
    struct Output: Sendable {
        var command: String
        var status: Int32
        var standardOutput: String
        var standardError: String
    }

    /// A command that should have succeeded and did not.
    struct Failure: Error, CustomStringConvertible {
        var output: Output

        var description: String {
            "`\(output.command)` ended with status \(output.status):\n\(output.standardError)\(output.standardOutput)"
        }
    }

    /// Tests run at the same time, machines have few cores, and kubectl wants one for a tenth of a second.
    private static let slots = Slots(count: 4)

    /// Runs a command; its standard input is `input`, or empty.
    ///
    /// The streams go through files rather than pipes: nothing to drain while it runs, and no descriptor for the
    /// processes that other tests start at this moment to inherit.
    static func run(
        _ executable: String,
        _ arguments: [String],
        input: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> Output {
        let directory = try Repository.temporaryDirectory("run")
        defer { removeQuietly(directory) }
        let streams = ["in", "out", "err"].map { directory.appendingPathComponent($0) }
        try Data((input ?? "").utf8).write(to: streams[0])
        try Data().write(to: streams[1])
        try Data().write(to: streams[2])
        let paths = streams.map(\.path)
        let status = try await slots.occupy {
            try await ChildProcess(
                executable,
                arguments,
                environment: environment,
                input: .file(paths[0]),
                output: paths[1],
                error: paths[2]
            ).status
        }
        return Output(
            command: ([executable] + arguments).joined(separator: " "),
            status: status,
            standardOutput: String(decoding: try Data(contentsOf: streams[1]), as: UTF8.self),
            standardError: String(decoding: try Data(contentsOf: streams[2]), as: UTF8.self)
        )
    }

    /// Runs a command that has to succeed and returns what it printed.
    @discardableResult
    static func output(
        _ executable: String,
        _ arguments: [String],
        input: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> String {
        let output = try await run(executable, arguments, input: input, environment: environment)
        guard output.status == 0 else { throw Failure(output: output) }
        return output.standardOutput
    }
}

/// Removes what a test made for itself. A leftover in the temporary directory is no reason to fail.
func removeQuietly(_ url: URL) {
    do {
        try FileManager.default.removeItem(at: url)
    } catch {
        FileHandle.standardError.write(Data("leaving \(url.path) behind: \(error)\n".utf8))
    }
}

/// A counting semaphore for tasks.
actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    /// Runs `body` while holding one of the slots.
    func occupy<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        await take()
        defer { give() }
        return try await body()
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

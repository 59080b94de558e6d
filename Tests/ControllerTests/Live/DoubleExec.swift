import BrokerDouble
import Document
import LiveConfiguration
import Synchronization
import VerneMQ

@testable import Controller

/// The double of one broker behind the same door as a real one: what `vmq-admin` says is the double's, what the shell says is
/// made up here. (The shell's own part is tried in real pods.)
final class DoubleExec: BrokerExec {
    struct State: Sendable {
        var broker: RunningConfiguration
        /// The variable of the boot Secret, as it was when the container started.
        var boot: String?
        /// What the operator keeps in the container.
        var record = ""
        /// Whether its container has nothing that makes checksums.
        var lacksChecksums = false
        /// Checksums of files.
        var files: [String: String] = [:]
        /// The description of the application that a plugin's directory has; nil for none.
        var application: String?
        /// Exit codes of commands for the shell; 0 for others.
        var endings: [String: Int] = [:]
        /// Every `vmq-admin` and every command for the shell, as it was called.
        var calls: [String] = []
        /// After how many calls more nothing is permitted, or reached, any more.
        var remaining: Int?
        var refusal = BrokerExecError.timedOut
    }

    private let state: Mutex<State>

    init(_ settings: [Setting], address: String = "10.0.0.7", version: VerneMQVersion = VerneMQVersion(2, 1, 0)) {
        let values = Dictionary(settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        state = Mutex(
            State(
                broker: RunningConfiguration(values, node: "VerneMQ@a", address: address, version: version),
                boot: DesiredConfiguration.record(of: settings, version: version).text
            )
        )
    }

    /// Reads or changes the broker.
    func with<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result { state.withLock(body) }

    /// The calls since the last time, without those that only look.
    func takeChanges() -> [String] {
        with { state in
            defer { state.calls = [] }
            return state.calls.filter { !$0.contains("show") && !$0.hasPrefix("look") }
        }
    }

    func run(_ command: BrokerCommand, in target: BrokerTarget) async throws(BrokerExecError) -> BrokerOutput {
        try answer(command)
    }

    /// What comes of a command, which takes no time.
    func answer(_ command: BrokerCommand) throws(BrokerExecError) -> BrokerOutput {
        let (output, refusal) = with { state -> (BrokerOutput?, BrokerExecError) in
            if let remaining = state.remaining {
                guard remaining > 0 else { return (nil, state.refusal) }
                state.remaining = remaining - 1
            }
            return (Self.answer(command, &state), state.refusal)
        }
        guard let output else { throw refusal }
        return output
    }

    private static func answer(_ command: BrokerCommand, _ state: inout State) -> BrokerOutput {
        if command.arguments.first == "vmq-admin" {
            let arguments = Array(command.arguments.dropFirst())
            state.calls.append(arguments.joined(separator: " "))
            let reply = state.broker.admin(arguments) ?? AdminReply(output: "Usage: vmq-admin\n", exit: 1)
            return BrokerOutput(output: reply.output, error: reply.error, exitCode: Int(reply.exit))
        }
        if let input = command.input {
            state.record = String(decoding: input, as: UTF8.self)
            return BrokerOutput()
        }
        let script = command.arguments.dropFirst(2).first ?? ""
        if script.contains("cksum") {
            state.calls.append("look")
            var output = state.boot.map { "boot \($0)\n" } ?? ""
            if !state.record.isEmpty { output += "record \(state.record)" }
            if state.lacksChecksums { return BrokerOutput(output: output + "lacking cksum\n") }
            for path in command.arguments.dropFirst(4) {
                if let sum = state.files[path] { output += "file \(sum) 10 \(path)\n" }
            }
            return BrokerOutput(output: output)
        }
        if script.contains("ebin") {
            guard let application = state.application else { return BrokerOutput(exitCode: 1) }
            return BrokerOutput(output: application + "\napp /vernemq/lib/kernel-9.2\napp /vernemq/lib/stdlib-5.2\n")
        }
        let text = command.arguments.last ?? ""
        state.calls.append("$ \(text)")
        return BrokerOutput(exitCode: state.endings[text] ?? 0)
    }
}

import Synchronization

@testable import Controller

/// Brokers that answer as they are told.
final class ScriptedExec: BrokerExec {
    typealias Script = @Sendable (BrokerCommand, BrokerTarget) throws(BrokerExecError) -> BrokerOutput

    private let script: Script
    private let asked = Mutex<[(BrokerTarget, BrokerCommand)]>([])

    /// Brokers that all answer the same.
    convenience init(_ answer: @escaping @Sendable (BrokerCommand) -> BrokerOutput) {
        self.init { command, _ throws(BrokerExecError) in answer(command) }
    }

    init(_ script: @escaping Script) {
        self.script = script
    }

    /// The commands so far, in order.
    var commands: [BrokerCommand] { asked.withLock { $0.map(\.1) } }

    func run(_ command: BrokerCommand, in target: BrokerTarget) async throws(BrokerExecError) -> BrokerOutput {
        asked.withLock { $0.append((target, command)) }
        return try script(command, target)
    }
}

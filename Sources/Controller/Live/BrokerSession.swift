import Document
import LiveConfiguration
import Transport
import VerneMQ

/// Brings one broker to its configuration: reads what it runs with, carries a plan out, reads it back, until nothing is left
/// to do.
struct BrokerSession: Sendable {
    let look: BrokerLook
    let desired: DesiredConfiguration
    /// How often TLS files are looked at, which change without a word.
    let fileInterval: Duration

    /// Plugins have to run before their keys can be set, so one round may not be enough; more than three mean that a broker
    /// does not do what it says.
    private static let rounds = 3

    /// Brings it there.
    ///
    /// - Parameters:
    ///   - memory: what is remembered of it, renewed.
    ///   - asksAgain: whether it is to be asked although it is known what it runs with.
    func bring(_ memory: inout BrokerMemory, asksAgain: Bool) async -> BrokerOutcome {
        var outcome = BrokerOutcome()
        await bring(&memory, asksAgain: asksAgain, &outcome)
        let isFinal = outcome.fault != nil && !outcome.isTransient
        memory.failed = isFinal ? (.now, desired.digest) : nil
        return outcome
    }

    private func bring(_ memory: inout BrokerMemory, asksAgain: Bool, _ outcome: inout BrokerOutcome) async {
        let known = memory.state
        memory.state = nil
        do throws(BrokerExecError) {
            var state: BrokerState
            if let known, !asksAgain, desired.keys(for: known).allSatisfy({ known.values[$0] != nil }) {
                state = known
                if !desired.files.isEmpty, memory.filesAsked.map({ $0.elapsed >= fileInterval }) ?? true {
                    let found = try await look.readContainer(desired)
                    (state.files, state.lackingTool) = (found.files, found.lackingTool)
                    memory.filesAsked = .now
                }
            } else {
                state = try await look.read(desired)
                memory.filesAsked = .now
            }
            let wasSettled = memory.digest == desired.digest
            for round in 0...Self.rounds {
                var plan = LivePlanner.plan(desired, on: state)
                let refused = withhold(memory.refused, from: &plan)
                outcome.restartRequired = plan.restartRequired
                let faults = plan.faults + refused
                guard !plan.isEmpty else {
                    outcome.fault = faults.isEmpty ? outcome.fault : faults.joined(separator: "; ")
                    if outcome.fault == nil { outcome.digest = desired.digest }
                    memory.state = outcome.fault == nil ? state : nil
                    memory.digest = desired.digest
                    return
                }
                guard round < Self.rounds else { break }
                if wasSettled, plan.actions.contains(where: { $0.code != "note" && $0.code != "hook" }) {
                    outcome.hasDrifted = true
                }
                let isWhole = try await carryOut(plan, &state, &memory, &outcome)
                try await readBack(plan, into: &state)
                if !isWhole { return }
            }
            outcome.fault = "the broker shows other values than it was told"
        } catch {
            outcome.fault = error.description
            outcome.isTransient = error.isTransient
            if case .notPermitted = error { outcome.isPermitted = false }
        }
    }

    /// Leaves out what the broker has refused before.
    private func withhold(_ refused: [String: String], from plan: inout LivePlan) -> [String] {
        var faults: [String] = []
        plan.actions = plan.actions.compactMap { action in
            guard case .set(let pairs) = action else { return action }
            let rest = pairs.filter { refused[$0.key] != $0.value }
            faults += pairs.filter { refused[$0.key] == $0.value }.map { "the broker refuses the value of \($0.key)" }
            return rest.isEmpty ? nil : .set(rest)
        }
        return faults
    }

    // MARK: - Steps

    /// Carries a plan out.
    ///
    /// - Returns: false if something was refused, so that there is no use in going on now.
    private func carryOut(
        _ plan: LivePlan,
        _ state: inout BrokerState,
        _ memory: inout BrokerMemory,
        _ outcome: inout BrokerOutcome
    ) async throws(BrokerExecError) -> Bool {
        var failures: [String] = []
        var failedPlugins: Set<String> = []
        let before = state.record
        for action in plan.actions {
            if let plugin = action.plugin, failedPlugins.contains(plugin) { continue }
            do throws(BrokerExecError) {
                if let fault = try await carryOut(action, &memory) {
                    failures.append(fault)
                    if let plugin = action.plugin { failedPlugins.insert(plugin) }
                    continue
                }
            } catch {
                guard case .failed(let fault) = error, !fault.isTransient else {
                    // What was done so far must not be forgotten, whatever comes.
                    if state.record != before { try await look.write(state.record) }
                    throw error
                }
                failures.append("\(action.subject): \(fault)")
                if let plugin = action.plugin {
                    failedPlugins.insert(plugin)
                    if case .crashed = fault, action.arguments != nil { state.record.hasCrashed = true }
                }
                continue
            }
            state.record.note(action)
            outcome.steps[action.code, default: 0] += 1
            outcome.changed.append("\(action.code) \(action.subject)")
        }
        if state.record != before { try await look.write(state.record) }
        if !failures.isEmpty { outcome.fault = failures.joined(separator: "; ") }
        return failures.isEmpty
    }

    /// Takes one step.
    ///
    /// - Returns: what speaks against it, as a clause; nil if it was done.
    private func carryOut(
        _ action: LiveAction,
        _ memory: inout BrokerMemory
    ) async throws(BrokerExecError) -> String? {
        switch action {
        case .set(let pairs): return try await set(pairs, &memory)
        case .noteStarted, .noteFiles: return nil
        case .hook(let plugin, let stage, let command):
            return try await run(command, "\(stage.rawValue) of plugin \(plugin)")
        case .clearCertificates:
            do throws(BrokerExecError) {
                _ = try await admin(action)
            } catch {
                // Done, and then the broker fails to print it; or too old to know the command, and its cache lasts minutes.
                guard case .failed(let fault) = error, !fault.isTransient else { throw error }
            }
            return nil
        case .enable(let plugin):
            if let obstacle = try await PluginLook.obstacle(to: plugin, look.exec, in: look.target) {
                return "plugin \(plugin.name) is not started: \(obstacle)"
            }
            return try await tolerating("already_enabled", action)
        case .disable: return try await tolerating("plugin_not_found", action)
        case .deleteListener, .startListener:
            _ = try await admin(action)
            return nil
        }
    }

    private func admin(_ action: LiveAction) async throws(BrokerExecError) -> AdminReply {
        try await look.exec.admin(action.arguments ?? [], in: look.target)
    }

    /// What is so already is as good as done.
    private func tolerating(_ reason: String, _ action: LiveAction) async throws(BrokerExecError) -> String? {
        do throws(BrokerExecError) {
            _ = try await admin(action)
        } catch {
            guard case .failed(.refused(let text)) = error, text.hasSuffix(reason) else { throw error }
        }
        return nil
    }

    /// All keys in one call. One that is refused takes the others with it, so they are then set one by one.
    private func set(
        _ pairs: [LiveAction.KeyValue],
        _ memory: inout BrokerMemory
    ) async throws(BrokerExecError) -> String? {
        do throws(BrokerExecError) {
            _ = try await admin(.set(pairs))
            return nil
        } catch {
            guard case .failed(let fault) = error, !fault.isTransient else { throw error }
            // It may have crashed after it was done: what is shown afterwards tells.
            if case .crashed = fault { return nil }
            guard pairs.count > 1 else {
                for pair in pairs { memory.refused[pair.key] = pair.value }
                return pairs.map { "\($0.key): \(fault)" }.joined()
            }
        }
        var faults: [String] = []
        for pair in pairs { if let fault = try await set([pair], &memory) { faults.append(fault) } }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    private func run(_ command: PluginHooks.Command, _ name: String) async throws(BrokerExecError) -> String? {
        let seconds = max(1, command.timeout)
        // Nobody can end a command from outside, so it gets a limit in there.
        let arguments = ["/bin/sh", "-c", Self.limited, "sh", String(seconds), command.text]
        let end: BrokerOutput
        do throws(BrokerExecError) {
            let limit: Duration = .seconds(seconds + 10)
            end = try await look.exec.run(BrokerCommand(arguments, timeout: limit), in: look.target)
        } catch {
            guard error == .timedOut else { throw error }
            return "\(name) did not end within \(seconds) s"
        }
        switch end.exitCode {
        case 0: return nil
        case 124, 143: return "\(name) did not end within \(seconds) s"
        default: return "\(name) ended with exit code \(end.exitCode)"
        }
    }

    private static let limited = """
        if command -v timeout >/dev/null; then exec timeout "$1" /bin/sh -c "$2"; fi
        exec /bin/sh -c "$2"
        """

    // MARK: - Reading back

    /// Reads again what the steps have to do with.
    private func readBack(_ plan: LivePlan, into state: inout BrokerState) async throws(BrokerExecError) {
        let codes = Set(plan.actions.map(\.code))
        if !codes.isDisjoint(with: ["enable", "disable"]) { try await look.readPlugins(into: &state) }
        if !codes.isDisjoint(with: ["enable", "disable", "set"]) {
            let (before, record) = (state.values, state.record)
            try await look.readValues(desired, into: &state)
            for case .set(let pairs) in plan.actions {
                for pair in pairs { state.record.note(pair, before: before[pair.key], after: state.values[pair.key]) }
            }
            if state.record != record { try await look.write(state.record) }
        }
        if !codes.isDisjoint(with: ["start-listener", "delete-listener"]) {
            try await look.readListeners(into: &state)
        }
    }
}

extension LiveAction {
    /// The plugin that it is about.
    fileprivate var plugin: String? {
        switch self {
        case .enable(let plugin): plugin.name
        case .disable(let name): name
        case .hook(let name, _, _): name
        case .noteStarted(let name, _): name
        default: nil
        }
    }
}

extension AdminFault {
    /// Whether a later try may go better by itself.
    fileprivate var isTransient: Bool {
        switch self {
        case .notReady, .gaveUp: true
        case .refused, .crashed, .unexpected: false
        }
    }
}

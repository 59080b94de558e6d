import LiveConfiguration
import Transport
import VerneMQ

/// What a broker says of its configuration when it is asked. Nothing is changed by asking.
struct ConfigurationLook: Sendable, Hashable {
    /// The plugins that it shows, sorted.
    var plugins: [String]
    /// What was compared; nil where nothing is wanted of it.
    var comparison: Comparison?

    /// A broker held against what is wanted of it.
    struct Comparison: Sendable, Hashable {
        /// The digest of what is wanted.
        var digest: String
        /// What the operator would change now: names, never values.
        var differences: [String]
        /// The settings that wait for a restart.
        var restartRequired: [String]
        /// What stands in the way, as clauses.
        var faults: [String]
    }

    /// Asks, and compares if something is wanted: what the operator would do is what is different.
    static func take(
        _ look: BrokerLook,
        _ desired: DesiredConfiguration?
    ) async throws(BrokerExecError) -> ConfigurationLook {
        guard let desired else {
            var state = BrokerState(container: look.container)
            try await look.readPlugins(into: &state)
            return ConfigurationLook(plugins: state.plugins.sorted())
        }
        let state = try await look.read(desired)
        let plan = LivePlanner.plan(desired, on: state)
        let steps = plan.actions.filter { $0.code != "note" && $0.code != "hook" }
        let differences = steps.flatMap { action in
            if case .set(let pairs) = action { pairs.map(\.key) } else { [action.subject] }
        }
        let comparison = Comparison(
            digest: desired.digest,
            differences: Set(differences).sorted(),
            restartRequired: plan.restartRequired,
            faults: plan.faults
        )
        return ConfigurationLook(plugins: state.plugins.sorted(), comparison: comparison)
    }
}

/// Commands with less patience than the operator has: somebody sits there and waits.
struct HastyExec: BrokerExec {
    let base: any BrokerExec

    private static let patience: Duration = .seconds(20)

    func run(_ command: BrokerCommand, in target: BrokerTarget) async throws(BrokerExecError) -> BrokerOutput {
        var command = command
        command.timeout = min(command.timeout, Self.patience)
        return try await base.run(command, in: target)
    }
}

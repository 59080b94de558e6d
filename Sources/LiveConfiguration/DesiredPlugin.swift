/// A plugin as the settings want it.
public struct DesiredPlugin: Sendable, Hashable {
    /// Its application.
    public var name: String
    /// Whether it is to run.
    public var isOn: Bool
    /// The directory that holds the application, for one that the broker does not bring.
    public var path: String?
    /// Its place among the plugins, which is settled when the broker starts.
    public var priority: String?
    /// What is run around its start and its end.
    public var hooks = PluginHooks()

    /// What of it is settled when it starts.
    var digest: String { Digest.of([isOn ? "on" : "off", path ?? "", priority ?? ""]) }
}

/// The commands of `spec.config.plugins[]`.
public struct PluginHooks: Sendable, Hashable {
    /// One of them.
    public struct Command: Sendable, Hashable {
        /// For the shell.
        public var text: String
        /// After how many seconds it is given up.
        public var timeout: Int

        /// A command; five seconds are what the existing operator gives one.
        public init(_ text: String, timeout: Int = 5) {
            self.text = text
            self.timeout = timeout
        }
    }

    /// When a command is run.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Before the operator starts the plugin in a running broker.
        case preStart
        /// Once the plugin runs: after the operator, or the broker's own start, has started it.
        case postStart
        /// Before the operator stops it.
        case preStop
        /// After the operator has stopped it.
        case postStop
    }

    /// The commands, in their order.
    public var commands: [Stage: [Command]] = [:]

    /// Commands by stage.
    public init(_ commands: [Stage: [Command]] = [:]) {
        self.commands = commands
    }

    /// The commands of a stage.
    public subscript(_ stage: Stage) -> [Command] { commands[stage] ?? [] }

    /// What those that run once the plugin runs are; empty for none.
    var startDigest: String {
        let commands = self[.postStart]
        return commands.isEmpty ? "" : Digest.of(commands.flatMap { [$0.text, String($0.timeout)] })
    }
}

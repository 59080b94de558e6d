/// What it takes to bring a running broker from one configuration to another.
public struct ConfigurationChange: Sendable, Hashable {
    /// A key whose value differs. Values are not kept: some of them are secrets.
    public struct Key: Sendable, Hashable {
        /// The key as the user wrote it.
        public var key: String
        /// Whether it is in the new configuration; else it falls back to its default.
        public var isSet: Bool
        /// When the change takes effect if it is made in the running broker, as in `new sessions`; nil where the broker
        /// has to be restarted.
        public var effect: String?
        /// The plugin without which a running broker does not know the key; nil for none.
        public var plugin: String?
    }

    /// What happens to a listener or a plugin.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// It is new.
        case start
        /// It is gone.
        case stop
        /// It stays, with other options: it is stopped and started again.
        case restart
    }

    /// A listener, named as in the configuration: `tcp.default`.
    public struct Listener: Sendable, Hashable {
        /// Transport and name with a dot between them.
        public var name: String
        /// What happens to it.
        public var action: Action
        /// Whether only a restart of the broker does it: listeners between brokers cannot be started at run time.
        public var needsRestart: Bool
    }

    /// A plugin.
    public struct Plugin: Sendable, Hashable {
        /// Its application.
        public var name: String
        /// What happens to it.
        public var action: Action
    }

    /// Keys that can be changed in the running broker.
    public var live: [Key] = []
    /// Keys for which the broker has to be restarted.
    public var restart: [Key] = []
    /// Listeners that come, go or change.
    public var listeners: [Listener] = []
    /// Plugins that come, go or change.
    public var plugins: [Plugin] = []

    /// Compares two configurations of one broker. Of a key that is set twice the last one counts, as for VerneMQ.
    public init(from old: [Setting], to new: [Setting], version: VerneMQVersion) {
        self.init(
            old: Dictionary(old.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            new: Dictionary(new.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            version: version
        )
    }

    private init(old: [String: String], new: [String: String], version: VerneMQVersion) {
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        var listeners: [String] = []
        var plugins: [String] = []
        for key in changed {
            if let name = ListenerKey(key)?.listener {
                if listeners.last != name { listeners.append(name) }
                continue
            }
            if let name = PluginKey(key)?.name {
                if plugins.last != name { plugins.append(name) }
                continue
            }
            let rule = ConfigurationSchema.shared.rule(of: key)
            let effect = rule.flatMap { $0.removed.map { $0 <= version } ?? false ? nil : $0.liveEffect(in: version) }
            let change = Key(key: key, isSet: new[key] != nil, effect: effect, plugin: rule?.requiredPlugin)
            if effect == nil { restart.append(change) } else { live.append(change) }
        }
        self.listeners = listeners.uniqued().map { name in
            let action = Action(old["listener.\(name)"] != nil, new["listener.\(name)"] != nil)
            return Listener(name: name, action: action, needsRestart: name.hasPrefix("vmq"))
        }
        self.plugins = plugins.uniqued().compactMap { name in
            let key = "plugins.\(name)"
            let before = old[key] ?? PluginKey.isOnByDefault(name)
            let after = new[key] ?? PluginKey.isOnByDefault(name)
            let hasOtherOptions = ["path", "priority"].contains { old["\(key).\($0)"] != new["\(key).\($0)"] }
            guard before == "on" || after == "on", before != after || hasOtherOptions else { return nil }
            return Plugin(name: name, action: Action(before == "on", after == "on"))
        }
    }

    /// Whether nothing changes.
    public var isEmpty: Bool { live.isEmpty && restart.isEmpty && listeners.isEmpty && plugins.isEmpty }

    /// Whether some of it needs a restart of the broker.
    public var needsRestart: Bool { !restart.isEmpty || listeners.contains(where: \.needsRestart) }

    /// Keys that say what a broker's data is and where it lies. Changed on a broker that has data, they make it forget it.
    public var dataKeys: [Key] { restart.filter { Self.dataKeys.contains($0.key) } }

    private static let dataKeys: Set<String> = [
        "metadata_plugin", "message_store_plugin", "vmq_swc.directory", "vmq_swc.swc_groups", "plumtree.directory",
        "vmq_generic_msg_store.store_dir", "vmq_generic_msg_store.db_backend", "leveldb_message_store.directory",
        "generic_message_store_engine", "platform_data_dir", "setup.data_dir", "nodename",
    ]

    /// What is going to happen, a sentence for each kind of change, without a full stop: what `kubectl` shows as warnings.
    public var messages: [String] {
        var messages: [String] = []
        if !live.isEmpty {
            let keys = live.map { "\($0.key) (\($0.effect ?? ""))" }
            messages.append("takes effect without a restart: " + keys.joined(separator: ", "))
        }
        let immediate = listeners.filter { !$0.needsRestart }
        if !immediate.isEmpty {
            let actions = immediate.map { "\($0.name) is \($0.action.participle)" }
            messages.append("listeners: " + actions.joined(separator: ", "))
        }
        if !plugins.isEmpty {
            let actions = plugins.map { "\($0.name) is \($0.action.participle)" }
            messages.append("plugins: " + actions.joined(separator: ", "))
        }
        if needsRestart {
            let keys = restart.map(\.key) + listeners.filter(\.needsRestart).map { "listener.\($0.name)" }
            messages.append("needs a restart of the brokers: " + keys.joined(separator: ", "))
        }
        if !dataKeys.isEmpty {
            messages.append("makes brokers with data forget it: " + dataKeys.map(\.key).joined(separator: ", "))
        }
        return messages
    }
}

extension ConfigurationChange.Action {
    /// From whether it was there before, and is afterwards.
    fileprivate init(_ before: Bool, _ after: Bool) {
        self = before == after ? .restart : after ? .start : .stop
    }

    fileprivate var participle: String {
        switch self {
        case .start: "started"
        case .stop: "stopped"
        case .restart: "stopped and started again"
        }
    }
}

extension Array where Element: Hashable {
    /// The elements without those that came before.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

public import Document
public import VerneMQ

extension DesiredConfiguration {
    /// Puts it together.
    ///
    /// - Parameters:
    ///   - settings: what the operator gives the broker, valid.
    ///   - excluded: keys that are not to be touched, because what was written for them is not valid.
    ///   - plugins: `spec.config.plugins`, for the commands.
    ///   - surroundings: the broker's own settings.
    public static func make(
        _ settings: [Setting],
        excluded: Set<String> = [],
        plugins: [JSONValue] = [],
        in surroundings: BrokerSurroundings
    ) -> DesiredConfiguration {
        Builder(settings, excluded: excluded, plugins: plugins, surroundings).configuration
    }

    /// What a broker starts with that reads these settings from its boot Secret: they alone.
    public static func record(of settings: [Setting], version: VerneMQVersion) -> BootRecord {
        let alone = BrokerSurroundings(version: version, isComplete: false, usesOfficialImage: false)
        return make(settings, in: alone).record
    }
}

private struct Builder {
    let own: [String: String]
    let written: [String: String]
    let excluded: Set<String>
    let surroundings: BrokerSurroundings
    let commands: [JSONValue]
    let schema = ConfigurationSchema.shared

    init(_ settings: [Setting], excluded: Set<String>, plugins: [JSONValue], _ surroundings: BrokerSurroundings) {
        own = Dictionary(surroundings.environment.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        // The environment wins over the boot Secret at every start.
        written = Dictionary(settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            .filter { key, _ in
                !excluded.contains(key) && !surroundings.unknownKeys.contains(key)
                    && !surroundings.environment.contains { $0.key == key }
            }
        self.excluded = excluded.union(surroundings.unknownKeys)
        self.surroundings = surroundings
        commands = plugins
    }

    var configuration: DesiredConfiguration {
        let all = own.merging(written) { $1 }
        let listeners = listeners(all)
        let plugins = plugins(all)
        let live = live(plugins)
        let restart = restart(live: live)
        return DesiredConfiguration(
            live: live.filter { $0.value.isWritten || isDefaultKept($0.value) },
            fallbacks: live.filter { !$0.value.isWritten },
            restart: restart,
            listeners: listeners,
            ownListeners: self.listeners(own),
            plugins: plugins,
            excluded: excluded,
            fixedPlugins: Set((Array(own.keys) + Array(excluded)).compactMap { PluginKey($0)?.name }),
            ownPlugins: self.plugins(own),
            isComplete: surroundings.isComplete,
            record: record(listeners),
            digest: digest(live: live, listeners: listeners, plugins: plugins, restart: restart)
        )
    }

    // MARK: Keys

    private func live(_ plugins: [String: DesiredPlugin]) -> [String: DesiredConfiguration.LiveKey] {
        var keys: [String: DesiredConfiguration.LiveKey] = [:]
        for rule in schema.rules where !rule.hasWildcards && isLive(rule) {
            let key = rule.pattern
            guard !excluded.contains(key) else { continue }
            if let plugin = rule.requiredPlugin, plugins[plugin]?.isOn != true { continue }
            let value = written[key] ?? own[key]
            guard let wanted = value ?? rule.defaultValue(in: surroundings.version), AdminArgument.isSafe(wanted) else {
                continue
            }
            keys[key] = DesiredConfiguration.LiveKey(value: wanted, isWritten: value != nil, rule: rule)
        }
        return keys
    }

    private func isLive(_ rule: ConfigurationRule) -> Bool {
        // What is secret would stand in the arguments of a process.
        schema.isKnown(rule, in: surroundings.version) && rule.liveEffect(in: surroundings.version) != nil
            && !rule.isSecret
    }

    /// A default is held against a broker only where nobody else can have set the key; and never the default of a file's
    /// name, which images have their own of.
    private func isDefaultKept(_ key: DesiredConfiguration.LiveKey) -> Bool {
        let forms = key.rule.type(in: surroundings.version).forms
        return surroundings.isComplete && !forms.contains(.file) && !forms.contains(.directory)
    }

    /// What is written and is neither live, nor a listener's, nor a plugin's.
    private func restart(live: [String: DesiredConfiguration.LiveKey]) -> [String: String] {
        written.filter { key, _ in live[key] == nil && !Self.isOther(key) }.mapValues { Digest.of([$0]) }
    }

    private static func isOther(_ key: String) -> Bool {
        key.hasPrefix("listener.") || PluginKey(key) != nil
    }

    // MARK: Listeners

    /// Those that a set of settings opens, the image's own included, by address.
    private func listeners(_ settings: [String: String]) -> [String: DesiredListener] {
        var addresses: [String: (transport: String, name: String, address: String)] = [:]
        var options: [String: [String: String]] = [:]
        for (key, value) in settings {
            guard let parts = ListenerKey(key) else { continue }
            guard let option = parts.option else {
                if let transport = parts.transport, let name = parts.name {
                    addresses["\(transport).\(name)"] = (transport, name, value)
                }
                continue
            }
            let place = [parts.transport, parts.name].compactMap { $0 }.joined(separator: ".")
            options[place, default: [:]][option] = value
        }
        if surroundings.usesOfficialImage, let address = surroundings.address {
            for (transport, port) in [("tcp", 1883), ("ws", 8080)] where addresses["\(transport).default"] == nil {
                addresses["\(transport).default"] = (transport, "default", "\(address):\(port)")
            }
        }
        var listeners: [String: DesiredListener] = [:]
        for (name, listener) in addresses where DesiredListener.types[listener.transport] != nil {
            var effective = Self.defaults
            for place in ["", listener.transport, name] {
                for (option, value) in options[place] ?? [:] where value != "-1" { effective[option] = value }
            }
            let address = expanded(listener.address)
            listeners[address] = DesiredListener(
                transport: listener.transport,
                name: listener.name,
                address: address,
                options: effective
            )
        }
        return listeners
    }

    /// What holds where the configuration says nothing; started by command, listeners would have other defaults.
    private static let defaults = [
        "max_connections": "10000", "nr_of_acceptors": "10", "allowed_protocol_versions": "3,4,5,131",
    ]

    /// Variables that stand for the pod's address.
    private func expanded(_ address: String) -> String {
        guard let own = surroundings.address else { return address }
        return ["$(MY_POD_IP)", "$(VMQ_OPERATOR_POD_IP)"].reduce(address) { $0.replacing($1, with: own) }
    }

    // MARK: Plugins

    private func plugins(_ settings: [String: String]) -> [String: DesiredPlugin] {
        var plugins: [String: DesiredPlugin] = [:]
        for name in PluginKey.bundled {
            plugins[name] = DesiredPlugin(name: name, isOn: PluginKey.isOnByDefault(name) == "on")
        }
        for (key, value) in settings {
            guard let parts = PluginKey(key) else { continue }
            var plugin = plugins[parts.name] ?? DesiredPlugin(name: parts.name, isOn: false)
            switch parts.option {
            case nil: plugin.isOn = value == "on"
            case "path"?: plugin.path = value
            case "priority"?: plugin.priority = value
            case _?: break
            }
            plugins[parts.name] = plugin
        }
        for command in commands {
            guard let name = command["name"]?.stringValue, plugins[name] != nil else { continue }
            plugins[name]?.hooks = PluginHooks(command)
        }
        return plugins
    }

    // MARK: What it is, in short

    private func record(_ listeners: [String: DesiredListener]) -> BootRecord {
        var record = BootRecord()
        for (key, value) in written where !key.hasPrefix("listener.") { record.keys[key] = Digest.of([value]) }
        let fromSecret = Set(
            written.keys.compactMap { ListenerKey($0) }.filter { $0.option == nil }.compactMap(\.listener)
        )
        for listener in listeners.values where fromSecret.contains(listener.name) {
            record.keys["listener.\(listener.name)"] = listener.digest
            record.listeners[listener.name] = listener.address
        }
        // Options without a listener of their own have their say on those of the image.
        for (key, value) in written where key.hasPrefix("listener.") && record.keys[key] == nil {
            record.keys[key] = Digest.of([value])
        }
        return record
    }

    private func digest(
        live: [String: DesiredConfiguration.LiveKey],
        listeners: [String: DesiredListener],
        plugins: [String: DesiredPlugin],
        restart: [String: String]
    ) -> String {
        var parts = ["1", surroundings.version.description]
        for (key, entry) in live.sorted(by: { $0.key < $1.key }) { parts += [key, entry.value] }
        for plugin in plugins.values.sorted(by: { $0.name < $1.name }) { parts += [plugin.name, plugin.digest] }
        // Not by the whole listener: its address differs from pod to pod, and a password may stand in its options.
        for key in written.keys.sorted() where key.hasPrefix("listener.") || restart[key] != nil {
            let isSecret =
                schema.rule(for: key, version: surroundings.version, suggesting: false).rule?.isSecret ?? true
            parts += [key, isSecret ? "" : written[key] ?? ""]
        }
        return Digest.of(parts)
    }
}

extension ConfigurationJudgement {
    /// Plugins of VerneMQ that older releases do not bring.
    private static let arrivals: [String: VerneMQVersion] = [
        "vmq_http_pub": VerneMQVersion(1, 13, 0), "vmq_web_ui": VerneMQVersion(2, 0, 0),
    ]

    mutating func checkPlugins() {
        for entry in entries {
            if let key = PluginKey(entry.setting.key) {
                checkPlugin(key, entry.setting)
            } else {
                checkRequirement(entry)
            }
        }
    }

    private mutating func checkPlugin(_ key: PluginKey, _ setting: Setting) {
        if PluginKey.system.contains(key.name) {
            let remedy = key.name == "vmq_swc" || key.name == "vmq_plumtree" ? "use metadata_plugin" : "leave it out"
            return report(key: setting, "\(key.name) is a part of the broker and no plugin to switch", remedy)
        }
        guard let option = key.option else { return checkSwitch(key.name, setting) }
        if !isOn(key.name), context.isComplete {
            report(
                .warning,
                key: setting,
                "it does nothing, because the plugin is off",
                "add plugins.\(key.name) = on"
            )
        }
        if option == "path", !setting.value.hasPrefix("/"), !setting.value.hasReference {
            report(
                .warning,
                value: setting,
                "a relative path begins where the broker was started",
                "write an absolute one"
            )
        }
    }

    private mutating func checkSwitch(_ name: String, _ setting: Setting) {
        guard setting.value == "on", effective["plugins.\(name).path"] == nil, !context.providedPlugins.contains(name)
        else {
            return
        }
        if let arrival = Self.arrivals[name], version < arrival {
            return report(
                .warning,
                key: setting,
                "VerneMQ \(version) does not bring this plugin and starts without it",
                "it came with \(arrival)"
            )
        }
        guard !PluginKey.bundled.contains(name) else { return }
        let nearest = Suggestion.nearest(to: name, among: PluginKey.bundled)
        report(
            .warning,
            key: setting,
            "VerneMQ does not bring this plugin, and starts without it where it is not found",
            nearest.map { "did you mean \"plugins.\($0)\"?" } ?? "say where it is with plugins.\(name).path"
        )
    }

    /// Settings of a plugin that is off, or of a store that is not used.
    private mutating func checkRequirement(_ entry: Entry) {
        guard context.isComplete, let requirement = entry.rule.requirement else { return }
        let isMet: Bool
        if let plugin = entry.rule.requiredPlugin {
            isMet = isOn(plugin)
        } else {
            let parts = requirement.split(separator: "=").map { $0.trimmingBlanks() }
            isMet = parts.count == 2 && value(parts[0]) == parts[1]
        }
        guard !isMet else { return }
        report(.warning, key: entry.setting, "it does nothing without \(requirement)", "add that, or leave this out")
    }
}

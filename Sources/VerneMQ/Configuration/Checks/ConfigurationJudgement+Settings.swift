extension ConfigurationJudgement {
    /// Judges each setting by itself.
    mutating func checkSettings() {
        for setting in settings {
            if let rule = schema.rule(of: setting.key), schema.isKnown(rule, in: version) {
                know(setting, rule)
                checkKnown(setting, rule)
            } else {
                checkUnknown(setting)
            }
            if context.environmentSources.contains(setting.source) { checkEnvironment(setting) }
        }
    }

    private mutating func checkUnknown(_ setting: Setting) {
        switch schema.rule(for: setting.key, version: version, suggesting: takeSuggestion()) {
        case .known: break
        case .notYet(_, _, let since):
            report(
                key: setting,
                "VerneMQ \(version) does not know it yet",
                since.map { "it came with \($0)" } ?? "no release has it so far"
            )
        case .removed(let rule, let release):
            report(
                key: setting,
                "VerneMQ no longer has it since \(release)",
                rule.replacement.map { "use \($0)" } ?? "leave it out"
            )
        case .unknown(let suggestion): reportUnknown(setting, suggestion)
        }
    }

    private mutating func checkKnown(_ setting: Setting, _ rule: ConfigurationRule) {
        if let fault = rule.fault(in: setting.value, version: version) {
            report(addressFinding(setting, rule, fault) ?? rule.finding(on: setting, fault, version: version))
        }
        if rule.isInert {
            report(
                .warning,
                key: setting,
                "VerneMQ accepts it and does nothing with it",
                rule.notes.first ?? "leave it out"
            )
            if setting.key.hasSuffix(".proxy_protocol_use_cn_as_username"), !rule.hasWildcards, setting.value == "off" {
                report(value: setting, "with off VerneMQ cannot generate its configuration", "leave the key out")
            }
        } else if rule.isDeprecated {
            report(.warning, key: setting, "VerneMQ calls it deprecated", "leave it out")
        }
        if rule.isListenerAddress, let name = rule.name(in: setting.key), schema.optionNames.contains(name) {
            report(
                key: setting,
                "VerneMQ takes it for the option of that name, which this transport has not",
                "give the listener another name, or leave the option out"
            )
        }
        if setting.value == "off", rule.pattern == "default_schema_dir" {
            report(.warning, value: setting, "VerneMQ takes off for the name of a directory", "leave the key out")
        }
    }

    /// A listener's option that was mistyped looks like a listener whose address is wrong.
    private mutating func addressFinding(_ setting: Setting, _ rule: ConfigurationRule, _ fault: ValueFault) -> Finding?
    {
        guard rule.isListenerAddress, fault.severity == .error, let name = rule.name(in: setting.key), name.count > 4,
            takeSuggestion(), let option = Suggestion.nearest(to: name, among: schema.optionNames.sorted())
        else { return nil }
        return Finding(
            .error,
            path: setting.keyPath,
            value: setting.key,
            problem: "neither an option of all these listeners nor a listener with its address",
            remedy: "did you mean \"\(setting.key.dropLast(name.count))\(option)\"?"
        )
    }

    private mutating func reportUnknown(_ setting: Setting, _ suggestion: String?) {
        let problem = "not a setting of VerneMQ \(version)"
        if let suggestion {
            return report(key: setting, problem, "did you mean \"\(suggestion)\"?")
        }
        let segments = setting.key.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.allSatisfy(ConfigurationIndex.isName) else {
            let remedy = "between its dots a key has letters, digits, underscores and dashes"
            return report(key: setting, problem, remedy)
        }
        let part = segments.first ?? ""
        let isPlugin = context.providedPlugins.contains(String(part)) || effective["plugins.\(part)"] != nil
        if isPlugin, !PluginKey.bundled.contains(String(part)) {
            return report(
                key: setting,
                "VerneMQ knows no settings of other plugins, and does not start with one",
                "give them to the plugin another way, or put its schema file into the image's share/schema and the "
                    + "setting into a vernemq.conf of your own"
            )
        }
        report(key: setting, problem, "leave it out; `vernemq-operator explain --list` shows all there are")
    }

    /// What the official image's variables cannot carry.
    private mutating func checkEnvironment(_ setting: Setting) {
        if EnvironmentName.variable(for: setting.key) == nil {
            let problem = "no variable of the official image leads to this key"
            report(key: setting, problem, "put it into a vernemq.conf, or choose names of letters and digits")
        }
        if let obstacle = EnvironmentName.obstacle(to: setting.value) {
            report(
                value: setting,
                isSecret: schema.rule(of: setting.key)?.isSecret ?? true,
                "the value cannot be given by a variable: \(obstacle)",
                "put it into a vernemq.conf"
            )
        }
    }

    /// Keys that are set more than once.
    mutating func checkDuplicates() {
        guard effective.count < settings.count else { return }
        var seen: [String: Setting] = [:]
        for setting in settings {
            guard let earlier = seen.updateValue(setting, forKey: setting.key) else { continue }
            let isSame = earlier.value == setting.value
            if earlier.source != setting.source {
                report(
                    isSame ? .warning : .error,
                    key: setting,
                    isSame ? "it is set in two places" : "two places set it to different values",
                    "it is set at \(earlier.keyPath) as well; keep one of them"
                )
            } else {
                report(
                    .warning,
                    key: setting,
                    isSame ? "it is set twice" : "it is set twice, and VerneMQ takes the last one without a word",
                    "it is set at \(earlier.keyPath) as well; keep one of them"
                )
            }
        }
    }
}

extension ConfigurationRule {
    /// What the user called the last segment of a key of this family.
    fileprivate func name(in key: String) -> String? {
        key.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init)
    }
}

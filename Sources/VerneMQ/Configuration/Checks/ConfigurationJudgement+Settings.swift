extension ConfigurationJudgement {
    /// How many unknown keys get a suggestion: each is compared with all keys.
    private static let suggestions = 24

    /// Judges each setting by itself.
    mutating func checkSettings() {
        var suggestions = Self.suggestions
        for setting in settings {
            switch schema.rule(for: setting.key, version: version, suggesting: suggestions > 0) {
            case .known(let rule, _):
                know(setting, rule)
                checkKnown(setting, rule)
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
            case .unknown(let suggestion):
                suggestions -= 1
                reportUnknown(setting, suggestion)
            }
            checkEnvironment(setting)
        }
    }

    private mutating func checkKnown(_ setting: Setting, _ rule: ConfigurationRule) {
        if let finding = addressFinding(setting, rule) ?? rule.finding(on: setting, version: version) {
            report(finding)
        }
        if rule.isInert {
            report(
                .warning,
                key: setting,
                "VerneMQ accepts it and does nothing with it",
                rule.notes.first ?? "leave it out"
            )
        } else if rule.isDeprecated {
            report(.warning, key: setting, "VerneMQ calls it deprecated", "leave it out")
        }
        if rule.pattern == "default_schema_dir", setting.value == "off" {
            report(.warning, value: setting, "VerneMQ takes off for the name of a directory", "leave the key out")
        }
        if setting.key.hasSuffix(".proxy_protocol_use_cn_as_username"), !rule.hasWildcards, setting.value == "off" {
            report(value: setting, "with off VerneMQ cannot generate its configuration", "leave the key out")
        }
    }

    /// A listener's option that was mistyped looks like a listener whose address is wrong.
    private func addressFinding(_ setting: Setting, _ rule: ConfigurationRule) -> Finding? {
        guard rule.pattern.hasPrefix("listener."), rule.pattern.hasSuffix(".$name"),
            let name = rule.name(in: setting.key)
        else { return nil }
        if schema.optionNames.contains(name) {
            return Finding(
                .error,
                path: setting.keyPath,
                value: setting.key,
                problem: "VerneMQ takes it for the option of that name, which this transport has not",
                remedy: "give the listener another name, or leave the option out"
            )
        }
        guard let fault = rule.fault(in: setting.value, version: version), fault.severity == .error,
            ListenerAddress(setting.value) == nil,
            let option = Suggestion.nearest(to: name, among: schema.optionNames.sorted()), name.count > 4
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
        guard context.environmentSources.contains(setting.source) else { return }
        if EnvironmentName.variable(for: setting.key) == nil {
            let problem = "no variable of the official image leads to this key"
            report(key: setting, problem, "put it into a vernemq.conf, or choose names of letters and digits")
        }
        if let obstacle = EnvironmentName.obstacle(to: setting.value) {
            let rule = schema.rule(for: setting.key, version: version, suggesting: false).rule
            report(
                value: setting,
                isSecret: rule?.isSecret ?? true,
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

/// Settings under judgement: what each of them is, and what was found so far.
struct ConfigurationJudgement {
    /// A setting together with what the schema knows of it.
    struct Entry {
        var setting: Setting
        var rule: ConfigurationRule
    }

    let settings: [Setting]
    let version: VerneMQVersion
    let context: ConfigurationContext
    let schema = ConfigurationSchema.shared
    /// The settings that the release knows, in their order.
    private(set) var entries: [Entry] = []
    /// The last setting of each key, which is the one that counts.
    let effective: [String: Setting]
    private(set) var findings: [Finding] = []
    /// How many more suggestions there may be: for each a word is compared with all others.
    private var suggestions = 24

    init(_ settings: [Setting], version: VerneMQVersion, context: ConfigurationContext) {
        self.settings = settings
        self.version = version
        self.context = context
        effective = Dictionary(settings.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        entries.reserveCapacity(settings.count)
    }

    mutating func know(_ setting: Setting, _ rule: ConfigurationRule) {
        entries.append(Entry(setting: setting, rule: rule))
    }

    /// Whether a suggestion may be looked for.
    mutating func takeSuggestion() -> Bool {
        suggestions -= 1
        return suggestions >= 0
    }

    mutating func report(_ finding: Finding?) {
        if let finding { findings.append(finding) }
    }

    /// About the name of a setting.
    mutating func report(
        _ severity: Finding.Severity = .error,
        key setting: Setting,
        _ problem: String,
        _ remedy: String
    ) {
        report(Finding(severity, path: setting.keyPath, value: setting.key.excerpt, problem: problem, remedy: remedy))
    }

    /// About the value of a setting, which is not shown where it is a secret.
    mutating func report(
        _ severity: Finding.Severity = .error,
        value setting: Setting,
        isSecret: Bool = false,
        _ problem: String,
        _ remedy: String
    ) {
        let value = isSecret ? nil : setting.value.excerpt
        report(Finding(severity, path: setting.valuePath, value: value, problem: problem, remedy: remedy))
    }

    /// About something that is not there.
    mutating func report(_ severity: Finding.Severity = .error, absent problem: String, _ remedy: String) {
        report(Finding(severity, path: context.path, problem: problem, remedy: remedy))
    }

    /// The value that counts, the default where the key is not set.
    func value(_ key: String) -> String? {
        if let setting = effective[key] { return setting.value }
        guard let rule = schema.rule(of: key), schema.isKnown(rule, in: version) else { return nil }
        return rule.defaultValue(in: version)
    }

    /// Whether a plugin is on.
    func isOn(_ plugin: String) -> Bool {
        (effective["plugins.\(plugin)"]?.value ?? PluginKey.isOnByDefault(plugin)) == "on"
    }
}

/// Settings under judgement: what each of them is, and what was found so far.
struct ConfigurationJudgement {
    /// A setting together with what the schema knows of it.
    struct Entry {
        var setting: Setting
        var rule: ConfigurationRule
        var names: [String: String]
    }

    let settings: [Setting]
    let version: VerneMQVersion
    let context: ConfigurationContext
    /// The settings that the release knows, in their order.
    private(set) var entries: [Entry] = []
    /// The last setting of each key, which is the one that counts.
    private(set) var effective: [String: Setting] = [:]
    private(set) var findings: [Finding] = []

    init(_ settings: [Setting], version: VerneMQVersion, context: ConfigurationContext) {
        self.settings = settings
        self.version = version
        self.context = context
        effective.reserveCapacity(settings.count)
        for setting in settings { effective[setting.key] = setting }
    }

    mutating func report(_ finding: Finding) {
        findings.append(finding)
    }

    /// Judges each setting by itself.
    mutating func checkKeys() {
    }
}

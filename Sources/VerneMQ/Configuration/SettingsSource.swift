/// Settings from one place, with what is wrong with the way in which they are written there.
public struct SettingsSource: Sendable {
    /// The settings.
    public var settings: [Setting]
    /// Findings about their form; whether keys and values are right is not among them.
    public var findings: [Finding]
    /// The value paths of settings whose value is not known here.
    public var unresolved: Set<String>

    /// Settings from a place.
    public init(settings: [Setting] = [], findings: [Finding] = [], unresolved: Set<String> = []) {
        self.settings = settings
        self.findings = findings
        self.unresolved = unresolved
    }

    /// The settings of a text.
    public init(_ file: ConfigurationFile) {
        self.init(settings: file.settings, findings: file.findings, unresolved: file.unresolved)
    }

    /// Both together.
    public static func + (left: SettingsSource, right: SettingsSource) -> SettingsSource {
        SettingsSource(
            settings: left.settings + right.settings,
            findings: left.findings + right.findings,
            unresolved: left.unresolved.union(right.unresolved)
        )
    }

    /// Everything there is to say about these settings as the configuration of one broker.
    public func judged(by version: VerneMQVersion, context: ConfigurationContext) -> [Finding] {
        guard !settings.isEmpty else { return findings }
        let judgement = ConfigurationValidator.findings(on: settings, version: version, context: context)
        // What is said about a value that stands elsewhere is not about the real one.
        return findings + judgement.filter { !unresolved.contains($0.path) }
    }
}

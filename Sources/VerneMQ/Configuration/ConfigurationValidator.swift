/// Judges the configuration of one broker.
public enum ConfigurationValidator {
    /// Everything that is wrong with, or unwise in, the settings of all sources of one broker.
    ///
    /// Errors are what VerneMQ refuses, what makes it misbehave for certain, and what a setting says that cannot be meant;
    /// a broker with one of the first kind does not start. What single settings are about comes first, in their order, then
    /// what is wrong between them.
    ///
    /// - Parameter settings: in the order in which VerneMQ reads them; a later one of a source beats an earlier one.
    public static func findings(
        on settings: [Setting],
        version: VerneMQVersion,
        context: ConfigurationContext = ConfigurationContext()
    ) -> [Finding] {
        var judgement = ConfigurationJudgement(settings, version: version, context: context)
        judgement.checkSettings()
        judgement.checkDuplicates()
        judgement.checkListeners()
        judgement.checkPlugins()
        judgement.checkAuthentication()
        judgement.checkCombinations()
        judgement.checkImage()
        return judgement.findings
    }

    /// The settings that a release refuses for what they are themselves: a key that it does not know (which keeps a broker
    /// from starting), or a value that it does not take. What is wrong between settings is not looked at.
    public static func refused(_ settings: [Setting], by version: VerneMQVersion) -> [Setting] {
        let context = ConfigurationContext(environmentSources: [], isComplete: false)
        var judgement = ConfigurationJudgement(settings, version: version, context: context)
        judgement.checkSettings()
        let paths = Set(judgement.findings.filter { $0.severity == .error }.map(\.path))
        return settings.filter { paths.contains($0.keyPath) || paths.contains($0.valuePath) }
    }
}

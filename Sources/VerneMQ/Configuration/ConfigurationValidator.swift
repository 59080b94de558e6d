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
}

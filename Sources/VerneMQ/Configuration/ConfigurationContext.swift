/// What the validator must know about a broker besides its settings.
public struct ConfigurationContext: Sendable, Hashable {
    /// Whether the broker's image is the official one, or made from it: it brings an `etc/vm.args`, opens listeners of its
    /// own, and wants its licence accepted.
    public var usesOfficialImage: Bool
    /// Whether the operator gives the broker its node name.
    public var injectsNodeName: Bool
    /// Whether the licence is accepted elsewhere than in the settings. Nil where nobody can know, so that nothing is said.
    public var acceptsLicence: Bool?
    /// Plugins that are put into the broker beside those that it brings.
    public var providedPlugins: Set<String>
    /// Sources whose settings reach the broker as `DOCKER_VERNEMQ_…` variables, which cannot carry every text.
    public var environmentSources: Set<Setting.Source>
    /// Whether the settings are all that the broker gets; else what is absent may stand elsewhere, and nothing is said
    /// about what is missing.
    public var isComplete: Bool
    /// Where findings point to that are about what is absent: `spec`, `data[vernemq.conf]`.
    public var path: String

    /// A context; by default that of a broker in the official image whose settings are all known.
    public init(
        usesOfficialImage: Bool = true,
        injectsNodeName: Bool = true,
        acceptsLicence: Bool? = nil,
        providedPlugins: Set<String> = [],
        environmentSources: Set<Setting.Source> = [.environment],
        isComplete: Bool = true,
        path: String = "spec"
    ) {
        self.usesOfficialImage = usesOfficialImage
        self.injectsNodeName = injectsNodeName
        self.acceptsLicence = acceptsLicence
        self.providedPlugins = providedPlugins
        self.environmentSources = environmentSources
        self.isComplete = isComplete
        self.path = path
    }
}

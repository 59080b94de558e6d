import Document
import VerneMQ

/// The settings that a broker gets from its container's variables, and their judgement.
struct BrokerConfiguration {
    private var source: SettingsSource
    private let version: VerneMQVersion
    private let context: ConfigurationContext

    /// - Parameters:
    ///   - declared: what the annotation says about the version.
    ///   - version: the VerneMQ version to judge by; nil for the annotation's, else that of the image's tag.
    init(
        of broker: BrokerContainer,
        settings: Settings,
        declared: String?,
        judgingBy version: VerneMQVersion?
    ) {
        source = EnvironmentSettings.read(broker.environment, at: "\(broker.path).env")
        let image = broker.value["image"]?.stringValue.flatMap(ImageReference.init)
        // Which version an image without a telling tag has is nothing that its user could say here.
        let annotated = declared.flatMap(VerneMQVersion.init(tag:))
        let known = annotated ?? image?.version ?? ConfigurationSchema.newest
        self.version = version ?? ConfigurationSchema.version(for: known).version
        if let declared, annotated == nil {
            source.findings.append(VersionText.fault(declared, at: Annotation.version.path))
        }
        context = ConfigurationContext(
            usesOfficialImage: image?.isVerneMQ ?? false,
            // Said in any case where there are variables to say it in: see ImageChecks.
            acceptsLicence: true,
            providedPlugins: Set(settings.plugins.map(\.applicationName)),
            environmentSources: [.environment, .file],
            // Variables from elsewhere and the ConfigMap's settings are not seen here.
            isComplete: false,
            path: "\(broker.path).env"
        )
    }

    /// What is wrong with the variables alone.
    func findings() -> [Finding] {
        source.judged(by: version, context: context)
    }

    /// What is wrong with the variables and a ConfigMap's settings together.
    func findings(with configMap: JSONValue) -> [Finding] {
        let name = configMap["metadata"]?["name"]?.stringValue ?? ""
        let both = source + ConfigurationMap.read(configMap, prefix: "ConfigMap \(name): ")
        return both.judged(by: version, context: context)
    }
}

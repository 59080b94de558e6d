public import Document
import Injection
import Kubernetes
import LiveConfiguration
public import VerneMQ

/// The configuration of a labelled StatefulSet that no `VerneMQ` resource speaks of: that of the ConfigMap which its
/// annotation `config` names.
public struct AnnotatedConfiguration: Sendable, Hashable {
    /// The settings for running brokers.
    public let settings: LiveSettings
    /// The boot Secret to apply; nil while something is not valid, so that brokers go on starting with what they had.
    public let boot: DesiredObject?
    /// What the boot Secret does not hold yet, for the sake of brokers of another release.
    public var withheld: [WithheldSetting] = []

    /// The name of the ConfigMap, nil without the annotation.
    public static func configMapName(of statefulSet: JSONValue) -> String? {
        ObjectView(statefulSet).annotation(Annotation.config.name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Computes it.
    ///
    /// - Parameters:
    ///   - statefulSet: the set as it is stored.
    ///   - configMap: the ConfigMap; nil if there is none, which is an error that names it.
    ///   - releases: the releases of the brokers that there are, which start with the same boot Secret.
    public static func make(
        for statefulSet: JSONValue,
        configMap: JSONValue?,
        beside releases: Set<VerneMQVersion> = []
    ) -> AnnotatedConfiguration {
        let broker = InjectionState(of: statefulSet).broker
        let image = broker?["image"]?.stringValue.flatMap(ImageReference.init)
        let annotated = ObjectView(statefulSet).annotation(Annotation.version.name).flatMap(VerneMQVersion.init(tag:))
        let version = ConfigurationSchema.version(for: annotated ?? image?.version).version
        guard let configMap else {
            var settings = LiveSettings(version: annotated)
            settings.errors = [missing(configMapName(of: statefulSet) ?? "")]
            return AnnotatedConfiguration(settings: settings, boot: nil)
        }
        let name = ObjectView(configMap).name ?? ""
        let source = ConfigurationMap.read(configMap, prefix: "ConfigMap \(name): ")
        let environment = broker?["env"]?.arrayValue ?? []
        let both = EnvironmentSettings.read(environment, at: "env") + source
        let context = ConfigurationContext(
            usesOfficialImage: image?.isVerneMQ ?? false,
            environmentSources: [.environment, .file],
            isComplete: false
        )
        let boot = BootSettings(source.settings, environment: environment, version: version, beside: releases)
        var settings = LiveSettings(source.settings, version: annotated)
        settings.exclude(both.judged(by: version, context: context) + boot.findings)
        guard settings.errors.isEmpty else { return AnnotatedConfiguration(settings: settings, boot: nil) }
        let objects = CompanionPlan.objects(
            for: statefulSet,
            owner: OwnerReference.of(statefulSet),
            labels: [],
            boot: boot.data
        )
        return AnnotatedConfiguration(
            settings: settings,
            boot: objects.first { $0.role == .bootConfiguration },
            withheld: boot.withheld
        )
    }

    private static func missing(_ name: String) -> Finding {
        Finding(
            .error,
            path: Annotation.config.path,
            value: name.shortened,
            problem: "there is no ConfigMap of this name",
            remedy: "create it, with the label \(Label.config.name): \(Label.vernemq)"
        )
    }
}

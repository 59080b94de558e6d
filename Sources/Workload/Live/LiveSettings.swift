public import Document
import Injection
import Kubernetes
public import VerneMQ

/// The settings that running brokers of one StatefulSet are to have, with what of them cannot be had.
public struct LiveSettings: Sendable, Hashable {
    /// The settings.
    public var settings: [Setting]
    /// Keys that are not to be touched: something that is written about them is not valid.
    public var excluded: Set<String>
    /// `spec.config.plugins`, for the commands around starts and stops.
    public var plugins: [JSONValue]
    /// The declared VerneMQ release, for images whose tag does not tell.
    public var version: VerneMQVersion?
    /// What is not valid.
    public var errors: [Finding]

    /// Settings without a fault.
    public init(_ settings: [Setting] = [], plugins: [JSONValue] = [], version: VerneMQVersion? = nil) {
        self.settings = settings
        self.plugins = plugins
        self.version = version
        excluded = []
        errors = []
    }

    /// The settings of a resource.
    ///
    /// - Parameters:
    ///   - resource: the resource.
    ///   - configMap: the ConfigMap that it names.
    ///   - findings: everything that is wrong with it.
    public init(of resource: JSONValue, configMap: JSONValue?, findings: [Finding]) {
        self.init(
            VerneMQResource.settings(of: resource, configMap: configMap),
            plugins: resource["spec"]?["config"]?["plugins"]?.arrayValue ?? [],
            version: VerneMQResource.declaredVersion(of: resource)
        )
        exclude(findings)
    }

    /// Takes out what is not valid: the rest is applied all the same.
    mutating func exclude(_ findings: [Finding]) {
        errors += findings.filter { $0.severity == .error }
        let paths = Set(errors.map(\.path))
        excluded.formUnion(
            settings.filter { paths.contains($0.keyPath) || paths.contains($0.valuePath) }.map(\.key)
        )
    }
}

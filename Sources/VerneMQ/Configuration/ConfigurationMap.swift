public import Document

/// A ConfigMap that holds a broker's `vernemq.conf`, told by the label `vmq.k8s.vernemq.com/config: vernemq`.
public enum ConfigurationMap {
    /// The key under which the configuration stands.
    public static let key = "vernemq.conf"
    /// Where it stands, as findings write it.
    public static let path = "data[\(key)]"

    /// Whether a ConfigMap claims to hold a broker's configuration.
    public static func isSelected(_ object: JSONValue) -> Bool {
        object["metadata"]?["labels"]?[Label.config.name]?.stringValue == Label.vernemq
    }

    /// Everything that is wrong with the ConfigMap and with what is in it, as far as it can be judged alone; and, on an
    /// update, what the change means for brokers that run.
    ///
    /// - Parameters:
    ///   - old: the object that is stored, nil on CREATE.
    ///   - assumed: the version to judge by, whatever the annotation says; nil for what it says.
    public static func validate(
        _ object: JSONValue,
        old: JSONValue? = nil,
        judgingBy assumed: VerneMQVersion? = nil
    ) -> [Finding] {
        let declared = assumed.map { (version: $0, findings: []) } ?? version(of: object)
        let source = read(object)
        var findings = declared.findings
        // The rest of the broker's settings stands elsewhere, so nothing is said about what is missing.
        let context = ConfigurationContext(environmentSources: [.environment, .file], isComplete: false)
        findings += source.judged(by: declared.version, context: context)
        if let old, isSelected(old), !findings.contains(where: { $0.severity == .error }) {
            let change = ConfigurationChange(
                from: read(old).settings,
                to: source.settings,
                version: declared.version
            )
            findings += ChangeNotice.findings(on: change, path: path)
        }
        return findings
    }

    /// The settings of a ConfigMap, with everything that is wrong with it as a vessel and as a text.
    ///
    /// - Parameter prefix: what all paths begin with, where the ConfigMap is not the object under judgement:
    ///   `ConfigMap mqtt: `.
    public static func read(_ object: JSONValue, prefix: String = "") -> SettingsSource {
        let path = prefix + path
        if object["binaryData"]?[key] != nil {
            return fault(
                "\(prefix)binaryData[\(key)]",
                "the configuration is stored as binary data",
                "put it under data, as UTF-8 text"
            )
        }
        guard let entry = object["data"]?[key], !entry.isNull else {
            let keys = object["data"]?.objectValue?.keys.map { $0 } ?? []
            let others = keys.isEmpty ? "there is no data at all" : "there is " + keys.prefix(5).joined(separator: ", ")
            let subject =
                isSelected(object) ? "a ConfigMap with label \(Label.config.name)=\(Label.vernemq)" : "this ConfigMap"
            return fault(path, "\(subject) has no key \(key)", "add it (\(others)), or remove the label")
        }
        guard let text = entry.stringValue else {
            return fault(path, "the configuration is not text", "make it a YAML block: |")
        }
        var source = SettingsSource(ConfigurationFile(parsing: text, at: path))
        if text.allSatisfy(\.isWhitespace) { source.findings.append(emptiness(path)) }
        return source
    }

    /// What there is to say about a configuration without a word in it.
    public static func emptiness(_ path: String) -> Finding {
        Finding(
            .warning,
            path: path,
            problem: "the configuration is empty",
            remedy: "brokers run on their defaults and environment; remove the label if that is not meant"
        )
    }

    /// The version that the annotation names, else the newest: a ConfigMap alone does not know its brokers.
    private static func version(of object: JSONValue) -> (version: VerneMQVersion, findings: [Finding]) {
        guard let text = object["metadata"]?["annotations"]?[Annotation.version.name]?.stringValue else {
            return (ConfigurationSchema.newest, [])
        }
        guard let declared = VerneMQVersion(tag: text) else {
            return (ConfigurationSchema.newest, [VersionText.fault(text, at: Annotation.version.path)])
        }
        let judged = ConfigurationSchema.version(for: declared, path: Annotation.version.path)
        return (judged.version, judged.warning.map { [$0] } ?? [])
    }

    private static func fault(_ path: String, _ problem: String, _ remedy: String) -> SettingsSource {
        SettingsSource(findings: [Finding(.error, path: path, problem: problem, remedy: remedy)])
    }
}

/// Versions as users declare them.
public enum VersionText {
    /// What there is to say about a text that is no version.
    public static func fault(_ text: String, at path: String) -> Finding {
        Finding(
            .error,
            path: path,
            value: text.shortened,
            problem: "not a VerneMQ version",
            remedy: "must be two to four numbers with dots between them, such as 2.1.1"
        )
    }
}

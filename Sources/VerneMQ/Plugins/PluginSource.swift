public import Document

/// Where a plugin's source code is and how it is built: an entry of the annotation `plugins` or of a resource's
/// `spec.externalPlugins`.
public struct PluginSource: Sendable, Hashable {
    /// What a version names.
    public enum VersionType: String, Sendable, Hashable, CaseIterable {
        /// The head of a branch: moves.
        case branch
        /// A tag: can be moved.
        case tag
        /// A commit by its id: fixed.
        case commit
    }

    /// The Erlang application, which is also the plugin's name.
    public var applicationName: String
    /// The Git URL: `https://…`, `ssh://…` or `user@host:path`.
    public var repositoryURL: String
    /// What ``version`` names.
    public var versionType: VersionType
    /// The branch, tag or commit id.
    public var version: String
    /// The directory in the repository that holds the project, nil for the root.
    public var subdirectory: String?
    /// The Secret with the credentials for the repository, in the pods' namespace.
    public var credentialsSecret: String?
    /// The image to build with, nil for the one that fits the broker's OTP release.
    public var builderImage: String?

    /// The fields of an entry.
    public static let fields: [SchemaField] = [
        SchemaField("applicationName", .string, required: true, "Name of the plugin's Erlang application."),
        SchemaField("repoURL", .string, required: true, "URL of the Git repository, by https or ssh."),
        SchemaField(
            "versionType",
            .choice(VersionType.allCases.map(\.rawValue)),
            required: true,
            "What version names. Only a commit is the same for ever."
        ),
        SchemaField("version", .string, required: true, "The branch, tag or commit to build."),
        SchemaField("subdirectory", .string, "Directory of the project in the repository, the root by default."),
        SchemaField(
            "credentialsSecretRef",
            .object([SchemaField("name", .string, required: true, "Name of the Secret, in the same namespace.")]),
            "Secret with the credentials for the repository."
        ),
        SchemaField(
            "builderImage",
            .string,
            "Image to build with, one with the broker's Erlang/OTP release by default."
        ),
    ]

    /// Reads a list of sources and reports everything that is wrong with it.
    ///
    /// - Parameters:
    ///   - list: the list.
    ///   - path: its path as the API server writes it.
    ///   - policy: which repositories are allowed.
    /// - Returns: the sources, without those that have an error, and the findings about all of them.
    public static func read(
        _ list: JSONValue,
        at path: String,
        policy: PluginPolicy = .unrestricted
    ) -> (sources: [PluginSource], findings: [Finding]) {
        guard case .array(let elements) = list else {
            return ([], SchemaType.list(.object(fields)).check(list, at: path))
        }
        var sources: [PluginSource] = []
        var findings: [Finding] = []
        var owners: [String: String] = [:]
        for (index, element) in elements.enumerated() {
            let elementPath = "\(path)[\(index)]"
            var faults = SchemaType.object(fields).check(element, at: elementPath)
            if faults.isEmpty, let source = PluginSource(checked: element) {
                faults = source.check(at: elementPath, policy: policy)
                if let owner = owners.updateValue(source.applicationName, forKey: source.unitName) {
                    let problem = "makes the same container name as \"\(owner)\", which stands before it"
                    faults.append(
                        Finding(
                            .error,
                            path: "\(elementPath).applicationName",
                            value: source.applicationName,
                            problem: problem,
                            remedy: "each application can be given once"
                        )
                    )
                }
                if !faults.contains(where: { $0.severity == .error }) { sources.append(source) }
            }
            findings += faults
        }
        return (sources, findings)
    }

    /// Whether the repository is reached by ssh, in either form of such URLs.
    public var isReachedBySSH: Bool { GitURL.location(of: repositoryURL)?.scheme == "ssh" }

    /// The application's name as part of a Kubernetes name: lower case, hyphens for underscores.
    public var unitName: String {
        String(applicationName.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    /// The entry must have passed the check of its structure.
    private init?(checked entry: JSONValue) {
        guard let name = entry["applicationName"]?.stringValue, let url = entry["repoURL"]?.stringValue,
            let type = entry["versionType"]?.stringValue.flatMap(VersionType.init(rawValue:)),
            let version = entry["version"]?.stringValue
        else { return nil }
        applicationName = name
        repositoryURL = url
        versionType = type
        self.version = version
        subdirectory = entry["subdirectory"]?.stringValue.flatMap { $0.isEmpty || $0 == "." ? nil : $0 }
        credentialsSecret = entry["credentialsSecretRef"]?["name"]?.stringValue
        builderImage = entry["builderImage"]?.stringValue
    }
}

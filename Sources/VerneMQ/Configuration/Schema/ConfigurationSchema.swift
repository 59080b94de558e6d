/// Everything that may stand in `vernemq.conf`, for all supported releases of VerneMQ.
///
/// The source is VerneMQ's own: the cuttlefish schemas of each release tag and what the broker does with each key, brought
/// into a small resource by Scripts/generate-schema.
public struct ConfigurationSchema: Sendable {
    /// The schema that this build carries. It is read once, when it is asked for first.
    public static let shared = ConfigurationSchema(parsing: resource)

    /// The oldest release that is supported.
    public static let oldest = VerneMQVersion(1, 10, 0)
    /// The newest release that is known.
    public static let newest = VerneMQVersion(2, 2, 0)

    /// All keys, in the order of VerneMQ's schema files, removed ones at the end.
    public let rules: [ConfigurationRule]
    /// All releases from the oldest to the newest.
    public let releases: [VerneMQVersion]
    /// Names that no listener can have, because VerneMQ takes the line for the option of that name.
    public let optionNames: Set<String>
    /// What could not be read; empty in every build that passes its tests.
    let faults: [String]
    private let index: ConfigurationIndex

    init(rules: [ConfigurationRule], releases: [VerneMQVersion], optionNames: Set<String>, faults: [String]) {
        self.rules = rules
        self.releases = releases
        self.optionNames = optionNames
        self.faults = faults
        index = ConfigurationIndex(rules)
    }

    /// What a release knows of a key.
    ///
    /// - Parameter suggesting: whether an unknown key is compared with all others for a suggestion, which costs more than
    ///   all else.
    public func rule(for key: String, version: VerneMQVersion, suggesting: Bool = true) -> ConfigurationMatch {
        guard let rule = index.find(key) else {
            return .unknown(suggestion: suggesting ? suggestion(for: key, version: version) : nil)
        }
        if let removed = rule.removed, removed <= version { return .removed(rule, in: removed) }
        if isKnown(rule, in: version) { return .known(rule, names: rule.names(in: key)) }
        return .notYet(rule, names: rule.names(in: key), since: rule.since)
    }

    /// The rule of a key, whichever release has it.
    func rule(of key: String) -> ConfigurationRule? { index.find(key) }

    /// Whether a release has a rule.
    public func isKnown(_ rule: ConfigurationRule, in version: VerneMQVersion) -> Bool {
        if let removed = rule.removed, removed <= version { return false }
        if rule.isUnreleased { return version > Self.newest }
        return rule.since.map { $0 <= version } ?? true
    }

    /// The release by which a configuration is judged.
    ///
    /// - Parameter declared: what the resource, the image tag or an annotation says; nil if nothing does.
    /// - Parameter path: where it says so, for the warning.
    /// - Returns: the declared release if it is a supported one. The newest if none is declared and the oldest if it is
    ///   older, each with a warning. One that is newer than the newest is kept, with a warning: keys that VerneMQ's source
    ///   had after the newest release are then taken for known.
    public static func version(
        for declared: VerneMQVersion?,
        path: String = "spec.version"
    ) -> (version: VerneMQVersion, warning: Finding?) {
        func warning(_ problem: String, _ remedy: String) -> Finding {
            Finding(.warning, path: path, value: declared?.description, problem: problem, remedy: remedy)
        }
        guard let declared else {
            let problem = "the VerneMQ version is unknown"
            return (newest, warning(problem, "settings are judged by \(newest); say which version it is"))
        }
        if declared < oldest {
            let problem = "VerneMQ before \(oldest) is not supported"
            return (oldest, warning(problem, "settings are judged by \(oldest)"))
        }
        // A patch release of the newest series brings no keys.
        if declared.series > newest {
            let problem = "this VerneMQ version is newer than this operator"
            return (declared, warning(problem, "settings are judged by \(newest); an upgrade of the operator may help"))
        }
        return (declared, nil)
    }
}

extension VerneMQVersion {
    /// The series that a release belongs to, 2.1 for 2.1.1.
    fileprivate var series: VerneMQVersion {
        var numbers = numbers.makeIterator()
        return VerneMQVersion(numbers.next() ?? 0, numbers.next() ?? 0)
    }
}

/// What the schema says about a key as somebody wrote it.
public enum ConfigurationMatch: Sendable {
    /// The release knows it. The names are those of the wildcards: `["$name": "default"]`.
    case known(ConfigurationRule, names: [String: String])
    /// A later release knows it; nil for one that is not out yet.
    case notYet(ConfigurationRule, names: [String: String], since: VerneMQVersion?)
    /// An earlier release knew it.
    case removed(ConfigurationRule, in: VerneMQVersion)
    /// No release knows it, or it is not a key at all. The suggestion is the nearest key of the release, with the names
    /// that the user gave.
    case unknown(suggestion: String?)

    /// The rule, nil where the key is unknown.
    public var rule: ConfigurationRule? {
        switch self {
        case .known(let rule, _), .notYet(let rule, _, _), .removed(let rule, _): rule
        case .unknown: nil
        }
    }
}

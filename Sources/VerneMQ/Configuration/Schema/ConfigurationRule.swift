/// What VerneMQ knows of one key, or of one family of keys: a record of the schema.
public struct ConfigurationRule: Sendable, Hashable {
    /// How type and default were before a release.
    struct Earlier: Sendable, Hashable {
        /// The first release in which it was no longer so.
        var before: VerneMQVersion
        /// The type, nil where it is as in the following releases.
        var type: ConfigurationType?
        /// The default, empty for none; nil where it is as in the following releases.
        var defaultValue: String?
    }

    /// The key, with `$name`, `$module`, `$script` or `$topic_id` for a segment that the user names:
    /// `listener.tcp.$name.max_connections`.
    public internal(set) var pattern: String
    /// What stands between the dots.
    public internal(set) var segments: [String]
    var newestType: ConfigurationType
    var newestDefault: String?
    /// Oldest first.
    var earlier: [Earlier] = []
    /// What values must look like beyond their type.
    public internal(set) var format: ConfigurationFormat?
    /// The unit of a number: `seconds`, `milliseconds`, `bytes`; nil where it has none, or where the value names it.
    public internal(set) var unit: String?
    /// What a certain number stands for: `0 = no limit`.
    public internal(set) var special: String?
    /// The range of a number, open at an end that is nil.
    public internal(set) var minimum: Int64?
    /// The range's end.
    public internal(set) var maximum: Int64?
    /// Whether VerneMQ itself refuses a number outside of the range; else it accepts it and misbehaves.
    public internal(set) var isRangeEnforced = false
    /// Values that make sense where VerneMQ takes others as well; empty where all do.
    public internal(set) var usualValues: [String] = []
    /// The release that brought the key; nil if it is older than all supported ones.
    public internal(set) var since: VerneMQVersion?
    /// Whether no release has the key yet, only the source after the newest one.
    public internal(set) var isUnreleased = false
    /// The release that no longer has it.
    public internal(set) var removed: VerneMQVersion?
    /// The key that took its place.
    public internal(set) var replacement: String?
    /// When a change made in a running broker takes effect, as in `new sessions`; nil where it needs a restart.
    var liveEffect: String?
    var liveSince: VerneMQVersion?
    /// What the key needs to be of any use, as a line of the configuration: `plugins.vmq_acl = on`.
    public internal(set) var requirement: String?
    /// Whether values are passwords or keys, which no message may show.
    public internal(set) var isSecret = false
    /// Whether VerneMQ accepts the key and does nothing with it.
    public internal(set) var isInert = false
    /// Whether VerneMQ calls the key deprecated.
    public internal(set) var isDeprecated = false
    /// From which release on nothing that the key is part of works.
    var brokenSince: VerneMQVersion?
    /// Whether the value ends up in `etc/vm.args`, which a file that is already there overrules.
    public internal(set) var isVMArgument = false
    /// Whether the stock configuration file leaves the key out.
    public internal(set) var isHidden = false
    /// The application or plugin that it belongs to.
    public internal(set) var part: String
    /// Traps, each a clause.
    public internal(set) var notes: [String] = []
}

extension ConfigurationRule {
    /// The type that values have in a release.
    public func type(in version: VerneMQVersion) -> ConfigurationType {
        for form in earlier where version < form.before {
            if let type = form.type { return type }
        }
        return newestType
    }

    /// The value that holds in a release where the key is not set, as `vernemq.conf` would have it; nil for none.
    public func defaultValue(in version: VerneMQVersion) -> String? {
        for form in earlier where version < form.before {
            if let value = form.defaultValue { return value.isEmpty ? nil : value }
        }
        return newestDefault
    }

    /// When `vmq-admin set` in a running broker of that release takes effect, as in `new sessions`; nil where the broker
    /// has to be restarted.
    public func liveEffect(in version: VerneMQVersion) -> String? {
        if let liveSince, version < liveSince { return nil }
        return liveEffect
    }

    /// Whether nothing that the key is part of works in a release.
    public func isBroken(in version: VerneMQVersion) -> Bool {
        brokenSince.map { $0 <= version } ?? false
    }

    /// The name of the plugin that the key needs, nil for none.
    public var requiredPlugin: String? {
        guard let requirement, requirement.hasPrefix("plugins."), requirement.hasSuffix(" = on") else { return nil }
        return String(requirement.dropFirst("plugins.".count).dropLast(" = on".count))
    }

    /// Whether the key has segments that the user names.
    public var hasWildcards: Bool { segments.contains { $0.hasPrefix("$") } }

    /// The key with names for its wildcards; a wildcard without a name stays.
    public func key(_ names: [String: String]) -> String {
        guard hasWildcards else { return pattern }
        return segments.map { names[$0] ?? $0 }.joined(separator: ".")
    }
}

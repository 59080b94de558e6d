/// What VerneMQ knows of one key, or of one family of keys: a record of the schema.
///
/// A class because rules are passed around for every setting that is judged, and copying one would cost more than that.
public final class ConfigurationRule: Sendable {
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
    public let pattern: String
    /// What stands between the dots.
    public let segments: [String]
    let newestType: ConfigurationType
    let newestDefault: String?
    /// Oldest first.
    let earlier: [Earlier]
    /// What values must look like beyond their type.
    public let format: ConfigurationFormat?
    /// The unit of a number: `seconds`, `milliseconds`, `bytes`; nil where it has none, or where the value names it.
    public let unit: String?
    /// What a certain number stands for: `0 = no limit`.
    public let special: String?
    /// The range of a number, open at an end that is nil.
    public let minimum: Int64?
    /// The range's end.
    public let maximum: Int64?
    /// Whether VerneMQ itself refuses a number outside of the range; else it accepts it and misbehaves.
    public let isRangeEnforced: Bool
    /// Values that make sense where VerneMQ takes others as well; empty where all do.
    public let usualValues: [String]
    /// The release that brought the key; nil if it is older than all supported ones.
    public let since: VerneMQVersion?
    /// Whether no release has the key yet, only the source after the newest one.
    public let isUnreleased: Bool
    /// The release that no longer has it.
    public let removed: VerneMQVersion?
    /// The key that took its place.
    public let replacement: String?
    /// When a change made in a running broker takes effect, as in `new sessions`; nil where it needs a restart.
    let liveEffect: String?
    let liveSince: VerneMQVersion?
    /// What the key needs to be of any use, as a line of the configuration: `plugins.vmq_acl = on`.
    public let requirement: String?
    /// Whether values are passwords or keys, which no message may show.
    public let isSecret: Bool
    /// Whether VerneMQ accepts the key and does nothing with it.
    public let isInert: Bool
    /// Whether VerneMQ calls the key deprecated.
    public let isDeprecated: Bool
    /// From which release on nothing that the key is part of works.
    let brokenSince: VerneMQVersion?
    /// Whether the value ends up in `etc/vm.args`, which a file that is already there overrules.
    public let isVMArgument: Bool
    /// Whether the stock configuration file leaves the key out.
    public let isHidden: Bool
    /// The application or plugin that it belongs to.
    public let part: String
    /// Traps, each a clause.
    public let notes: [String]
    /// The name of the plugin that the key needs, nil for none.
    public let requiredPlugin: String?
    /// Whether the key has segments that the user names.
    public let hasWildcards: Bool
    /// Whether the key gives a listener its address: `listener.tcp.$name`.
    let isListenerAddress: Bool
    /// How many letters the segments have that the user does not name.
    let letters: Int

    init(_ draft: Draft) {
        pattern = draft.pattern
        segments = draft.segments
        newestType = draft.newestType
        newestDefault = draft.newestDefault
        earlier = draft.earlier
        format = draft.format
        unit = draft.unit
        special = draft.special
        minimum = draft.minimum
        maximum = draft.maximum
        isRangeEnforced = draft.isRangeEnforced
        usualValues = draft.usualValues
        since = draft.since
        isUnreleased = draft.isUnreleased
        removed = draft.removed
        replacement = draft.replacement
        liveEffect = draft.liveEffect
        liveSince = draft.liveSince
        requirement = draft.requirement
        isSecret = draft.isSecret
        isInert = draft.isInert
        isDeprecated = draft.isDeprecated
        brokenSince = draft.brokenSince
        isVMArgument = draft.isVMArgument
        isHidden = draft.isHidden
        part = draft.part
        notes = draft.notes
        isListenerAddress = pattern.hasPrefix("listener.") && pattern.hasSuffix(".$name") && segments.count == 3
        hasWildcards = segments.contains { $0.hasPrefix("$") }
        requiredPlugin = requirement.flatMap(Self.plugin)
        letters = segments.reduce(0) { $0 + ($1.hasPrefix("$") ? 0 : $1.utf8.count) }
    }
}

extension ConfigurationRule {
    /// A rule while its record is being read.
    struct Draft {
        var pattern: String
        var segments: [String]
        var newestType: ConfigurationType
        var newestDefault: String?
        var earlier: [Earlier] = []
        var format: ConfigurationFormat?
        var unit: String?
        var special: String?
        var minimum: Int64?
        var maximum: Int64?
        var isRangeEnforced = false
        var usualValues: [String] = []
        var since: VerneMQVersion?
        var isUnreleased = false
        var removed: VerneMQVersion?
        var replacement: String?
        var liveEffect: String?
        var liveSince: VerneMQVersion?
        var requirement: String?
        var isSecret = false
        var isInert = false
        var isDeprecated = false
        var brokenSince: VerneMQVersion?
        var isVMArgument = false
        var isHidden = false
        var part: String
        var notes: [String] = []
    }
}

extension ConfigurationRule: Hashable {
    /// Whether both are the rule of one key.
    public static func == (left: ConfigurationRule, right: ConfigurationRule) -> Bool {
        left === right || left.pattern == right.pattern && left.removed == right.removed
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(pattern)
    }
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

    /// The plugin in `plugins.NAME = on`.
    private static func plugin(_ requirement: String) -> String? {
        guard requirement.hasPrefix("plugins."), requirement.hasSuffix(" = on") else { return nil }
        return String(requirement.dropFirst("plugins.".count).dropLast(" = on".count))
    }

    /// The key with names for its wildcards; a wildcard without a name stays.
    public func key(_ names: [String: String]) -> String {
        guard hasWildcards else { return pattern }
        return segments.map { names[$0] ?? $0 }.joined(separator: ".")
    }

    /// The names that stand for the wildcards in a key of this family.
    func names(in key: String) -> [String: String] {
        guard hasWildcards else { return [:] }
        var names: [String: String] = [:]
        for (segment, name) in zip(segments, key.split(separator: ".", omittingEmptySubsequences: false))
        where segment.hasPrefix("$") {
            names[segment] = String(name)
        }
        return names
    }
}

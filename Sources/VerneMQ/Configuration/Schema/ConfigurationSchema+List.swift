extension ConfigurationRule {
    /// The releases in which type or default became what they are now, oldest first.
    public var changes: [VerneMQVersion] { earlier.map(\.before) }
}

extension ConfigurationSchema {
    /// The rule of a key as a person names it: with names for its wildcards, or as the schema has it with `$name`.
    public func rule(named text: String) -> ConfigurationRule? {
        rule(of: text) ?? rules.first { $0.pattern == text }
    }

    /// The keys that contain a text, or that a pattern with `*` for any text matches as a whole; all keys for an empty one.
    ///
    /// - Parameter version: leaves out what that release does not know; nil leaves nothing out.
    public func rules(matching pattern: String, version: VerneMQVersion? = nil) -> [ConfigurationRule] {
        let parts = pattern.split(separator: "*", maxSplits: 16, omittingEmptySubsequences: false).map(String.init)
        return rules.filter { rule in
            if let version, !isKnown(rule, in: version) { return false }
            return parts.count == 1
                ? pattern.isEmpty || rule.pattern.contains(pattern) : Self.matches(rule.pattern, parts)
        }
    }

    /// Whether a text is made of these parts with anything between them.
    private static func matches(_ text: String, _ parts: [String]) -> Bool {
        guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

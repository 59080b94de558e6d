extension ConfigurationRule {
    /// What is wrong with a bridge's topic line.
    func topicFault(_ value: String) -> ValueFault? {
        var words = value.split(whereSeparator: \.isWhitespace)[...]
        guard let pattern = words.popFirst() else { return ValueFault("there is no topic") }
        if ["out", "in", "both"].contains(words.first) { words.removeFirst() }
        if ["0", "1", "2"].contains(words.first) { words.removeFirst() }
        if words.first == "retain" { words.removeFirst() }
        guard words.isEmpty || words.count == 2 else {
            return ValueFault("behind the topic there is neither nothing nor two prefixes")
        }
        return Self.isFilter(pattern) ? nil : .warning("VerneMQ accepts it, and it is no topic filter of MQTT")
    }

    /// Whether # stands at the end and + alone on its level (MQTT 5 §4.7.1); VerneMQ takes * for #.
    private static func isFilter(_ pattern: Substring) -> Bool {
        let levels = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return levels.enumerated().allSatisfy { position, level in
            if level == "#" || level == "*" { return position == levels.count - 1 }
            return level == "+" || !level.contains { "#+".contains($0) }
        }
    }
}

import Document
import VerneMQ

/// What there is to say about one setting.
struct Explanation {
    /// As the user named it.
    var key: String
    var rule: ConfigurationRule
    var release: VerneMQVersion

    /// Several lines, each with a title in front.
    var text: String {
        var rows: [(String, String)] = [("takes", rule.expectation(in: release))]
        if rule.pattern != key { rows.insert(("key", rule.pattern), at: 0) }
        if rule.minimum != nil || rule.maximum != nil, !rule.isRangeEnforced {
            rows.append(("", "VerneMQ itself does not check the range"))
        }
        rows.append(("default", rule.defaultValue(in: release) ?? "none"))
        rows += history.map { ("", $0) }
        rows.append(("known", life))
        rows.append(
            ("change", rule.liveEffect(in: release).map { "in the running broker: \($0)" } ?? "needs a restart")
        )
        if let requirement = rule.requirement { rows.append(("needs", requirement)) }
        rows.append(("part of", rule.part))
        rows += marks.map { ("note", $0.sentence) }
        rows += rule.notes.map { ("note", $0) }
        let lines = rows.map { title, content in
            "  \(title)\(String(repeating: " ", count: max(1, 10 - title.count)))\(content)\n"
        }
        return "\(key)\n" + lines.joined()
    }

    /// In which releases there is such a key.
    var life: String {
        if let removed = rule.removed {
            let origin = rule.since.map { "from \($0) " } ?? ""
            return "\(origin)until \(removed)" + (rule.replacement.map { ", which has \($0) instead" } ?? "")
        }
        if rule.isUnreleased { return "after \(ConfigurationSchema.newest), in no release so far" }
        return rule.since.map { "since \($0)" } ?? "in all releases since \(ConfigurationSchema.oldest)"
    }

    /// How type and default were before.
    private var history: [String] {
        let releases = ConfigurationSchema.shared.releases
        return rule.changes.compactMap { change in
            guard let before = releases.last(where: { $0 < change }) else { return nil }
            var parts: [String] = []
            if rule.defaultValue(in: before) != rule.defaultValue(in: change) {
                parts.append("default \(rule.defaultValue(in: before) ?? "none")")
            }
            if rule.type(in: before) != rule.type(in: change) { parts.append("took \(rule.expectation(in: before))") }
            return parts.isEmpty ? nil : "before \(change): " + parts.joined(separator: ", ")
        }
    }

    private var marks: [(name: String, sentence: String)] {
        var marks: [(String, String)] = []
        if rule.isSecret { marks.append(("secret", "a secret: no message shows its value")) }
        if rule.isInert { marks.append(("inert", "VerneMQ accepts it and does nothing with it")) }
        if rule.isDeprecated { marks.append(("deprecated", "VerneMQ calls it deprecated")) }
        if rule.isBroken(in: release) { marks.append(("broken", "what it is part of does not work in \(release)")) }
        if rule.isVMArgument { marks.append(("vmArgs", "ignored where etc/vm.args exists, as in the official image")) }
        return marks
    }

    /// All keys under each other, with type and default.
    static func table(_ explanations: [Explanation]) -> String {
        let width = min(64, explanations.map(\.key.count).max() ?? 0)
        return explanations.map { explanation in
            let rule = explanation.rule
            let value = rule.defaultValue(in: explanation.release).map { "  \($0)" } ?? ""
            let padding = String(repeating: " ", count: max(0, width - explanation.key.count))
            let type = "\(rule.type(in: explanation.release))"
            return "\(explanation.key)\(padding)  \(type.count > 40 ? type.prefix(39) + "…" : type)\(value)\n"
        }.joined()
    }

    /// For programs; members that say nothing are absent.
    var jsonValue: JSONValue {
        var members: JSONObject = [
            "key": .string(key), "pattern": .string(rule.pattern), "version": .string("\(release)"),
            "known": .bool(ConfigurationSchema.shared.isKnown(rule, in: release)),
            "type": .string("\(rule.type(in: release))"), "takes": .string(rule.expectation(in: release)),
        ]
        members["default"] = rule.defaultValue(in: release).map { .string($0) }
        members["unit"] = rule.unit.map { .string($0) }
        members["minimum"] = rule.minimum.map { .integer($0) }
        members["maximum"] = rule.maximum.map { .integer($0) }
        if rule.minimum != nil || rule.maximum != nil { members["rangeEnforced"] = .bool(rule.isRangeEnforced) }
        members["since"] = rule.since.map { .string("\($0)") }
        members["removed"] = rule.removed.map { .string("\($0)") }
        members["replacement"] = rule.replacement.map { .string($0) }
        members["live"] = rule.liveEffect(in: release).map { .string($0) }
        members["requires"] = rule.requirement.map { .string($0) }
        members["part"] = .string(rule.part)
        for mark in marks { members[mark.name] = true }
        if !history.isEmpty { members["history"] = .array(history.map { .string($0) }) }
        if !rule.notes.isEmpty { members["notes"] = .array(rule.notes.map { .string($0) }) }
        return .object(members)
    }
}

extension ConfigurationSchema {
    /// The key of a release that is nearest to an unknown one, with the names that the user gave in place of wildcards:
    /// `listener.tcp.mine.max_conections` leads to `listener.tcp.mine.max_connections`. Nil if none is near.
    func suggestion(for key: String, version: VerneMQVersion) -> String? {
        guard key.utf8.count <= 100 else { return nil }
        // With a name that VerneMQ cannot read, the nearest key would be no key either.
        guard key.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(ConfigurationIndex.isName) else {
            return nil
        }
        let written = key.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(Array.init(scalars:))
        var distances: [[String: Int]] = Array(repeating: [:], count: written.count)
        var best: (key: String, distance: Int)?
        for rule in rules where rule.segments.count == written.count && isKnown(rule, in: version) {
            var total = 0
            let limit = max(1, rule.letters / 3)
            for (position, segment) in rule.segments.enumerated() where !segment.hasPrefix("$") {
                let known = distances[position][segment]
                let distance = known ?? Self.distance(written[position], segment)
                distances[position][segment] = distance
                total += distance
                if total > limit { break }
            }
            guard total <= limit, total < best?.distance ?? .max else { continue }
            best = (Self.fill(rule, from: key), total)
        }
        return best?.key ?? flatSuggestion(for: key, version: version)
    }

    /// The nearest key without wildcards, for one whose dots are at the wrong places.
    private func flatSuggestion(for key: String, version: VerneMQVersion) -> String? {
        let length = key.utf8.count
        let candidates = rules.lazy.filter { rule in
            !rule.hasWildcards && abs(rule.pattern.utf8.count - length) <= length / 4 && isKnown(rule, in: version)
        }
        guard let nearest = Suggestion.nearest(to: key, among: candidates.map(\.pattern)) else { return nil }
        let distance = Suggestion.distance(Array(scalars: key[...]), Array(scalars: nearest[...]))
        return distance <= max(1, length / 6) ? nearest : nil
    }

    /// Letters that differ, or more than any suggestion may have where the lengths tell enough.
    private static func distance(_ written: [Unicode.Scalar], _ segment: String) -> Int {
        let other = Array(scalars: segment[...])
        let difference = abs(written.count - other.count)
        guard difference <= max(written.count, other.count) / 2 else { return 1000 }
        return Suggestion.distance(written, other)
    }

    private static func fill(_ rule: ConfigurationRule, from key: String) -> String {
        let names = key.split(separator: ".", omittingEmptySubsequences: false)
        return zip(rule.segments, names).map { segment, name in segment.hasPrefix("$") ? String(name) : segment }
            .joined(separator: ".")
    }
}

extension [Unicode.Scalar] {
    /// The scalars of a text.
    fileprivate init(scalars text: Substring) {
        self = Array(text.unicodeScalars)
    }
}

/// Finds the rule of a key: exact keys by hashing, families of keys by their segments.
struct ConfigurationIndex: Sendable {
    private struct Node: Sendable {
        var literal: [Substring: Int] = [:]
        /// Wildcards of different names may share a place.
        var wildcard: Int?
        var rule: ConfigurationRule?
    }

    private var exact: [String: ConfigurationRule] = [:]
    private var nodes = [Node()]

    init(_ rules: [ConfigurationRule]) {
        exact.reserveCapacity(rules.count)
        for rule in rules {
            guard rule.hasWildcards else {
                exact[rule.pattern] = rule
                continue
            }
            var node = 0
            for segment in rule.segments {
                node = child(of: node, segment[...])
            }
            nodes[node].rule = rule
        }
    }

    private mutating func child(of node: Int, _ segment: Substring) -> Int {
        let isWildcard = segment.hasPrefix("$")
        if let known = isWildcard ? nodes[node].wildcard : nodes[node].literal[segment] { return known }
        let new = nodes.count
        nodes.append(Node())
        if isWildcard { nodes[node].wildcard = new } else { nodes[node].literal[segment] = new }
        return new
    }

    /// The rule of a key, nil if there is none.
    func find(_ key: String) -> ConfigurationRule? {
        if let rule = exact[key] { return rule }
        let segments = key.split(separator: ".", maxSplits: 16, omittingEmptySubsequences: false)
        return segments.count <= 16 ? descend(0, segments[...]) : nil
    }

    /// A literal segment beats a wildcard, as in cuttlefish; where it leads nowhere, the wildcard is tried.
    private func descend(_ node: Int, _ rest: ArraySlice<Substring>) -> ConfigurationRule? {
        guard let segment = rest.first else { return nodes[node].rule }
        if let next = nodes[node].literal[segment], let found = descend(next, rest.dropFirst()) { return found }
        guard let next = nodes[node].wildcard, Self.isName(segment) else { return nil }
        return descend(next, rest.dropFirst())
    }

    /// What may stand for a wildcard: letters, digits, underscores and dashes.
    static func isName(_ segment: Substring) -> Bool {
        !segment.isEmpty
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

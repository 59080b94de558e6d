/// Finds the rule of a key: exact keys by hashing, families of keys by their segments.
struct ConfigurationIndex: Sendable {
    private struct Node: Sendable {
        var literal: [Substring: Int] = [:]
        /// Wildcards of different names may share a place.
        var wildcard: Int?
        var rule: Int?
    }

    private var exact: [String: Int] = [:]
    private var nodes = [Node()]
    private var wildcards: [[String]] = []

    init(_ rules: [ConfigurationRule]) {
        wildcards = rules.map { rule in rule.segments.filter { $0.hasPrefix("$") } }
        exact.reserveCapacity(rules.count)
        for (position, rule) in rules.enumerated() {
            guard rule.hasWildcards else {
                exact[rule.pattern] = position
                continue
            }
            var node = 0
            for segment in rule.segments {
                node = child(of: node, segment[...])
            }
            nodes[node].rule = position
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

    /// The position of the rule, and the names of its wildcards.
    func find(_ key: String) -> (rule: Int, names: [String: String])? {
        if let position = exact[key] { return (position, [:]) }
        let segments = key.split(separator: ".", maxSplits: 16, omittingEmptySubsequences: false)
        guard segments.count <= 16 else { return nil }
        var bound: [Substring] = []
        guard let position = descend(0, segments[...], &bound) else { return nil }
        var names: [String: String] = [:]
        for (wildcard, name) in zip(wildcards[position], bound) { names[wildcard] = String(name) }
        return (position, names)
    }

    /// A literal segment beats a wildcard, as in cuttlefish; where it leads nowhere, the wildcard is tried.
    private func descend(_ node: Int, _ rest: ArraySlice<Substring>, _ bound: inout [Substring]) -> Int? {
        guard let segment = rest.first else { return nodes[node].rule }
        if let next = nodes[node].literal[segment], let found = descend(next, rest.dropFirst(), &bound) { return found }
        guard let next = nodes[node].wildcard, Self.isName(segment) else { return nil }
        bound.append(segment)
        if let found = descend(next, rest.dropFirst(), &bound) { return found }
        bound.removeLast()
        return nil
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

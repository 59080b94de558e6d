/// Which repositories plugins may come from: what the operator's administrator decides, beside what is safe at all.
///
/// A plugin runs inside the broker with all its rights, and its build runs before that in the broker's pod. So whoever may
/// push to an allowed repository may do there what he likes. The list is about repositories named in plugin sources; what
/// their builds fetch as dependencies is theirs to choose.
public struct PluginPolicy: Sendable, Hashable {
    /// What is allowed; nothing here means that every source is.
    public let patterns: [PluginSourcePattern]

    /// Every source that is safe to hand to git.
    public static let unrestricted = PluginPolicy(patterns: [])

    /// A policy that allows what at least one pattern matches; without patterns, everything.
    public init(patterns: [PluginSourcePattern]) {
        self.patterns = patterns
    }

    /// Whether a plugin may come from a URL, which ``PluginSource`` accepts otherwise.
    public func allows(_ url: String) -> Bool {
        guard !patterns.isEmpty else { return true }
        guard let location = GitURL.location(of: url) else { return false }
        return patterns.contains { $0.matches(location) }
    }

    /// What is wrong with a URL in the eyes of this policy.
    func fault(in url: String) -> PluginSource.Fault? {
        guard !allows(url) else { return nil }
        let allowed = patterns.map(\.text).joined(separator: ", ").shortened
        let remedy = "must match \(allowed), or the operator's --allow-plugin-source must say otherwise"
        return PluginSource.Fault("not a source that this operator allows", remedy)
    }
}

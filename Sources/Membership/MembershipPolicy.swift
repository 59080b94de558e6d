/// How patient the planner is, in seconds.
public struct MembershipPolicy: Sendable, Hashable {
    /// How long a member that no pod stands for is kept while its messages may still be brought back from its claim.
    public var ghostTimeout: Int64 = 600
    /// How long a finding must last before it is believed, and before it is acted on: views are up to 10 s old, a node that
    /// lost its state is pulled back by gossip in 50 s at worst.
    public var settle: Int64 = 60
    /// A pod that has not been Ready for so long is no longer starting: it is stuck.
    public var starting: Int64 = 600
    /// After which an action whose result does not show counts as failed.
    public var verify: Int64 = 60
    /// Between two actions. The node that ran the first has lost its cluster state from disk and needs time to write it anew.
    public var rest: Int64 = 60
    /// How long a lone, empty broker is given to join by itself.
    public var lone: Int64 = 180
    /// How often the removal of one member is tried.
    public var attempts = 3
    /// Between two looks while everything is well.
    public var interval: Int64 = 60
    /// Between two looks while something is not.
    public var haste: Int64 = 10

    /// The product's own times.
    public init() {}
}

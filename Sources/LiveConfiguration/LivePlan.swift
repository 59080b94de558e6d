/// What is to be done to one broker, and what cannot be.
public struct LivePlan: Sendable, Hashable {
    /// The steps, in their order.
    public var actions: [LiveAction] = []
    /// The settings that take effect only when the broker starts again, sorted.
    public var restartRequired: [String] = []
    /// What stands in the way, a clause each.
    public var faults: [String] = []

    /// Whether nothing is to be done.
    public var isEmpty: Bool { actions.isEmpty }
}

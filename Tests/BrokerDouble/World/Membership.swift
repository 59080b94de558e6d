/// The members that one node knows: a set whose removals are remembered, so that what was removed does not come back from
/// a node that has not heard of it. (VerneMQ's vmq_swc keeps an observed-remove set in `cluster_state`.)
public struct Membership: Sendable, Equatable {
    private struct Marks: Sendable, Equatable {
        var added: Set<Int> = []
        var removed: Set<Int> = []
    }

    private var marks: [String: Marks] = [:]
    /// The members.
    public private(set) var members: Set<String> = []

    /// A node that knows only itself.
    ///
    /// - Parameters:
    ///   - node: its name.
    ///   - mark: what tells this beginning from every other of that name.
    public init(of node: String, mark: Int) {
        marks[node] = Marks(added: [mark])
        members = [node]
    }

    private mutating func count() {
        members = Set(marks.filter { !$0.value.added.isSubset(of: $0.value.removed) }.keys)
    }

    /// Takes in what another node knows.
    public mutating func merge(_ other: Membership) {
        guard self != other else { return }
        for (node, theirs) in other.marks {
            marks[node, default: Marks()].added.formUnion(theirs.added)
            marks[node, default: Marks()].removed.formUnion(theirs.removed)
        }
        count()
    }

    /// Removes a member as far as it is known here; a later beginning of that name is another member.
    public mutating func remove(_ node: String) {
        guard let known = marks[node]?.added else { return }
        marks[node]?.removed.formUnion(known)
        count()
    }
}

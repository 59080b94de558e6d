/// The one thing that is to be done to a cluster now.
public enum MembershipAction: Sendable, Hashable {
    /// A member that no pod stands for, and that does not run, is made to leave.
    case removeDead(member: String, through: Executor)
    /// A lone, empty broker joins the cluster of the others.
    case join(node: String, discovery: String, through: Executor)

    /// Where a command is run.
    public struct Executor: Sendable, Hashable {
        /// The node that runs it.
        public var node: String
        /// Its pod.
        public var pod: String
        /// That pod's UID: a pod of the same name that was made anew is not the one that was looked at.
        public var uid: String

        /// A place to run a command.
        public init(node: String, pod: String, uid: String) {
            self.node = node
            self.pod = pod
            self.uid = uid
        }
    }

    /// Where it is run.
    public var executor: Executor {
        switch self {
        case .removeDead(_, let executor), .join(_, _, let executor): executor
        }
    }

    /// The command, as arguments of one exec in the executor's broker container. No shell is involved.
    ///
    /// Never with `-k`: should the member be back in spite of all, a leave without it only suspends its listeners, and it
    /// stays a member with all that it holds. The reply proves nothing (`Done` also comes for nodes that nobody knows): what
    /// the command did is read from the views, by the next plans.
    public var command: [String] {
        switch self {
        case .removeDead(let member, _): ["vmq-admin", "cluster", "leave", "node=\(member)"]
        case .join(_, let discovery, _): ["vmq-admin", "cluster", "join", "discovery-node=\(discovery)"]
        }
    }
}

/// Something about a cluster that is not as it should be, and what to do about it.
public struct MembershipFinding: Sendable, Hashable {
    /// What it is, from the gravest down. The names are the reasons of the condition `Clustered`.
    public enum Reason: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Two clusters where one should be.
        case splitCluster = "SplitCluster"
        /// A broker that was removed while it was away, and believes that it still is a member.
        case zombie = "Zombie"
        /// A broker in service that is alone.
        case soloBroker = "SoloBroker"
        /// A broker whose node name is not its pod's.
        case wrongNodeName = "WrongNodeName"
        /// A member that could not be removed.
        case removalFailed = "RemovalFailed"
        /// A member that no pod stands for.
        case ghostMember = "GhostMember"
        /// A member of another name than the set gives.
        case foreignMember = "ForeignMember"
        /// A member whose pod should run, and that is down.
        case memberDown = "MemberDown"
        /// A member that lost its state and has not been pulled back yet.
        case lostState = "LostState"
        /// Members that do not agree on who is one.
        case viewsDisagree = "ViewsDisagree"
        /// A broker whose MQTT listeners are suspended.
        case listenersSuspended = "ListenersSuspended"
        /// Fewer members than the set wants.
        case membersMissing = "MembersMissing"
        /// A broker in service that does not tell its view.
        case brokerSilent = "BrokerSilent"

        /// Whether it is graver.
        public static func < (one: Reason, other: Reason) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    /// What it is.
    public var reason: Reason
    /// The nodes that it is about, in the order of ordinals.
    public var nodes: [String]
    /// What is the matter, as a clause.
    public var problem: String
    /// What to do, exactly, as a clause; a person does it, or says that the operator will.
    public var remedy: String

    /// A finding from its parts.
    public init(_ reason: Reason, _ nodes: [String], problem: String, remedy: String) {
        self.reason = reason
        self.nodes = nodes
        self.problem = problem
        self.remedy = remedy
    }

    /// What tells it from others over time.
    public var key: String { nodes.isEmpty ? reason.rawValue : reason.rawValue + " " + nodes.joined(separator: " ") }
}

extension MembershipFinding: CustomStringConvertible {
    /// `problem: remedy`.
    public var description: String { "\(problem): \(remedy)" }

    /// The same as a sentence.
    public var sentence: String { description.asSentence }
}

extension String {
    /// A clause as a sentence. Names keep their first letter: pods are called as they are.
    var asSentence: String {
        let isName = prefix { $0 != " " && $0 != ":" }.contains { $0 == "-" || $0 == "@" }
        return (isName ? self : prefix(1).uppercased() + dropFirst()) + (hasSuffix(".") ? "" : ".")
    }
}

/// What is to be done about a cluster's members, and what is to be said.
public struct MembershipPlan: Sendable, Hashable {
    /// The one thing to do now, or nothing. ``memory`` is written before, and
    /// ``MembershipPlanner/objection(to:in:)`` is asked with a fresh observation right before.
    public var action: MembershipAction?
    /// Why something that is due is not done yet, as a clause; nil if nothing is due.
    public var hold: String?
    /// Everything that is not as it should be, the gravest first.
    public var findings: [MembershipFinding]
    /// Those of them that have lasted, and are told.
    public var settled: [MembershipFinding]
    /// Where each broker that has a pod stands, by node name.
    public var standings: [String: BrokerStanding]
    /// The conditions `Clustered` and `UnmigratedState`.
    public var conditions: [MembershipCondition]
    /// What the next plan needs to know. Worth writing only if it differs from the memory that came.
    public var memory: MembershipMemory
    /// After how many seconds to look again, whatever happens.
    public var wakeAfter: Int64
}

/// A condition of the set's status, without the times that whoever writes it adds.
public struct MembershipCondition: Sendable, Hashable {
    /// Its status, as Kubernetes writes it.
    public enum Status: String, Sendable, Hashable {
        /// It holds.
        case isTrue = "True"
        /// It does not.
        case isFalse = "False"
        /// It cannot be told.
        case unknown = "Unknown"
    }

    /// Its type: `Clustered` or `UnmigratedState`.
    public var type: String
    /// Its status.
    public var status: Status
    /// Its reason, one word in camel case.
    public var reason: String
    /// Its message: what is the matter, and exactly what to do.
    public var message: String

    /// Its message as sentences.
    public var sentence: String { message.asSentence }

    /// A condition from its parts.
    public init(type: String, status: Status, reason: String, message: String) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }
}

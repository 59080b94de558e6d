public import Document
public import Membership

/// What the controllers have seen of a cluster. What nobody has looked at is nil, and the status then says so.
public struct ClusterObservation: Sendable {
    /// The StatefulSet as it is stored, nil if there is none.
    public var statefulSet: JSONValue?
    /// The pods that it controls.
    public var pods: [JSONValue]
    /// What was desired, with what is wrong with it.
    public var workload: DesiredWorkload?
    /// The audit of the StatefulSet.
    public var audit: InjectionAssessment?
    /// Why the operator does nothing, if so.
    public var managedElsewhere: ManagedElsewhere?
    /// What holds of the cluster's members, as whoever looks after them says; empty if nobody has looked yet.
    public var membership: [MembershipCondition]
    /// What brokers say, by the names of their pods.
    public var brokers: [String: BrokerObservation]
    /// The digest of the configuration that every broker should run, nil if it is not known.
    public var configurationDigest: String?
    /// Whether the operator may run commands in the pods; nil if nobody has tried.
    public var isExecPermitted: Bool?
    /// Whether somebody is about to look at the brokers' configuration for the first time since the operator started: until
    /// then what the operator before has said is said again.
    public var isConfigurationAwaited: Bool

    /// Gathers what was seen.
    public init(
        statefulSet: JSONValue? = nil,
        pods: [JSONValue] = [],
        workload: DesiredWorkload? = nil,
        audit: InjectionAssessment? = nil,
        managedElsewhere: ManagedElsewhere? = nil,
        membership: [MembershipCondition] = [],
        brokers: [String: BrokerObservation] = [:],
        configurationDigest: String? = nil,
        isExecPermitted: Bool? = nil,
        isConfigurationAwaited: Bool = false
    ) {
        self.statefulSet = statefulSet
        self.pods = pods
        self.workload = workload
        self.audit = audit
        self.managedElsewhere = managedElsewhere
        self.membership = membership
        self.brokers = brokers
        self.configurationDigest = configurationDigest
        self.isExecPermitted = isExecPermitted
        self.isConfigurationAwaited = isConfigurationAwaited
    }
}

/// What one broker says.
public struct BrokerObservation: Sendable, Hashable {
    /// Where it stands in its cluster; nil if nobody has looked yet.
    public var standing: BrokerStanding?
    /// The digest of the configuration that it runs, nil if it is not known.
    public var configurationDigest: String?
    /// The settings that take effect only when it restarts, nil if it is not known.
    public var restartRequired: [String]?
    /// Why its configuration could not be applied, as a clause; nil if it could.
    public var configurationFault: String?

    /// Gathers what it says.
    public init(
        standing: BrokerStanding? = nil,
        configurationDigest: String? = nil,
        restartRequired: [String]? = nil,
        configurationFault: String? = nil
    ) {
        self.standing = standing
        self.configurationDigest = configurationDigest
        self.restartRequired = restartRequired
        self.configurationFault = configurationFault
    }
}

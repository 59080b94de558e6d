import LiveConfiguration
import Transport

/// How it stands with the configuration of one broker.
struct BrokerOutcome: Sendable, Hashable {
    /// The digest of the configuration that it runs; nil if it is not known, or not all of it could be applied.
    var digest: String?
    /// The settings that wait for a restart; nil if it is not known.
    var restartRequired: [String]?
    /// Why something could not be applied, as a clause.
    var fault: String?
    /// Whether the operator may run commands in it.
    var isPermitted = true
    /// Whether another try may help.
    var isTransient = false
    /// The steps that were taken, by their codes.
    var steps: [String: Int] = [:]
    /// The keys and the like that were changed, for logs.
    var changed: [String] = []
    /// Whether steps were needed although nobody had changed what is wanted.
    var hasDrifted = false
}

/// What is remembered of a broker from look to look. All of it can be found out again.
struct BrokerMemory: Sendable {
    /// The pod's uid, and the container's own name.
    var pod: String
    var container: String
    /// What it showed when all was well, nil if it must be asked again.
    var state: BrokerState?
    /// What was wanted then.
    var digest: String?
    /// When its TLS files were looked at last.
    var filesAsked: Deadline?
    /// When, and for which configuration, something was refused or was not permitted: it is not tried again at once.
    var failed: (time: Deadline, digest: String)?
    /// Keys with values that it refused: they are not tried again and again.
    var refused: [String: String] = [:]
}

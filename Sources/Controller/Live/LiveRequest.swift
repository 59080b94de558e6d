import Document
import Kubernetes
import LiveConfiguration
import VerneMQ
import Workload

/// What running brokers of one StatefulSet are to run with, as the reconcilers found it.
struct LiveRequest: Sendable {
    /// The settings.
    var settings: LiveSettings
    /// The StatefulSet as it is stored.
    var statefulSet: JSONValue
    /// The broker's container.
    var container: String
    /// The object on which events are recorded, and whose status tells of it: a `VerneMQ` resource or the set.
    var subject: JSONValue
    /// Whether brokers are restarted, one by one, when settings wait for it.
    var restartsBrokers: Bool

    /// Whether running brokers of a StatefulSet may be touched at all: not while it goes or its user has paused it, whoever
    /// speaks for it.
    static func isWelcome(on statefulSet: JSONValue) -> Bool {
        let view = ObjectView(statefulSet)
        return !view.isBeingDeleted && view.annotation(Annotation.pause.name) != "true"
    }

    /// Whether it asks for the same as another.
    func isSame(as other: LiveRequest) -> Bool {
        settings == other.settings && container == other.container && restartsBrokers == other.restartsBrokers
            && ObjectView(statefulSet).uid == ObjectView(other.statefulSet).uid
    }
}

/// What is known about the configuration of the brokers of one StatefulSet.
struct LiveReport: Sendable, Hashable {
    /// The digest that every broker should have.
    var digest: String?
    /// How it stands with each, by the name of its pod.
    var brokers: [String: BrokerOutcome] = [:]

    /// Whether the operator may run commands in the pods; nil if nobody has tried.
    var isPermitted: Bool? {
        brokers.isEmpty ? nil : !brokers.values.contains { !$0.isPermitted }
    }

    /// The same without what is news once.
    var standing: LiveReport {
        var standing = self
        for name in brokers.keys {
            standing.brokers[name]?.steps = [:]
            standing.brokers[name]?.changed = []
            standing.brokers[name]?.hasDrifted = false
        }
        return standing
    }
}

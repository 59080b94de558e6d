import Document
import VerneMQ

/// Checks of an UPDATE against what was there before: node names must not change under data that knows the old ones.
enum AdoptionChecks {
    /// - Parameters:
    ///   - set: the new object, its template without an injection.
    ///   - old: the old object.
    static func check(_ set: StatefulSetView, broker: BrokerContainer, old: StatefulSetView, settings: Settings)
        -> [Finding]
    {
        if old.ledgerText == nil { return adoption(set, broker: broker, old: old, settings: settings) }
        return domainChange(set, broker: broker, old: old, settings: settings)
    }

    /// The set becomes injected: its brokers get new names, and on volumes that outlive pods there may be data.
    private static func adoption(
        _ set: StatefulSetView,
        broker: BrokerContainer,
        old: StatefulSetView,
        settings: Settings
    ) -> [Finding] {
        guard set.annotation(.adopt) != Settings.freshState else { return [] }
        let same = PodTemplateView(old.template).containers.first { $0["name"]?.stringValue == broker.name }
        let previous = BrokerContainer(value: same ?? broker.value, name: broker.name, path: broker.path)
        guard Storage(of: previous, in: old.template, claimNames: old.claimNames) == .persistent else { return [] }
        let before = NodeNaming.before(previous, set: old)
        let after = NodeNaming.ours(set, domain: settings.clusterDomain)
        guard before != after else { return [] }
        return [renaming(before, after, path: "metadata.labels[\(Label.inject.name)]", value: Label.enabled)]
    }

    private static func domainChange(
        _ set: StatefulSetView,
        broker: BrokerContainer,
        old: StatefulSetView,
        settings: Settings
    ) -> [Finding] {
        let previous = old.annotation(.clusterDomain) ?? Settings.defaultClusterDomain
        guard previous != settings.clusterDomain else { return [] }
        let path = Annotation.clusterDomain.path
        if old.hasReplicas {
            return [
                Finding(
                    .error,
                    path: path,
                    value: settings.clusterDomain.shortened,
                    problem: "cannot change while there are replicas: it renames the brokers of a running cluster",
                    remedy: "scale to 0 first, or put back \(previous)"
                )
            ]
        }
        guard Storage(of: broker, in: set.template, claimNames: set.claimNames) == .persistent,
            set.annotation(.adopt) != Settings.freshState
        else { return [] }
        let before = NodeNaming.ours(old, domain: previous)
        let after = NodeNaming.ours(set, domain: settings.clusterDomain)
        return [renaming(before, after, path: path, value: settings.clusterDomain.shortened)]
    }

    private static func renaming(_ before: NodeNaming, _ after: NodeNaming, path: String, value: String) -> Finding {
        Finding(
            .error,
            path: path,
            value: value,
            problem: "node names would change from \(before) to \(after), which the data on the volumes does not know",
            remedy: "set the annotation \(Annotation.adopt.name) to \(Settings.freshState) to start with fresh state"
        )
    }
}

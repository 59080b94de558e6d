public import Document
public import VerneMQ

extension Injector {
    /// What there is to say about a labelled StatefulSet beside its injection: about the settings in its variables, its
    /// image and its storage. The injection never depends on any of it, so that a newer operator, which may know more of
    /// VerneMQ, renders what an older one did.
    ///
    /// - Parameters:
    ///   - object: the StatefulSet, with or without its injection.
    ///   - old: the one that is stored, nil on CREATE; nothing is said about a template that has not changed.
    public func review(_ object: JSONValue, old: JSONValue? = nil) -> [Finding] {
        let set = StatefulSetView(object)
        guard set.isStatefulSet, set.isSelected, !set.isBeingDeleted else { return [] }
        if let previous = old.map(StatefulSetView.init), previous.isSelected,
            set.template.isEquivalent(to: previous.template)
        {
            return []
        }
        guard let (broker, settings) = reviewed(set) else { return [] }
        return ImageChecks.check(set, broker: broker)
            + configuration(of: broker, settings: settings, set).findings()
    }

    /// What is wrong with the settings of a StatefulSet's variables and those of its ConfigMap together, as the
    /// configuration of one broker; for files, in which both are at hand. Paths into the ConfigMap begin with
    /// `ConfigMap NAME: `.
    public func review(_ object: JSONValue, with configMap: JSONValue) -> [Finding] {
        let set = StatefulSetView(object)
        guard let (broker, settings) = reviewed(set) else { return [] }
        return configuration(of: broker, settings: settings, set).findings(with: configMap)
    }

    private func configuration(
        of broker: BrokerContainer,
        settings: Settings,
        _ set: StatefulSetView
    ) -> BrokerConfiguration {
        BrokerConfiguration(
            of: broker,
            settings: settings,
            declared: set.annotation(.version),
            judgingBy: judgedVersion
        )
    }

    /// The broker's container without what was injected; nil where which one it is is not clear, which others say.
    private func reviewed(_ set: StatefulSetView) -> (broker: BrokerContainer, settings: Settings)? {
        var told: [Finding] = []
        let settings = Settings(of: set, policy: pluginPolicy, findings: &told)
        do {
            let bare = try set.ledger().map { $0.strip(set.template) } ?? set.template
            return (try BrokerContainer.choose(in: bare, named: set.annotation(.container)), settings)
        } catch {
            return nil
        }
    }
}

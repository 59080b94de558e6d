public import Document
public import VerneMQ

/// What a StatefulSet shows of its injection, for whoever watches over it.
public struct InjectionState: Sendable, Hashable {
    /// Whether the label asks for an injection.
    public let isSelected: Bool
    /// Whether the template carries the ledger of one.
    public let isInjected: Bool
    /// The version of the operator that rendered it, nil without a sound ledger.
    public let renderer: String?
    /// The broker's container, nil where it is not clear which one that is.
    public let broker: JSONValue?
    /// The name of the claim template that the broker's data is on; nil where it is on none.
    public let dataClaim: String?
    /// What is wrong with the injection that the template carries: a damaged ledger, entries that are missing.
    public let faults: [Finding]

    /// Looks at a StatefulSet.
    public init(of statefulSet: JSONValue) {
        let set = StatefulSetView(statefulSet)
        isSelected = set.isStatefulSet && set.isSelected
        isInjected = set.ledgerText != nil
        var ledger: Ledger?
        var faults: [Finding] = []
        do {
            ledger = try set.ledger()
        } catch {
            faults.append(error.finding())
        }
        if let ledger { faults += IntegrityChecks.check(set.template, ledger: ledger) }
        renderer = ledger?.renderer
        do {
            let container = try BrokerContainer.choose(
                in: set.template,
                named: ledger?.container ?? set.annotation(.container)
            )
            broker = container.value
            dataClaim = Storage.dataMount(of: container).flatMap { mount in
                set.claimNames.contains(mount.volume) ? mount.volume : nil
            }
        } catch {
            // An injection is refused for it; here it only means that nothing can be said.
            broker = nil
            dataClaim = nil
        }
        self.faults = faults
    }
}

public import Document
public import VerneMQ

extension Injector {
    /// The validating webhook's view of a StatefulSet, after every mutating webhook has had its turn: is it injected, is the
    /// injection whole, and is the user's part without errors. Warnings are the mutating webhook's to give, except where
    /// only the result shows what is wrong.
    ///
    /// For files that are not injected yet, use the findings of ``inject(_:)``.
    ///
    /// - Parameters:
    ///   - object: the StatefulSet that is to be stored.
    ///   - old: the one that is stored, nil on CREATE. What was wrong with it already and has not changed does not stand in
    ///     the way of other changes.
    public func validate(_ object: JSONValue, old: JSONValue?) -> [Finding] {
        let set = StatefulSetView(object)
        guard set.isStatefulSet, set.isSelected, !set.isBeingDeleted else { return [] }
        let previous = old.map(StatefulSetView.init).flatMap { $0.isSelected ? $0 : nil }
        let isUnchanged =
            previous.map {
                set.template.isEquivalent(to: $0.template) && set.renderingAnnotations == $0.renderingAnnotations
            } ?? false
        guard let text = set.ledgerText else {
            let isOld = previous != nil && previous?.ledgerText == nil
            return isOld && isUnchanged ? [] : [Self.slippedThrough]
        }
        let ledger: Ledger
        do {
            ledger = try Ledger(text: text)
        } catch {
            return [error.finding(isUnchanged ? .warning : .error)]
        }
        let faults = IntegrityChecks.check(set.template, ledger: ledger)
        guard !isUnchanged else {
            return faults.map {
                Finding(.warning, path: $0.path, value: $0.value, problem: $0.problem, remedy: $0.remedy)
            }
        }
        let bare = StatefulSetView(set.with(template: ledger.strip(set.template)))
        let request = InjectionRequest(bare, old: old.map(StatefulSetView.init), policy: pluginPolicy)
        return faults + request.findings.filter { $0.severity == .error }
    }

    private static let slippedThrough = Finding(
        .error,
        path: "spec.template",
        problem: "is labelled for an injection and carries none",
        remedy: "see that the operator's mutating webhook is registered and reached"
    )
}

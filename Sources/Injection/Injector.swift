public import Document
public import VerneMQ

/// Rewrites StatefulSets: the one function behind webhook, controller and command line. It reads nothing but the objects
/// that it is given, knows no clock, and touches nothing outside `spec.template`.
public struct Injector: Sendable {
    /// The version of the operator, which goes into every ledger.
    public let version: String
    /// The VerneMQ version by which settings are judged, nil for the one that each image's tag names. It changes nothing
    /// of what is rendered.
    let judgedVersion: VerneMQVersion?

    /// Where plugins may come from. It decides what is refused, never what is rendered.
    public let pluginPolicy: PluginPolicy

    /// An injector of an operator of that version.
    ///
    /// - Parameters:
    ///   - version: the version.
    ///   - pluginPolicy: where plugins may come from, by default from every source that is safe to use.
    ///   - judgedVersion: the VerneMQ version by which settings are judged, whatever the image's tag says.
    public init(
        version: String,
        pluginPolicy: PluginPolicy = .unrestricted,
        judgingBy judgedVersion: VerneMQVersion? = nil
    ) {
        self.version = version
        self.pluginPolicy = pluginPolicy
        self.judgedVersion = judgedVersion
    }

    /// The webhook's decision.
    ///
    /// - Parameters:
    ///   - object: the StatefulSet that is to be stored.
    ///   - old: the one that is stored, nil on CREATE.
    /// - Returns: what to store. The injection is rendered anew only on CREATE, when the user's part of the template or an
    ///   annotation that rendering reads has changed, or when the label has been added; otherwise the template of `old` is
    ///   kept to the letter. Objects that are being deleted are left as they are.
    public func decide(_ object: JSONValue, old: JSONValue?) -> InjectionDecision {
        let set = StatefulSetView(object)
        guard set.isStatefulSet else { return InjectionDecision(object: object, verdict: .notSelected) }
        guard !set.isBeingDeleted else {
            return InjectionDecision(object: object, verdict: set.isSelected ? .kept : .notSelected)
        }
        let previous = old.map(StatefulSetView.init)
        guard set.isSelected else { return withdraw(set, old: previous) }
        if let previous, previous.isSelected {
            return update(set, old: previous)
        }
        return render(set, old: previous)
    }

    /// Injects as on CREATE, for files: the defaults of the API server are assumed where a field is read that is absent,
    /// and not written.
    public func inject(_ object: JSONValue) -> InjectionDecision {
        decide(object, old: nil)
    }

    /// Takes an injection out, whatever the label says. An object without one comes back as it is, as ``Verdict/notSelected``.
    public func strip(_ object: JSONValue) -> InjectionDecision {
        let set = StatefulSetView(object)
        guard set.isStatefulSet, set.ledgerText != nil else {
            return InjectionDecision(object: object, verdict: .notSelected)
        }
        do {
            return InjectionDecision(object: set.with(template: try userTemplate(of: set)), verdict: .stripped)
        } catch {
            return refuse(set, [error.finding()])
        }
    }

    // MARK: - Steps

    /// The label is not there (any more).
    private func withdraw(_ set: StatefulSetView, old: StatefulSetView?) -> InjectionDecision {
        let nearMiss = NameChecks.nearMiss(set)
        guard set.ledgerText != nil || old?.ledgerText != nil else {
            return InjectionDecision(object: set.object, verdict: .notSelected, findings: nearMiss)
        }
        let template: JSONValue
        do {
            template = try userTemplate(of: set, old: old, oldLedger: soundLedger(of: old))
        } catch {
            return refuse(set, nearMiss + [error.finding()])
        }
        var findings = nearMiss
        if !set.claimNames.isEmpty {
            findings.append(
                Finding(
                    .warning,
                    path: "metadata.labels[\(Label.inject.name)]",
                    problem:
                        "without the injection brokers get other node names, which the data on their volumes does not know",
                    remedy: "set \(Contract.nodeNameVariable) to the names that they have"
                )
            )
        }
        return InjectionDecision(object: set.with(template: template), verdict: .stripped, findings: findings)
    }

    /// Both the old and the new object ask for an injection.
    private func update(_ set: StatefulSetView, old: StatefulSetView) -> InjectionDecision {
        let isSameRequest = set.renderingAnnotations == old.renderingAnnotations
        if isSameRequest, old.ledgerText != nil, set.template.isEquivalent(to: old.template) {
            return keep(set, old: old, template: set.template)  // the common case, and the cheap one
        }
        var ledger: Ledger?
        var remarks: [Finding] = []
        do {
            ledger = try old.ledger()
        } catch {
            remarks.append(error.finding(.warning))  // it is not needed to render what the new object says
        }
        let user: JSONValue
        do {
            user = try userTemplate(of: set, old: old, oldLedger: ledger)
        } catch {
            return refuse(set, [error.finding()])
        }
        let before = ledger.map { $0.strip(old.template) } ?? old.template
        guard isSameRequest, remarks.isEmpty, isSame(user, before, container: ledger?.container) else {
            return render(set, user: user, old: old, remarks: remarks)
        }
        guard let ledger else { return uninjected(set, user: user, old: old) }
        return keep(set, old: old, template: old.template, remarks: tampering(in: set, against: old, ledger: ledger))
    }

    /// Whether two templates of the user's mean the same: lists in their order, members in any.
    private func isSame(_ user: JSONValue, _ before: JSONValue, container: String?) -> Bool {
        if user.isEquivalent(to: before) { return true }
        guard let container else { return false }
        let fields = InjectedFields(container: container)
        return fields.asStored(user).isEquivalent(to: fields.asStored(before))
    }

    /// Keeps a template. Labels and annotations that do not matter to it may have changed all the same, and be wrong.
    private func keep(
        _ set: StatefulSetView,
        old: StatefulSetView,
        template: JSONValue,
        remarks: [Finding] = []
    ) -> InjectionDecision {
        let findings = remarks + InjectionRequest.newFaults(of: set, old: old, policy: pluginPolicy)
        guard !findings.contains(where: { $0.severity == .error }) else { return refuse(set, findings) }
        return InjectionDecision(object: set.with(template: template), verdict: .kept, findings: findings)
    }

    /// The set was labelled while nobody was there to inject it, and its pods run as they are.
    private func uninjected(_ set: StatefulSetView, user: JSONValue, old: StatefulSetView) -> InjectionDecision {
        guard old.hasReplicas else { return render(set, user: user, old: old, remarks: []) }
        let warning = Finding(
            .warning,
            path: "metadata.labels[\(Label.inject.name)]",
            value: Label.enabled,
            problem: "the pods run without an injection, and injecting restarts them",
            remedy: "set the annotation \(Annotation.injection.name) to any new value to do so"
        )
        return keep(set, old: old, template: old.template, remarks: [warning])
    }

    private func render(_ set: StatefulSetView, old: StatefulSetView?) -> InjectionDecision {
        do {
            let user = try userTemplate(of: set, old: old, oldLedger: soundLedger(of: old))
            return render(set, user: user, old: old, remarks: [])
        } catch {
            return refuse(set, [error.finding()])
        }
    }

    /// Renders the newest injection into the user's part of the template, if nothing speaks against it.
    private func render(
        _ set: StatefulSetView,
        user: JSONValue,
        old: StatefulSetView?,
        remarks: [Finding]
    ) -> InjectionDecision {
        let bare = StatefulSetView(set.with(template: user))
        let request = InjectionRequest(bare, old: old, policy: pluginPolicy)
        let findings = remarks + request.findings
        guard let broker = request.broker, !findings.contains(where: { $0.severity == .error }) else {
            return refuse(set, findings)
        }
        let template = Renderer(version: version, settings: request.settings).render(bare, broker: broker)
        return InjectionDecision(object: set.with(template: template), verdict: .injected, findings: findings)
    }

    private func refuse(_ set: StatefulSetView, _ findings: [Finding]) -> InjectionDecision {
        InjectionDecision(object: set.object, verdict: .refused, findings: findings)
    }

    /// The template without its injection. One that carries no ledger has been replaced or has lost it: then the ledger of
    /// the object that is stored tells what may be left of it.
    ///
    /// - Parameters:
    ///   - set: the object.
    ///   - old: the one that is stored.
    ///   - oldLedger: its ledger, nil if it has none or a damaged one: what is left then shows as reserved names.
    private func userTemplate(
        of set: StatefulSetView,
        old: StatefulSetView? = nil,
        oldLedger: Ledger? = nil
    ) throws(LedgerError) -> JSONValue {
        if let text = set.ledgerText {
            if let oldLedger, text == old?.ledgerText { return oldLedger.strip(set.template) }
            return try Ledger(text: text).strip(set.template)
        }
        // A manifest that replaced the object whole has nothing of ours: what looks so is the user's.
        guard let oldLedger, oldLedger.isPresent(in: set.template) else { return set.template }
        return oldLedger.strip(set.template)
    }

    /// The ledger of the stored object where it has a sound one.
    private func soundLedger(of old: StatefulSetView?) -> Ledger? {
        do {
            return try old?.ledger()
        } catch {
            return nil  // the new object's own ledger counts; if it has none, what is left shows as reserved names
        }
    }

    /// Entries of ours that somebody has edited; they are put back.
    private func tampering(in set: StatefulSetView, against old: StatefulSetView, ledger: Ledger) -> [Finding] {
        let stored = ledger.entries(in: old.template)
        let sent = ledger.entries(in: set.template)
        var edited: [String] = []
        for list in Ledger.List.allCases {
            for entry in sent[list] ?? [] {
                guard let key = list.key(of: entry),
                    let original = stored[list]?.first(where: { list.key(of: $0) == key }),
                    !entry.isEquivalent(to: original)
                else { continue }
                edited.append("\(list.rawValue) \(key)")
            }
        }
        guard !edited.isEmpty else { return [] }
        return [
            Finding(
                .warning,
                path: "spec.template",
                value: edited.joined(separator: ", ").shortened,
                problem: "belongs to the injection and was put back",
                remedy: "change the annotations of the StatefulSet instead"
            )
        ]
    }
}

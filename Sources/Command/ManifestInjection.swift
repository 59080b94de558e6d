import Document
import Injection
import Kubernetes
import VerneMQ

/// What `inject` does to documents, without reading or writing any.
struct ManifestInjection: Sendable {
    /// Which way.
    enum Direction: Sendable {
        case inject, uninject
    }

    /// A document after the fact.
    struct Outcome: Sendable {
        var value: JSONValue
        var findings: [LocatedFinding] = []
        /// StatefulSets that carry the injection now, or carried it before it was taken out.
        var workloads: [JSONValue] = []
        /// Whether their companions have been seen to: in a List they stand among its items.
        var hasCompanions = false
    }

    var injector: Injector
    var direction: Direction
    /// Names of StatefulSets to be labelled before they are injected.
    var labelled: Set<String> = []
    /// Whether Lists get the companions of their StatefulSets among their items.
    var withCompanions = true

    /// Rewrites one document; what is not ours comes back as it was.
    func apply(to document: Manifest.Parsed, source: String, companions: inout CompanionSet) -> Outcome {
        let origin = Origin(document: document, source: source)
        return apply(to: document.value, at: [], of: origin, companions: &companions)
    }

    /// The document that positions are found in.
    private struct Origin {
        var document: Manifest.Parsed
        var source: String
    }

    private func apply(
        to value: JSONValue,
        at base: [String],
        of origin: Origin,
        companions: inout CompanionSet
    ) -> Outcome {
        guard let kind = ObjectView(value).kind else { return Outcome(value: value) }
        if kind.isSameKind(as: .statefulSet) { return rewrite(value, at: base, of: origin) }
        guard kind.kind.hasSuffix("List"), let items = value["items"]?.arrayValue, base.count < 8 else {
            return Outcome(value: value)
        }
        var outcome = Outcome(value: value)
        var result: [JSONValue] = []
        for (index, item) in items.enumerated() {
            let part = apply(to: item, at: base + ["items", String(index)], of: origin, companions: &companions)
            result.append(part.value)
            outcome.findings += part.findings
            outcome.workloads += part.workloads
        }
        if withCompanions {
            switch direction {
            case .inject: result += outcome.workloads.flatMap { companions.missing(for: $0) }
            case .uninject:
                for workload in outcome.workloads { companions.condemn(for: workload) }
                result.removeAll { companions.isCondemned($0) }
            }
        }
        outcome.hasCompanions = true
        outcome.value["items"] = .array(result)
        return outcome
    }

    private func rewrite(_ value: JSONValue, at base: [String], of origin: Origin) -> Outcome {
        var object = value
        if direction == .inject, let name = ObjectView(value).name, labelled.contains(name) {
            object = Self.labelling(value)
        }
        let decision = direction == .inject ? injector.inject(object) : injector.strip(object)
        let findings = decision.findings.map { finding in
            LocatedFinding(finding, about: value, at: base, of: origin.document, source: origin.source)
        }
        let isOurs: Bool
        switch decision.verdict {
        case .injected, .kept: isOurs = direction == .inject
        case .stripped: isOurs = direction == .uninject
        case .notSelected, .refused: isOurs = false
        }
        guard decision.verdict != .refused else { return Outcome(value: value, findings: findings) }
        return Outcome(value: decision.object, findings: findings, workloads: isOurs ? [decision.object] : [])
    }

    /// The object with our label, its metadata and labels made where they are absent.
    private static func labelling(_ value: JSONValue) -> JSONValue {
        var object = value
        var metadata = object["metadata"]?.objectValue ?? JSONObject()
        var labels = metadata["labels"]?.objectValue ?? JSONObject()
        labels[Label.inject.name] = .string(Label.enabled)
        metadata["labels"] = .object(labels)
        object["metadata"] = .object(metadata)
        return object
    }
}

/// The Roles, RoleBindings and Secrets that go with injected workloads, matched with those that the inputs hold already.
struct CompanionSet: Sendable {
    /// What makes an object this object.
    private struct Identity: Hashable {
        var group: String
        var kind: String
        var namespace: String
        var name: String

        init?(_ object: JSONValue) {
            let view = ObjectView(object)
            guard let kind = view.kind, let name = view.name else { return nil }
            group = kind.group
            self.kind = kind.kind
            namespace = view.namespace ?? ""
            self.name = name
        }
    }

    private var present: [Identity: JSONValue] = [:]
    private var condemned: Set<Identity> = []
    /// Sentences about companions that were left alone.
    private(set) var notes: [String] = []

    /// Takes note of every object that the inputs hold.
    init(scanning values: [JSONValue]) {
        for value in values { scan(value) }
    }

    private mutating func scan(_ value: JSONValue) {
        if let items = value["items"]?.arrayValue, ObjectView(value).kind?.kind.hasSuffix("List") == true {
            for item in items { scan(item) }
        } else if let identity = Identity(value) {
            present[identity] = value
        }
    }

    /// The companions of a workload that the inputs do not hold yet; each is given out once.
    mutating func missing(for workload: JSONValue) -> [JSONValue] {
        Companions.documents(for: workload).filter { companion in
            guard let identity = Identity(companion) else { return true }
            guard let existing = present[identity] else {
                present[identity] = companion
                return true
            }
            if !existing.isEquivalent(to: companion) {
                notes.append(
                    "\(identity.kind) \(identity.name) is in the input and differs from the one that "
                        + "\(ObjectView(workload).displayName) needs: yours is kept; compare with --workload-only left out "
                        + "and yours taken away"
                )
            }
            return false
        }
    }

    /// Marks the companions of a workload for removal, as far as they are just as this program made them.
    mutating func condemn(for workload: JSONValue) {
        for companion in Companions.documents(for: workload) {
            guard let identity = Identity(companion), let existing = present[identity] else { continue }
            if existing.isEquivalent(to: companion) {
                condemned.insert(identity)
            } else {
                notes.append("\(identity.kind) \(identity.name) has been changed since it was made: it stays")
            }
        }
    }

    /// Whether an object is marked for removal.
    func isCondemned(_ object: JSONValue) -> Bool {
        Identity(object).map(condemned.contains) ?? false
    }
}

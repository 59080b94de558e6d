import Document
import Injection
import Kubernetes
import VerneMQ

/// The injection that a StatefulSet ought to have, and how it gets there.
///
/// The webhook keeps an injection as it is, or its absence, while nothing in the request changes. So whoever renews sets the
/// annotation `injection` to a new value as well, which changes the request.
struct Renewal {
    private let current: JSONValue
    /// The object with a new token and the newest injection.
    private let renewed: JSONValue
    private let token: String
    /// What speaks against it, nil if nothing does.
    let errors: [Finding]?

    init(_ statefulSet: JSONValue, injector: Injector) {
        current = statefulSet
        token = Self.token(for: statefulSet)
        var marked = statefulSet
        if marked["metadata"]?["annotations"]?.objectValue == nil { marked["metadata"]?["annotations"] = [:] }
        marked["metadata"]?["annotations"]?[Annotation.injection.name] = .string(token)
        let stripped = injector.strip(marked)
        let decision = injector.inject(stripped.verdict == .stripped ? stripped.object : marked)
        renewed = decision.object
        errors = decision.verdict == .injected ? nil : decision.findings.filter { $0.severity == .error }
    }

    /// A value that the annotation does not have, the same each time for the same object.
    private static func token(for statefulSet: JSONValue) -> String {
        let view = ObjectView(statefulSet)
        let base = "repair-\(statefulSet["metadata"]?["generation"]?.integerValue ?? 0)"
        return view.annotation(Annotation.injection.name) == base ? base + "-again" : base
    }

    /// What a person types who wants it.
    var command: String {
        let view = ObjectView(current)
        let namespace = view.namespace.map { " --namespace \($0)" } ?? ""
        return "kubectl annotate statefulset \(view.name ?? "")\(namespace) "
            + "\(Annotation.injection.name)=\(token) --overwrite"
    }

    /// What the operator does where no pod is in the way. It fails if the object has been changed meanwhile.
    var patch: JSONPatch { Self.patch(from: current, to: renewed) }

    static func patch(from current: JSONValue, to other: JSONValue) -> JSONPatch {
        var operations = JSONPatch.difference(from: current, to: other).operations
        if let version = current["metadata"]?["resourceVersion"] {
            operations.insert(.test(path: JSONPointer("metadata", "resourceVersion"), value: version), at: 0)
        }
        return JSONPatch(operations)
    }

    /// Whether the annotations ask for another injection than the one that is there. An injection of an older operator may
    /// differ in everything else, and is not stale for that; what the annotations say is in variables that every version of
    /// the contract has.
    func isStale(_ statefulSet: JSONValue, _ injection: InjectionState) -> Bool {
        let old = injection.broker?["env"]?.arrayValue ?? []
        let new = InjectionState(of: renewed).broker?["env"]?.arrayValue ?? []
        return Self.reflected.contains { name in
            let ours = old.last { $0["name"]?.stringValue == name }
            let wanted = new.last { $0["name"]?.stringValue == name }
            guard let ours, let wanted else { return false }
            return ours["value"]?.stringValue ?? "" != wanted["value"]?.stringValue ?? ""
        }
    }

    private static let reflected = [
        "DOMAIN", "JOIN_TIMEOUT", "LEAVE_TIMEOUT", "LEAVE", "PLUGINS",
    ].map { "VMQ_OPERATOR_" + $0 }
}

import Document
import Injection
import Kubernetes
import VerneMQ

/// A StatefulSet under audit.
struct AuditedSet {
    let object: JSONValue
    let injection: InjectionState

    init(_ object: JSONValue, injection: InjectionState) {
        self.object = object
        self.injection = injection
    }

    var view: ObjectView { ObjectView(object) }
    var name: String { view.name ?? "" }
    var serviceName: String { object["spec"]?["serviceName"]?.stringValue ?? "" }
    var pod: JSONValue { object["spec"]?["template"]?["spec"] ?? .null }
    var podLabels: JSONObject { object["spec"]?["template"]?["metadata"]?["labels"]?.objectValue ?? [:] }
    /// The option of kubectl for the set's namespace.
    var namespaceOption: String { view.namespace.map { " --namespace \($0)" } ?? "" }

    /// Pods that were made from a template without an injection, or from none that we know.
    func uninjectedPods(_ pods: [JSONValue]) -> Concern? {
        let names = pods.map(ObjectView.init).filter { pod in
            !pod.isBeingDeleted && pod.annotation(Annotation.injected.name) == nil
        }.compactMap(\.name).sorted()
        guard !names.isEmpty else { return nil }
        return Concern(
            .podsNotInjected,
            "\(names.joined(separator: ", ")) run without the injection that the template has.",
            remedy: "they get it when they restart, which the update strategy decides: "
                + "kubectl rollout restart statefulset \(name)\(namespaceOption)"
        )
    }
}

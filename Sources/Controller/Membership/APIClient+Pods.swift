import Document
import Kubernetes
import KubernetesClient

extension APIClient {
    /// The pods that a StatefulSet controls, as the API server has them now.
    func pods(of set: JSONValue) async throws(APIError) -> [JSONValue] {
        let view = ObjectView(set)
        let labels = set["spec"]?["selector"]?["matchLabels"]?.objectValue ?? [:]
        let selector = labels.compactMap { name, value in value.stringValue.map { "\(name)=\($0)" } }
        guard !selector.isEmpty else { return [] }
        let list = try await list(.pods, in: view.namespace, Selector(labels: selector.joined(separator: ",")))
        return list.items.filter { pod in
            (pod["metadata"]?["ownerReferences"]?.arrayValue ?? []).contains { $0["uid"]?.stringValue == view.uid }
        }
    }
}

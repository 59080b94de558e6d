import Document
import Kubernetes
import KubernetesClient
import Membership

extension APIClient {
    /// The pods that a StatefulSet controls, as the API server has them now.
    func pods(of set: JSONValue) async throws(APIError) -> [JSONValue] {
        let view = ObjectView(set)
        guard let selector = Self.selector(of: set) else { return [] }
        let list = try await list(.pods, in: view.namespace, selector)
        return list.items.filter { pod in
            (pod["metadata"]?["ownerReferences"]?.arrayValue ?? []).contains { $0["uid"]?.stringValue == view.uid }
        }
    }

    /// The claims of a set's data, by ordinal. They carry the labels that the set's pods are selected by (the StatefulSet
    /// controller gives them).
    func claims(of set: JSONValue, _ reader: ClusterReader) async throws(APIError) -> [Int: ObservedClaim] {
        guard reader.claimTemplate != nil, let selector = Self.selector(of: set) else { return [:] }
        return reader.claims(try await list(.persistentVolumeClaims, in: reader.naming.namespace, selector).items)
    }

    /// What selects a set's pods; nil where nothing would, which must not be taken for everything.
    private static func selector(of set: JSONValue) -> Selector? {
        let labels = set["spec"]?["selector"]?["matchLabels"]?.objectValue ?? [:]
        let pairs = labels.compactMap { name, value in value.stringValue.map { "\(name)=\($0)" } }
        return pairs.isEmpty ? nil : Selector(labels: pairs.joined(separator: ","))
    }
}

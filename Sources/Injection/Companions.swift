public import Document

/// The objects that an injected StatefulSet leans on.
public enum Companions {
    /// Role, RoleBinding and boot Secret for a StatefulSet, in this order, to be applied with it.
    ///
    /// The Role lets the pods' service account see its pods, its StatefulSet and its namespace: what the hooks and the
    /// official image's check at start ask for. A pod without it works, but never leaves the cluster. The Secret is empty:
    /// the controller keeps the settings for the next start in it. Objects are in the StatefulSet's namespace; where its
    /// manifest names none, they name none either, and the RoleBinding's subject is in `default`.
    public static func documents(for statefulSet: JSONValue) -> [JSONValue] {
        let set = StatefulSetView(statefulSet)
        guard let name = set.name, !name.isEmpty else { return [] }
        let pod = PodTemplateView(set.template).spec
        let account = pod["serviceAccountName"]?.stringValue ?? pod["serviceAccount"]?.stringValue ?? ""
        let roleName = name + "-vernemq"
        return [
            [
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "Role",
                "metadata": metadata(roleName, of: set),
                "rules": rules(for: name, namespace: set.namespace),
            ],
            [
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "RoleBinding",
                "metadata": metadata(roleName, of: set),
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": .string(roleName)],
                "subjects": [
                    [
                        "kind": "ServiceAccount",
                        "name": .string(account.isEmpty ? "default" : account),
                        "namespace": .string(set.namespace ?? "default"),
                    ]
                ],
            ],
            [
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": metadata(name + Contract.bootSecretSuffix, of: set),
                "type": "Opaque",
            ],
        ]
    }

    private static func metadata(_ name: String, of set: StatefulSetView) -> JSONValue {
        var metadata: JSONValue = ["name": .string(name)]
        if let namespace = set.namespace { metadata["namespace"] = .string(namespace) }
        metadata["labels"] = ["app.kubernetes.io/managed-by": "vernemq-operator"]
        return metadata
    }

    private static func rules(for name: String, namespace: String?) -> JSONValue {
        var own: JSONValue = ["apiGroups": [""], "resources": ["namespaces"]]
        if let namespace { own["resourceNames"] = [.string(namespace)] }
        own["verbs"] = ["get"]
        return [
            ["apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]],
            [
                "apiGroups": ["apps"], "resources": ["statefulsets"], "resourceNames": [.string(name)],
                "verbs": ["get"],
            ],
            own,
        ]
    }
}

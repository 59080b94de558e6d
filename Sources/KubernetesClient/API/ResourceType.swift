public import Kubernetes

/// A kind of object as the API's paths name it.
public struct ResourceType: Sendable, Hashable {
    /// Group, version and kind, as objects carry them.
    public let kind: ResourceKind
    /// The name in paths, `statefulsets` say.
    public let plural: String
    /// Whether objects stand in namespaces.
    public let isNamespaced: Bool

    /// Names a resource; one that is not in the list below, if need be.
    public init(_ kind: ResourceKind, plural: String, isNamespaced: Bool = true) {
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// Names a resource by its parts; the group of the core API is empty.
    public init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.init(
            ResourceKind(group: group, version: version, kind: kind),
            plural: plural,
            isNamespaced: isNamespaced
        )
    }

    /// The path of one object, or of all (without a name), or of all in all namespaces (without a namespace).
    ///
    /// - Parameters:
    ///   - namespace: the namespace; ignored for resources that stand in none.
    ///   - name: the object's name.
    ///   - subresource: `status`, `scale` and so on.
    public func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        if isNamespaced, let namespace, !namespace.isEmpty { path += "/namespaces/\(namespace.pathEncoded)" }
        path += "/\(plural)"
        if let name { path += "/\(name.pathEncoded)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

extension ResourceType: CustomStringConvertible {
    /// `statefulsets.apps`
    public var description: String { kind.group.isEmpty ? plural : "\(plural).\(kind.group)" }
}

extension ResourceType {
    /// `v1 Pod`
    public static let pods = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods")
    /// `v1 Service`
    public static let services = ResourceType(group: "", version: "v1", kind: "Service", plural: "services")
    /// `v1 ConfigMap`
    public static let configMaps = ResourceType(.configMap, plural: "configmaps")
    /// `v1 Secret`
    public static let secrets = ResourceType(.secret, plural: "secrets")
    /// `v1 ServiceAccount`
    public static let serviceAccounts = ResourceType(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts"
    )
    /// `v1 PersistentVolumeClaim`
    public static let persistentVolumeClaims = ResourceType(
        group: "",
        version: "v1",
        kind: "PersistentVolumeClaim",
        plural: "persistentvolumeclaims"
    )
    /// `v1 Event`
    public static let events = ResourceType(group: "", version: "v1", kind: "Event", plural: "events")
    /// `v1 Namespace`
    public static let namespaces = ResourceType(
        group: "",
        version: "v1",
        kind: "Namespace",
        plural: "namespaces",
        isNamespaced: false
    )
    /// `apps/v1 StatefulSet`
    public static let statefulSets = ResourceType(.statefulSet, plural: "statefulsets")
    /// `rbac.authorization.k8s.io/v1 Role`
    public static let roles = ResourceType(.role, plural: "roles")
    /// `rbac.authorization.k8s.io/v1 RoleBinding`
    public static let roleBindings = ResourceType(.roleBinding, plural: "rolebindings")
    /// `policy/v1 PodDisruptionBudget`, since Kubernetes 1.21.
    public static let podDisruptionBudgets = ResourceType(
        group: "policy",
        version: "v1",
        kind: "PodDisruptionBudget",
        plural: "poddisruptionbudgets"
    )
    /// `policy/v1beta1 PodDisruptionBudget`, until Kubernetes 1.24.
    public static let podDisruptionBudgetsBeta = ResourceType(
        group: "policy",
        version: "v1beta1",
        kind: "PodDisruptionBudget",
        plural: "poddisruptionbudgets"
    )
    /// `coordination.k8s.io/v1 Lease`
    public static let leases = ResourceType(
        group: "coordination.k8s.io",
        version: "v1",
        kind: "Lease",
        plural: "leases"
    )
    /// `admissionregistration.k8s.io/v1 MutatingWebhookConfiguration`
    public static let mutatingWebhookConfigurations = ResourceType(
        group: "admissionregistration.k8s.io",
        version: "v1",
        kind: "MutatingWebhookConfiguration",
        plural: "mutatingwebhookconfigurations",
        isNamespaced: false
    )
    /// `admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration`
    public static let validatingWebhookConfigurations = ResourceType(
        group: "admissionregistration.k8s.io",
        version: "v1",
        kind: "ValidatingWebhookConfiguration",
        plural: "validatingwebhookconfigurations",
        isNamespaced: false
    )
    /// `vmq.k8s.vernemq.com/v1alpha1 VerneMQ`
    public static let verneMQs = ResourceType(.verneMQ, plural: "vernemqs")
}

/// The name of an object within its resource type: what stores are indexed by and queues hold.
public struct ObjectKey: Sendable, Hashable {
    /// The namespace; nil for objects that stand in none.
    public var namespace: String?
    /// The name.
    public var name: String

    /// Names an object.
    public init(namespace: String? = nil, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// The key of an object; nil for one without a name.
    public init?(of object: ObjectView) {
        guard let name = object.name, !name.isEmpty else { return nil }
        self.init(namespace: object.namespace, name: name)
    }
}

extension ObjectKey: CustomStringConvertible, Comparable {
    /// `namespace/name`, or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// Orders by namespace, then by name.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace ?? "", left.name) < (right.namespace ?? "", right.name)
    }
}

extension String {
    /// The text as one segment of a path (RFC 3986, section 3.3): everything but unreserved characters is encoded.
    var pathEncoded: String { percentEncoded }

    /// The text as the value of a query parameter.
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

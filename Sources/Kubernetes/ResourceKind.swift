/// A group, a version and a kind: what `apiVersion` and `kind` of an object say together.
///
/// The core group is the empty string, as in the API itself.
public struct ResourceKind: Sendable, Hashable {
    /// The API group; empty for the core group.
    public var group: String
    /// The version within the group, `v1` say.
    public var version: String
    /// The kind in camel case, `StatefulSet` say.
    public var kind: String

    /// Makes a kind from its parts.
    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// Makes a kind from the two fields of an object. `apiVersion` is `version` for the core group, else `group/version`.
    public init(apiVersion: String, kind: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            self.init(
                group: String(apiVersion[..<slash]),
                version: String(apiVersion[apiVersion.index(after: slash)...]),
                kind: kind
            )
        } else {
            self.init(group: "", version: apiVersion, kind: kind)
        }
    }

    /// The value of an object's `apiVersion`.
    public var apiVersion: String {
        group.isEmpty ? version : "\(group)/\(version)"
    }

    /// Whether both are the same kind of the same group, whatever their versions.
    public func isSameKind(as other: ResourceKind) -> Bool {
        group == other.group && kind == other.kind
    }
}

extension ResourceKind: CustomStringConvertible {
    /// `apps/v1 StatefulSet`.
    public var description: String { "\(apiVersion) \(kind)" }
}

extension ResourceKind {
    /// The group of the resources that this operator defines.
    public static let operatorGroup = "vmq.k8s.vernemq.com"

    /// `apps/v1 StatefulSet`.
    public static let statefulSet = ResourceKind(group: "apps", version: "v1", kind: "StatefulSet")
    /// `v1 ConfigMap`.
    public static let configMap = ResourceKind(group: "", version: "v1", kind: "ConfigMap")
    /// `v1 Secret`.
    public static let secret = ResourceKind(group: "", version: "v1", kind: "Secret")
    /// `v1 List`, which exists on the client's side only: a document that holds others.
    public static let list = ResourceKind(group: "", version: "v1", kind: "List")
    /// `v1 Status`.
    public static let status = ResourceKind(group: "", version: "v1", kind: "Status")
    /// `rbac.authorization.k8s.io/v1 Role`.
    public static let role = ResourceKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "Role")
    /// `rbac.authorization.k8s.io/v1 RoleBinding`.
    public static let roleBinding = ResourceKind(
        group: "rbac.authorization.k8s.io",
        version: "v1",
        kind: "RoleBinding"
    )
    /// `vmq.k8s.vernemq.com/v1alpha1 VerneMQ`.
    public static let verneMQ = ResourceKind(group: operatorGroup, version: "v1alpha1", kind: "VerneMQ")
    /// `admission.k8s.io/v1 AdmissionReview`.
    public static let admissionReview = ResourceKind(
        group: "admission.k8s.io",
        version: "v1",
        kind: "AdmissionReview"
    )
}

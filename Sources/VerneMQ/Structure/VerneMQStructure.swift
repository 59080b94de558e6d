public import Document

/// The structure of the `VerneMQ` resource (`vmq.k8s.vernemq.com/v1alpha1`): its fields, their types, and the
/// CustomResourceDefinition, all from one tree. Group, kind, field names and JSON types are those of the Go operator
/// (`vernemq/vmq-operator`), so that its resources apply unchanged; what is new here is marked in ``VerneMQStructure/specFields``.
public enum VerneMQStructure {
    /// The version of the resource.
    public static let version = "v1alpha1"
    /// `group/version` as manifests write it.
    public static let apiVersion = OperatorName.group + "/" + version
    /// The kind.
    public static let kind = "VerneMQ"
    /// The name of the resource in paths of the API.
    public static let plural = "vernemqs"

    /// Everything that is wrong with the structure of a `VerneMQ` resource: unknown fields (with a suggestion), wrong
    /// types, values outside their set or range, required fields that are missing. Objects that Kubernetes defines
    /// (affinity, resources, …) are only checked to be objects. Metadata and status are the API server's business.
    public static func validate(_ resource: JSONValue) -> [Finding] {
        guard case .object(let members) = resource else {
            return [Finding(.error, path: "", problem: "not an object", remedy: "must be a \(kind) resource")]
        }
        var findings: [Finding] = []
        for (name, expected) in [("apiVersion", apiVersion), ("kind", kind)] {
            let found = members[name]?.stringValue
            if found != expected {
                let value = found?.shortened
                findings.append(
                    Finding(
                        .error,
                        path: name,
                        value: value,
                        problem: "not this resource",
                        remedy: "must be \(expected)"
                    )
                )
            }
        }
        let known = ["apiVersion", "kind", "metadata", "spec", "status"]
        for name in members.keys where !known.contains(name) {
            let remedy = Suggestion.remedy(for: name, among: known)
            findings.append(Finding(.error, path: name, problem: "unknown field", remedy: remedy))
        }
        if let metadata = members["metadata"], !metadata.isNull {
            findings += SchemaType.opaque.check(metadata, at: "metadata")
        }
        if let spec = members["spec"], !spec.isNull {
            findings += SchemaType.object(specFields).check(spec, at: "spec")
        } else {
            findings.append(Finding(.error, path: "spec", problem: "required value", remedy: "must be an object"))
        }
        return findings
    }
}

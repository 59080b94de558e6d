public import Document
import Kubernetes
public import VerneMQ

/// Reads a `VerneMQ` resource. Nothing here fails: what is absent, null or not of the expected kind is nil or empty; the
/// validating webhook has judged the structure before.
public struct ClusterResource: Sendable {
    /// The resource.
    public let object: JSONValue

    /// Looks at a resource.
    public init(_ object: JSONValue) {
        self.object = object
    }

    /// `metadata.name`, empty where there is none.
    public var name: String { view.name ?? "" }
    /// `metadata.namespace`.
    public var namespace: String? { view.namespace }
    /// `metadata.uid`.
    public var uid: String? { view.uid }
    /// `metadata.generation`.
    public var generation: Int64? { object["metadata"]?["generation"]?.integerValue }
    /// Whether it is on its way out.
    public var isBeingDeleted: Bool { view.isBeingDeleted }
    /// Whether the annotation `pause` tells the controllers to leave it alone.
    public var isPaused: Bool { annotation(.pause) == "true" }
    /// Whether the annotation `take-over` consents to taking over what another controller manages.
    public var isTakenOver: Bool { annotation(.takeOver) == "true" }
    /// How many brokers there shall be; one where nothing is said, as with the Go operator.
    public var size: Int64 { spec("size")?.integerValue ?? 1 }
    /// The name of the StatefulSet of the user's own that is driven, nil where the operator makes one.
    public var referencedStatefulSet: String? { spec("statefulSetRef")?["name"]?.stringValue }
    /// The name of the StatefulSet that this resource is about.
    public var statefulSetName: String { referencedStatefulSet ?? WorkloadNames(self).statefulSet }

    /// The value of one of our annotations.
    public func annotation(_ annotation: Annotation) -> String? { view.annotation(annotation.name) }

    /// A field of `spec`; null counts as absent.
    public func spec(_ field: String) -> JSONValue? { object["spec"]?[field]?.unlessNull }

    /// A field of `spec` that holds text; the empty text counts as absent.
    func text(_ field: String) -> String? { spec(field)?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }

    /// A field of `spec` that holds a list.
    func list(_ field: String) -> [JSONValue] { spec(field)?.arrayValue ?? [] }

    /// The owner reference of what the operator makes for this resource, nil for a resource that no server has stored.
    var ownerReference: JSONValue? {
        guard let uid else { return nil }
        return OwnerReference.controller(
            apiVersion: VerneMQStructure.apiVersion,
            kind: VerneMQStructure.kind,
            name: name,
            uid: uid
        )
    }

    private var view: ObjectView { ObjectView(object) }
}

/// `metadata.ownerReferences`.
enum OwnerReference {
    /// The reference of the one controller of an object.
    static func controller(apiVersion: String, kind: String, name: String, uid: String) -> JSONValue {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
            "controller": true, "blockOwnerDeletion": true,
        ]
    }

    /// The uid of the controller of an object, nil if it has none.
    static func controllerUID(of object: JSONValue) -> String? {
        let references = object["metadata"]?["ownerReferences"]?.arrayValue ?? []
        return references.first { $0["controller"]?.boolValue == true }?["uid"]?.stringValue
    }
}

public import Document
import Kubernetes
import VerneMQ

/// Finds out whether somebody else is at work on a resource or on what bears its names. Then the operator does nothing,
/// until the annotation `take-over` says that it shall.
public struct ManagedElsewhere: Sendable, Hashable {
    /// What was found.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Another program writes the resource's status.
        case statusWriter
        /// An object of ours by name belongs to somebody else, or to nobody.
        case foreignObject
        /// An object belongs to a resource of the same name that is gone; the garbage collector is about to remove it.
        case previousOwner
    }

    /// What was found.
    public let reason: Reason
    /// Who or what it is: `manager "manager"`, `StatefulSet messaging/vernemq-mqtt`.
    public let subject: String

    /// Why nothing is done and what would change that, as a sentence.
    public var message: String {
        let consent = "set the annotation \(Annotation.takeOver.name) to \"true\" if this operator shall take over"
        return switch reason {
        case .statusWriter: "The status is written by \(subject): stop it, and \(consent)."
        case .foreignObject: "\(subject) has no controller reference to this resource: remove it, or \(consent)."
        case .previousOwner: "\(subject) belongs to an earlier resource of this name and is about to be removed."
        }
    }

    /// What stands in the way.
    ///
    /// - Parameters:
    ///   - resource: the resource, with its `managedFields`.
    ///   - observed: the objects that exist under the names of what is desired.
    /// - Returns: the first that was found, nil if the operator may act.
    public static func find(_ resource: JSONValue, observed: [JSONValue]) -> ManagedElsewhere? {
        let cluster = ClusterResource(resource)
        var objects: [JSONValue] = []
        if cluster.referencedStatefulSet == nil {
            objects = observed.filter { object in
                OwnerReference.controllerUID(of: object) == nil
                    || OwnerReference.controllerUID(of: object) != cluster.uid
            }
        }
        // What the garbage collector is about to remove is in the way of everybody, consent or not.
        if let object = objects.first(where: { isOfEarlier(cluster, $0) }) {
            return ManagedElsewhere(reason: .previousOwner, subject: name(of: object))
        }
        guard !cluster.isTakenOver else { return nil }
        if let manager = statusWriter(of: resource) {
            return ManagedElsewhere(reason: .statusWriter, subject: "manager \"\(manager)\"")
        }
        return objects.first.map { ManagedElsewhere(reason: .foreignObject, subject: name(of: $0)) }
    }

    /// A program that has written the status. People may do so by kubectl, which makes them no controller.
    private static func statusWriter(of resource: JSONValue) -> String? {
        let entries = resource["metadata"]?["managedFields"]?.arrayValue ?? []
        let writers = entries.filter { $0["fieldsV1"]?["f:status"] != nil }.compactMap { $0["manager"]?.stringValue }
        return writers.filter { $0 != DesiredObject.fieldManager && !$0.hasPrefix("kubectl") }.sorted().first
    }

    private static func isOfEarlier(_ resource: ClusterResource, _ object: JSONValue) -> Bool {
        (object["metadata"]?["ownerReferences"]?.arrayValue ?? []).contains { reference in
            reference["controller"]?.boolValue == true && reference["kind"]?.stringValue == VerneMQStructure.kind
                && reference["apiVersion"]?.stringValue?.hasPrefix(OperatorName.group + "/") == true
                && reference["name"]?.stringValue == resource.name && reference["uid"]?.stringValue != resource.uid
        }
    }

    private static func name(of object: JSONValue) -> String {
        let view = ObjectView(object)
        return "\(view.kind?.kind ?? "object") \(view.displayName)"
    }
}

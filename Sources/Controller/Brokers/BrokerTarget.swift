import Document
import Kubernetes

/// The broker's container of one pod, as it was when somebody decided to run a command in it. Names are used again by other
/// pods and other sets; uids are not.
struct BrokerTarget: Sendable, Hashable {
    /// The namespace.
    var namespace: String
    /// The pod's name.
    var pod: String
    /// The pod's uid.
    var podUID: String
    /// The uid of the StatefulSet that controls the pod.
    var setUID: String
    /// The broker's container.
    var container: String

    init(namespace: String, pod: String, podUID: String, setUID: String, container: String) {
        self.namespace = namespace
        self.pod = pod
        self.podUID = podUID
        self.setUID = setUID
        self.container = container
    }

    /// The broker of a pod; nil for a pod that is no pod of the set.
    ///
    /// - Parameters:
    ///   - pod: the pod as it is stored.
    ///   - set: the StatefulSet as it is stored.
    ///   - container: the name of the broker's container.
    init?(_ pod: JSONValue, of set: JSONValue, container: String) {
        let (pod, set) = (ObjectView(pod), ObjectView(set))
        guard let name = pod.name, let namespace = pod.namespace, let uid = pod.uid, let setUID = set.uid else {
            return nil
        }
        self.init(namespace: namespace, pod: name, podUID: uid, setUID: setUID, container: container)
        guard Self.controllerUID(of: pod.object) == setUID else { return nil }
    }

    /// Why a pod, as it is stored now, is not the one that was meant; nil if it is, and its broker's container runs.
    func difference(to pod: JSONValue) -> BrokerExecError? {
        let view = ObjectView(pod)
        guard view.uid == podUID else { return .gone("the pod was replaced by another of its name") }
        guard Self.controllerUID(of: pod) == setUID else { return .gone("the pod belongs to another StatefulSet") }
        guard !view.isBeingDeleted else { return .gone("the pod is stopping") }
        let statuses = pod["status"]?["containerStatuses"]?.arrayValue ?? []
        let status = statuses.first { $0["name"]?.stringValue == container }
        guard status?["state"]?["running"] != nil else { return .notRunning("the container \(container) does not run") }
        return nil
    }

    private static func controllerUID(of object: JSONValue) -> String? {
        let references = object["metadata"]?["ownerReferences"]?.arrayValue ?? []
        let controller = references.first { $0["controller"]?.boolValue == true }
        guard controller?["kind"]?.stringValue == "StatefulSet" else { return nil }
        return controller?["uid"]?.stringValue
    }
}

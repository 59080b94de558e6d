import Document
import Kubernetes
import KubernetesClient
import Telemetry
import Transport
import VerneMQ
import Workload

/// What is to be looked at, and which changes make it so.
final class ControllerQueues: Sendable {
    let statefulSets: WorkQueue<ObjectKey>
    let resources: WorkQueue<ObjectKey>
    /// StatefulSets whose running brokers are to be looked at.
    let live: WorkQueue<ObjectKey>
    /// StatefulSets whose members are to be looked at.
    let members: WorkQueue<ObjectKey>

    /// How long changes of one set are gathered before its brokers are asked: a set that rolls changes every second.
    private static let gathering: Duration = .seconds(2)

    init(on loop: EventLoop, metrics: MetricRegistry) {
        statefulSets = WorkQueue(name: "statefulsets", on: loop, metrics: metrics)
        resources = WorkQueue(name: "vernemqs", on: loop, metrics: metrics)
        live = WorkQueue(name: "live", on: loop, metrics: metrics)
        members = WorkQueue(name: "members", on: loop, metrics: metrics)
    }

    /// Has every change in the caches looked at from now on, and first everything that is there.
    func follow(_ caches: ClusterCaches) {
        caches.resources.onChange { [resources, members] change in
            // A status that we have written ourselves is no news.
            if let old = change.old, let new = change.new, Self.isSameRequest(old, new) { return }
            resources.add(change.key)
            guard let new = change.new else { return }
            let set = ObjectKey(namespace: change.key.namespace, name: ClusterResource(new).statefulSetName)
            // Whether the members of a set are looked after may hang on a resource that says to leave it alone.
            if caches.statefulSets[set] != nil { members.add(set, after: Self.gathering) }
        }
        caches.statefulSets.onChange { [self] change in
            // What we have written down ourselves is no news.
            if let old = change.old, let new = change.new, Self.isSameButForMemory(old, new) { return }
            statefulSets.add(change.key)
            members.add(change.key, after: change.old == nil || change.new == nil ? .zero : Self.gathering)
            addResources(of: change.key, caches)
            addOwner(of: change)
        }
        caches.services.onChange { [self] change in
            let name = ClusterCaches.text(change.key.namespace, change.key.name)
            for key in caches.statefulSets.keys(in: ClusterCaches.Index.service, under: name) { statefulSets.add(key) }
            addOwner(of: change)
        }
        caches.configMaps.onChange { [self] change in
            let name = ClusterCaches.text(change.key.namespace, change.key.name)
            for key in caches.statefulSets.keys(in: ClusterCaches.Index.configMap, under: name) {
                statefulSets.add(key)
            }
            for key in caches.resources.keys(in: ClusterCaches.Index.configMap, under: name) { resources.add(key) }
        }
        for informer in [caches.serviceAccounts, caches.roles, caches.roleBindings, caches.disruptionBudgets] {
            informer.onChange { [self] change in addOwner(of: change) }
        }
    }

    /// Has the resources looked at that are about a set.
    func addResources(of set: ObjectKey, _ caches: ClusterCaches) {
        let name = ClusterCaches.text(set.namespace, set.name)
        for key in caches.resources.keys(in: ClusterCaches.Index.statefulSet, under: name) { resources.add(key) }
    }

    /// Has the owner of an object that has changed, or is gone, looked at.
    private func addOwner(of change: ObjectChange) {
        let references = [change.old, change.new].flatMap { object in
            object?["metadata"]?["ownerReferences"]?.arrayValue ?? []
        }
        for reference in references where reference["controller"]?.boolValue == true {
            guard let name = reference["name"]?.stringValue, let apiVersion = reference["apiVersion"]?.stringValue
            else {
                continue
            }
            let key = ObjectKey(namespace: change.key.namespace, name: name)
            let kind = ResourceKind(apiVersion: apiVersion, kind: reference["kind"]?.stringValue ?? "")
            if kind.isSameKind(as: .verneMQ) { resources.add(key) }
            if kind.isSameKind(as: .statefulSet) { statefulSets.add(key) }
        }
    }

    private static func isSameButForMemory(_ old: JSONValue, _ new: JSONValue) -> Bool {
        func annotations(_ view: ObjectView) -> JSONObject {
            (view.annotations ?? [:]).filter { name, _ in name != Annotation.membership.name }
        }
        let (before, after) = (ObjectView(old), ObjectView(new))
        return before.annotation(Annotation.membership.name) != after.annotation(Annotation.membership.name)
            && old["spec"] == new["spec"] && old["status"] == new["status"] && before.uid == after.uid
            && annotations(before) == annotations(after) && before.labels == after.labels
            && before.isBeingDeleted == after.isBeingDeleted
    }

    private static func isSameRequest(_ old: JSONValue, _ new: JSONValue) -> Bool {
        let (before, after) = (ObjectView(old), ObjectView(new))
        return old["spec"] == new["spec"] && before.uid == after.uid
            && before.annotations == after.annotations && before.labels == after.labels
            && before.isBeingDeleted == after.isBeingDeleted
    }
}

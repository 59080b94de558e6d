import Document
import Kubernetes
import KubernetesClient
import Telemetry
import Transport
import VerneMQ

/// What is to be looked at, and which changes make it so.
final class ControllerQueues: Sendable {
    let statefulSets: WorkQueue<ObjectKey>
    let resources: WorkQueue<ObjectKey>
    /// StatefulSets whose running brokers are to be looked at.
    let live: WorkQueue<ObjectKey>

    init(on loop: EventLoop, metrics: MetricRegistry) {
        statefulSets = WorkQueue(name: "statefulsets", on: loop, metrics: metrics)
        resources = WorkQueue(name: "vernemqs", on: loop, metrics: metrics)
        live = WorkQueue(name: "live", on: loop, metrics: metrics)
    }

    /// Has every change in the caches looked at from now on, and first everything that is there.
    func follow(_ caches: ClusterCaches) {
        caches.resources.onChange { [resources] change in
            // A status that we have written ourselves is no news.
            if let old = change.old, let new = change.new, Self.isSameRequest(old, new) { return }
            resources.add(change.key)
        }
        caches.statefulSets.onChange { [self] change in
            statefulSets.add(change.key)
            let name = ClusterCaches.text(change.key.namespace, change.key.name)
            for key in caches.resources.keys(in: ClusterCaches.Index.statefulSet, under: name) { resources.add(key) }
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

    private static func isSameRequest(_ old: JSONValue, _ new: JSONValue) -> Bool {
        let (before, after) = (ObjectView(old), ObjectView(new))
        return old["spec"] == new["spec"] && before.uid == after.uid
            && before.annotations == after.annotations && before.labels == after.labels
            && before.isBeingDeleted == after.isBeingDeleted
    }
}

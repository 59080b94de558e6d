public import Document
import Kubernetes
public import VerneMQ

/// What may not change in a resource, because what was made from it cannot change, or because data would be lost to brokers
/// under other names. The validating webhook refuses it, with the way out.
public enum ResourceTransition {
    /// Everything that is wrong with a change.
    ///
    /// - Parameters:
    ///   - resource: the resource as it shall be stored.
    ///   - old: the resource as it is stored.
    public static func check(_ resource: JSONValue, old: JSONValue) -> [Finding] {
        let (new, old) = (ClusterResource(resource), ClusterResource(old))
        guard !new.isBeingDeleted else { return [] }
        guard new.referencedStatefulSet == old.referencedStatefulSet else { return [otherSet(new)] }
        guard new.referencedStatefulSet == nil else { return [] }
        return storage(new, old) + domain(new, old)
    }

    private static func otherSet(_ resource: ClusterResource) -> Finding {
        Finding(
            .error,
            path: "spec.statefulSetRef",
            value: resource.referencedStatefulSet?.shortened,
            problem: "cannot change: the brokers of one StatefulSet do not become those of another",
            remedy: "make a new resource"
        )
    }

    /// Kubernetes lets nobody change the claim templates of a StatefulSet.
    private static func storage(_ new: ClusterResource, _ old: ClusterResource) -> [Finding] {
        let templates = (BrokerStorage(new).claimTemplates, BrokerStorage(old).claimTemplates)
        guard !JSONValue.array(templates.0).isEquivalent(to: .array(templates.1)) else { return [] }
        return [
            Finding(
                .error,
                path: "spec.storage",
                problem: "the volumes of a cluster cannot change",
                remedy: "enlarge volumes in their PersistentVolumeClaims; for other storage make a new resource"
            )
        ]
    }

    /// The domain is part of every node name, which data on volumes knows.
    private static func domain(_ new: ClusterResource, _ old: ClusterResource) -> [Finding] {
        func domain(_ resource: ClusterResource) -> String {
            resource.text("clusterDomain") ?? resource.annotation(.clusterDomain) ?? "cluster.local"
        }
        guard domain(new) != domain(old), old.size > 0, !BrokerStorage(old).claimTemplates.isEmpty,
            new.annotation(.adopt) != "fresh-state"
        else { return [] }
        return [
            Finding(
                .error,
                path: "spec.clusterDomain",
                value: domain(new).shortened,
                problem: "renames every broker, and the data on their volumes does not know the new names",
                remedy:
                    "keep \(domain(old)), or set \(Annotation.adopt.name) to \"fresh-state\" to begin with empty brokers"
            )
        ]
    }
}

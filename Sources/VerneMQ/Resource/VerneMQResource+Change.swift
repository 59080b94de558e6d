import Document

extension VerneMQResource {
    /// What may not change, what is better not changed like that, and what the change means for brokers that run.
    static func checkChange(
        of resource: JSONValue,
        _ spec: JSONValue,
        from old: JSONValue,
        _ before: JSONValue,
        version: VerneMQVersion,
        _ list: inout FindingList
    ) {
        let isOurs = spec["statefulSetRef"]?.isNull != false
        let wasOurs = before["statefulSetRef"]?.isNull != false
        if isOurs != wasOurs {
            list.error(
                isOurs ? "spec.size" : "spec.statefulSetRef",
                "cannot change between a StatefulSet that the operator makes and one of yours",
                remedy: "delete the resource (the volumes stay) and create it anew"
            )
        } else if isOurs {
            checkStorageChange(of: spec, from: before, &list)
            checkDomain(of: resource, spec, from: old, before, &list)
            checkSize(of: spec, from: before, &list)
        } else if spec["statefulSetRef"]?["name"] != before["statefulSetRef"]?["name"] {
            list.error(
                "spec.statefulSetRef.name",
                spec["statefulSetRef"]?["name"]?.stringValue,
                "cannot change: the resource stands for one cluster",
                remedy: "create another resource for the other StatefulSet"
            )
        }
        guard !list.findings.contains(where: { $0.severity == .error }) else { return }
        let change = ConfigurationChange(
            from: configuration(of: before, configMap: nil).settings,
            to: configuration(of: spec, configMap: nil).settings,
            version: version
        )
        list.add(ChangeNotice.findings(on: change, path: "spec.config"))
    }

    private static func checkStorageChange(of spec: JSONValue, from before: JSONValue, _ list: inout FindingList) {
        guard !claim(of: spec).isEquivalent(to: claim(of: before)) else { return }
        list.error(
            "spec.storage",
            "cannot change: Kubernetes lets nobody change the volumes of a StatefulSet",
            remedy: "put it back, and grow the claims themselves; or create another resource and move the clients to it"
        )
    }

    /// What brokers claim their volumes by; null for data that dies with its pod, which is part of the pod template and may
    /// change like the rest of it.
    private static func claim(of spec: JSONValue) -> JSONValue {
        guard spec["storage"]?["emptyDir"]?.isNull != false, let claim = spec["storage"]?["volumeClaimTemplate"],
            claim.objectValue != nil
        else { return .null }
        return claim
    }

    /// The domain is part of every node name. On a StatefulSet of the user's own it is that set's webhook that knows
    /// whether there are replicas.
    private static func checkDomain(
        of resource: JSONValue,
        _ spec: JSONValue,
        from old: JSONValue,
        _ before: JSONValue,
        _ list: inout FindingList
    ) {
        let previous = domain(of: old, before)
        let new = domain(of: resource, spec)
        guard previous != new else { return }
        if before["size"]?.integerValue != 0 {
            list.error(
                "spec.clusterDomain",
                new,
                "cannot change while there are replicas: it renames the brokers of a running cluster",
                remedy: "scale to 0 first, or put back \(previous)"
            )
        } else if claim(of: before) != .null, annotation(.adopt, of: resource) != "fresh-state" {
            list.error(
                "spec.clusterDomain",
                new,
                "renames every broker, and the data on their volumes does not know the new names",
                remedy: "put back \(previous), or set the annotation \(Annotation.adopt.name) to fresh-state to start "
                    + "with fresh state"
            )
        }
    }

    private static func domain(of resource: JSONValue, _ spec: JSONValue) -> String {
        let own = spec["clusterDomain"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        return own ?? annotation(.clusterDomain, of: resource) ?? "cluster.local"
    }

    private static func annotation(_ annotation: Annotation, of resource: JSONValue) -> String? {
        resource["metadata"]?["annotations"]?[annotation.name]?.stringValue
    }

    /// Scaling down makes brokers leave one after the other, each moving its queues to those that stay.
    private static func checkSize(of spec: JSONValue, from before: JSONValue, _ list: inout FindingList) {
        guard let old = before["size"]?.integerValue, let new = spec["size"]?.integerValue, new < old else { return }
        if new == 0 {
            list.warning(
                "spec.size",
                "0",
                "stops the whole cluster; nobody leaves it, and the data stays on the volumes",
                remedy: "clients have no broker until it is raised again"
            )
        } else if new <= old / 2 {
            list.warning(
                "spec.size",
                String(new),
                "takes \(old - new) of \(old) brokers away, and the \(new) that stay have to take their queues and clients",
                remedy: "go down in steps, and see that the brokers that stay have room"
            )
        }
    }
}

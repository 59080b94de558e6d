import Document
import Injection
import Kubernetes
import VerneMQ

/// The pods of a StatefulSet, by ordinal, with the names of their brokers.
struct ObservedPods {
    struct Pod {
        let object: JSONValue
        let name: String
        let ordinal: Int64
        /// The broker's node name.
        let node: String

        var isReady: Bool {
            !isTerminating
                && (object["status"]?["conditions"]?.arrayValue ?? []).contains {
                    $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True"
                }
        }

        var isTerminating: Bool { ObjectView(object).isBeingDeleted }
    }

    let pods: [Pod]

    init(_ objects: [JSONValue], of statefulSet: JSONValue?) {
        let set = statefulSet.map(ObjectView.init)
        let service = statefulSet?["spec"]?["serviceName"]?.stringValue ?? ""
        let domain = set?.annotation(Annotation.clusterDomain.name) ?? "cluster.local"
        pods = objects.compactMap { object in
            let view = ObjectView(object)
            guard let name = view.name, let hyphen = name.lastIndex(of: "-"),
                let ordinal = Int64(name[name.index(after: hyphen)...])
            else { return nil }
            let namespace = view.namespace ?? set?.namespace ?? "default"
            let node = "VerneMQ@\(name).\(service).\(namespace).svc.\(domain)"
            return Pod(object: object, name: name, ordinal: ordinal, node: node)
        }.sorted { ($0.ordinal, $0.name) < ($1.ordinal, $1.name) }
    }
}

extension ObservedPods.Pod {
    /// Why the pod is not ready, as a clause.
    var trouble: String {
        if isTerminating { return "is stopping" }
        let status = object["status"]
        let statuses =
            (status?["initContainerStatuses"]?.arrayValue ?? []) + (status?["containerStatuses"]?.arrayValue ?? [])
        for container in statuses {
            let name = container["name"]?.stringValue ?? ""
            if let waiting = container["state"]?["waiting"], let reason = waiting["reason"]?.stringValue,
                reason != "PodInitializing", reason != "ContainerCreating"
            {
                let last = container["lastState"]?["terminated"]?["message"]?.stringValue.map(Self.firstLine) ?? ""
                return "\(name): \(reason)" + (last.isEmpty ? "" : " (\(last))")
            }
            if let ended = container["state"]?["terminated"], ended["exitCode"]?.integerValue ?? 0 != 0 {
                let last = ended["message"]?.stringValue.map(Self.firstLine) ?? ""
                return "\(name) ended" + (last.isEmpty ? "" : ": \(last)")
            }
        }
        if let scheduled = (status?["conditions"]?.arrayValue ?? []).first(where: {
            $0["type"]?.stringValue == "PodScheduled" && $0["status"]?.stringValue == "False"
        }) {
            return "cannot be scheduled: \(scheduled["message"]?.stringValue.map(Self.firstLine) ?? "no reason given")"
        }
        return "is starting or not yet joined"
    }

    static func firstLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count <= 200 ? line : line.prefix(199) + "…"
    }
}

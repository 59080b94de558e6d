import Document
import Kubernetes
import KubernetesClient
import Membership
import VerneMQ

/// Decides which broker of a set may be restarted, and whether now is the time. Pure.
struct RestartChoice {
    /// A pod with the name of its node.
    struct Member {
        var pod: JSONValue
        var node: String
        var ordinal: Int
    }

    private let set: JSONValue
    private let pods: [JSONValue]
    private let container: String
    /// The pods that bear names of the set's, by name.
    let members: [String: Member]

    private let minimumUptime: Duration

    /// - Parameter minimumUptime: a broker that has been up for less is not restarted again.
    init(set: JSONValue, pods: [JSONValue], container: String, minimumUptime: Duration) {
        self.minimumUptime = minimumUptime
        self.set = set
        self.pods = pods
        self.container = container
        let view = ObjectView(set)
        let naming = NodeNaming(
            set: view.name ?? "",
            service: set["spec"]?["serviceName"]?.stringValue ?? "",
            namespace: view.namespace ?? "",
            domain: view.annotation(Annotation.clusterDomain.name) ?? "cluster.local"
        )
        var members: [String: Member] = [:]
        for pod in pods {
            guard let name = ObjectView(pod).name, let ordinal = naming.ordinal(ofPod: name) else { continue }
            members[name] = Member(pod: pod, node: naming.node(ordinal), ordinal: ordinal)
        }
        self.members = members
    }

    /// The pod whose broker is next: the highest ordinal, as in a rollout; nil if none is to be restarted.
    func next(_ report: LiveReport, now: Timestamp) -> JSONValue? {
        members.filter { name, member in
            report.brokers[name]?.restartRequired?.isEmpty == false && hasRested(member.pod, now)
        }.values.max { $0.ordinal < $1.ordinal }?.pod
    }

    private func hasRested(_ pod: JSONValue, _ now: Timestamp) -> Bool {
        let statuses = pod["status"]?["containerStatuses"]?.arrayValue ?? []
        let status = statuses.first { $0["name"]?.stringValue == container }
        guard let text = status?["state"]?["running"]?["startedAt"]?.stringValue, let start = Timestamp(text) else {
            return false
        }
        return .seconds(now.seconds - start.seconds) >= minimumUptime
    }

    /// Whether every pod that there shall be is there and ready, of the newest revision, and nobody comes or goes.
    var arePodsWhole: Bool {
        let wanted = set["spec"]?["replicas"]?.integerValue ?? 1
        return pods.count == wanted && members.count == pods.count
            && pods.allSatisfy { $0.isReadyPod && !ObjectView($0).isBeingDeleted }
            && set["status"]?["currentRevision"] == set["status"]?["updateRevision"]
    }

    /// Whether every broker sees all of them running, and nobody else.
    ///
    /// - Parameter views: what each broker sees, by the name of its pod.
    func isOneCluster(_ views: [String: [String: Bool]]) -> Bool {
        let nodes = Set(members.values.map(\.node))
        return members.keys.allSatisfy { name in
            guard let view = views[name] else { return false }
            return Set(view.keys) == nodes && view.values.allSatisfy { $0 }
        }
    }
}

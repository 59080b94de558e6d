import Document
import Foundation

/// Reads what a real API server says into the Kubernetes side of a world.
enum KubernetesMirror {
    /// The items of a list; nil if the text is no list.
    static func items(_ list: String) -> [JSONValue]? {
        do {
            return try JSONValue(parsing: list)["items"]?.arrayValue
        } catch {
            return nil
        }
    }

    static func isOf(_ namespace: String, _ object: JSONValue) -> Bool {
        object["metadata"]?["namespace"]?.stringValue == namespace
    }

    /// Seconds since 1970.
    static func moment(_ time: JSONValue?) -> Double? {
        guard let text = time?.stringValue else { return nil }
        return try? Date(text, strategy: .iso8601).timeIntervalSince1970
    }
}

extension KubernetesState {
    /// Becomes what the API server says.
    ///
    /// - Parameters:
    ///   - set: the StatefulSet, nil if there is none.
    ///   - pods: the pods of the namespace.
    ///   - ends: when brokers' processes ended, by address: what was said of their containers before does not count.
    mutating func follow(set: JSONValue?, pods: [JSONValue], ends: [String: Double]) {
        exists = set != nil
        isDeleting = set?["metadata"]?["deletionTimestamp"] != nil
        replicas = set?["spec"]?["replicas"]?.integerValue.map { Int($0) } ?? replicas
        var seen: [String: Pod] = [:]
        for object in pods {
            guard let pod = pod(object, ends: ends) else { continue }
            seen[pod.uid] = pod
        }
        self.pods = seen
    }

    private func pod(_ object: JSONValue, ends: [String: Double]) -> Pod? {
        guard let name = object["metadata"]?["name"]?.stringValue, let uid = object["metadata"]?["uid"]?.stringValue,
            let ordinal = name.split(separator: "-").last.flatMap({ Int($0) })
        else { return nil }
        let address = object["status"]?["podIP"]?.stringValue
        let owner = object["metadata"]?["ownerReferences"]?[0]?["uid"]?.stringValue ?? ""
        var pod = Pod(name: name, ordinal: ordinal, uid: uid, address: address ?? "", owner: owner, revision: 1)
        pod.hasAddress = address != nil
        let statuses = object["status"]?["containerStatuses"]?.arrayValue ?? []
        let broker = statuses.first { $0["name"]?.stringValue == "vernemq" }
        pod.runningSince = KubernetesMirror.moment(broker?["state"]?["running"]?["startedAt"])
        let isOfThisStart = pod.runningSince.map { since in
            ends[pod.address].map { since >= $0.rounded(.down) } ?? true
        }
        pod.isStarted = broker?["started"]?.boolValue == true && isOfThisStart == true
        if let end = KubernetesMirror.moment(object["metadata"]?["deletionTimestamp"]) {
            let grace = Double(object["metadata"]?["deletionGracePeriodSeconds"]?.integerValue ?? 0)
            pod.deletion = (asked: end - grace, grace: grace)
        }
        return pod
    }
}

import Document

/// What becomes of a broker's data when its pod ends.
enum Storage: String, Sendable, Hashable {
    /// On a volume that outlives the pod.
    case persistent
    /// On a volume that dies with the pod.
    case ephemeral
    /// In the container's own layer, which dies even with a restart of the container.
    case container

    /// What the data directory of a container is on: the volume of the innermost mount that covers it. A kind of volume
    /// that is not known to die with the pod counts as one that outlives it: then nothing is given up that may be needed.
    init(of broker: BrokerContainer, in template: JSONValue, claimNames: [String]) {
        guard let mount = Self.dataMount(of: broker) else {
            self = .container
            return
        }
        // The StatefulSet controller puts a claim's volume in the place of a volume of that name.
        guard !claimNames.contains(mount.volume) else {
            self = .persistent
            return
        }
        let volume = PodTemplateView(template).volumes.first { $0["name"]?.stringValue == mount.volume }
        let dying = [
            "emptyDir", "ephemeral", "csi", "gitRepo", "configMap", "secret", "downwardAPI", "projected", "image",
        ]
        // A volume without a source is an emptyDir (core/v1 defaulting).
        let sources = volume?.objectValue?.keys.filter { $0 != "name" && volume?[$0]?.isNull == false }
        self = sources?.allSatisfy(dying.contains) == true ? .ephemeral : .persistent
    }

    /// The innermost mount that covers the data directory of a container.
    static func dataMount(of broker: BrokerContainer) -> (path: String, volume: String)? {
        let covering = broker.mounts.compactMap { mount -> (path: String, volume: String)? in
            guard let path = mount["mountPath"]?.stringValue, Contract.dataDirectory.isPath(atOrBelow: path),
                let volume = mount["name"]?.stringValue
            else { return nil }
            return (path.withoutTrailingSlashes, volume)
        }
        return covering.max { $0.path.utf8.count < $1.path.utf8.count }
    }

    /// The mounts of a container without which its data cannot be seen whole: those above the data directory, on it and
    /// below it.
    static func dataMounts(of broker: BrokerContainer) -> [JSONValue] {
        broker.mounts.filter { mount in
            guard let path = mount["mountPath"]?.stringValue else { return false }
            return Contract.dataDirectory.isPath(atOrBelow: path) || path.isPath(atOrBelow: Contract.dataDirectory)
        }
    }
}

public import Document
import Kubernetes
import LiveConfiguration
public import VerneMQ

/// Which VerneMQ releases the brokers of a set start with: while a rollout to another release is under way, two.
public enum BrokerReleases {
    /// The releases of pods, of those that stay: one that is being deleted starts no container again.
    ///
    /// - Parameters:
    ///   - pods: the pods.
    ///   - container: the name of the broker's container.
    ///   - declared: the release of brokers whose image's tag does not tell it.
    public static func of(
        _ pods: [JSONValue],
        container: String,
        declared: VerneMQVersion?
    ) -> Set<VerneMQVersion> {
        Set(
            pods.filter { !ObjectView($0).isBeingDeleted }.map { pod in
                PodSurroundings.read(pod, container: container, declared: declared).version
            }
        )
    }
}

/// A setting that is kept out of the boot Secret for now, because a release whose brokers may start again refuses it: with
/// a key that it does not know, a broker does not start.
public struct WithheldSetting: Sendable, Hashable {
    /// The setting's key.
    public let key: String
    /// The releases that refuse it, oldest first.
    public let releases: [VerneMQVersion]

    /// Finds them.
    ///
    /// - Parameters:
    ///   - settings: what the boot Secret is to hold, valid in `version`.
    ///   - version: the release that is wanted.
    ///   - others: the releases beside which it starts.
    static func find(
        in settings: [Setting],
        version: VerneMQVersion,
        beside others: Set<VerneMQVersion>
    ) -> [WithheldSetting] {
        var refusing: [String: [VerneMQVersion]] = [:]
        // What the wanted release refuses too is told as an error, which keeps the whole Secret from being written.
        for release in others.sorted() where release != version {
            let keys = Set(ConfigurationValidator.refused(settings, by: release).map(\.key))
            for key in keys { refusing[key, default: []].append(release) }
        }
        return refusing.sorted { $0.key < $1.key }.map { WithheldSetting(key: $0.key, releases: $0.value) }
    }

    /// What is withheld and until when, as a sentence; nil if nothing is.
    public static func sentence(_ withheld: [WithheldSetting]) -> String? {
        guard !withheld.isEmpty else { return nil }
        let keys = withheld.map(\.key).joined(separator: ", ")
        let releases = Set(withheld.flatMap(\.releases)).sorted().map(\.description).joined(separator: ", ")
        return
            "Kept from brokers that start, as long as one of \(releases) runs, which would not start with it: \(keys)."
    }
}

import Document
import Kubernetes
import KubernetesClient
import Logging
import VerneMQ
import Workload

/// The releases that the brokers of each set start with, also of those pods that a rollout has just taken away: the
/// StatefulSet controller may make them once more of the former revision. Belongs to the loop of its client.
///
/// A new process knows what is there; what was there a moment ago it does not.
struct ReleaseMemory {
    private var seen: [ObjectKey: Set<VerneMQVersion>] = [:]
    private var told: [ObjectKey: [WithheldSetting]] = [:]

    /// Takes note of what is there.
    ///
    /// - Parameters:
    ///   - present: the releases of the pods that stay.
    ///   - isComplete: whether every pod that there shall be is there.
    /// - Returns: the releases whose brokers may start.
    mutating func note(_ present: Set<VerneMQVersion>, isComplete: Bool, _ key: ObjectKey) -> Set<VerneMQVersion> {
        let all = isComplete ? present : seen[key, default: []].union(present)
        seen[key] = all.isEmpty ? nil : all
        return all
    }

    /// Whether it is news that these settings are withheld.
    mutating func isNews(_ withheld: [WithheldSetting], _ key: ObjectKey) -> Bool {
        let before = told[key] ?? []
        told[key] = withheld.isEmpty ? nil : withheld
        return !withheld.isEmpty && withheld != before
    }

    /// Forgets a set.
    mutating func forget(_ key: ObjectKey) {
        seen[key] = nil
        told[key] = nil
    }
}

extension ReleaseMemory {
    /// Takes note of the pods of a set, as they are.
    mutating func note(
        _ pods: [JSONValue],
        of set: JSONValue,
        container: String,
        declared: VerneMQVersion?,
        _ key: ObjectKey
    ) -> Set<VerneMQVersion> {
        let staying = pods.filter { !ObjectView($0).isBeingDeleted }
        let wanted = set["spec"]?["replicas"]?.integerValue ?? 1
        return note(
            BrokerReleases.of(staying, container: container, declared: declared),
            isComplete: Int64(staying.count) >= wanted,
            key
        )
    }
}

extension ControllerContext {
    /// Says that settings are kept out of the boot Secret for now.
    func tell(_ withheld: [WithheldSetting], of key: ObjectKey, about subject: JSONValue) {
        guard let sentence = WithheldSetting.sentence(withheld) else { return }
        logger.notice("settings withheld", metadata: ["statefulset": "\(key)", "message": "\(sentence)"])
        report(StatusEvent(.normal, "SettingsWithheld", sentence), about: subject)
    }
}

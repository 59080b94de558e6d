import Document
import VerneMQ

/// Finds what a user's template has under names that are ours.
enum ReservedNames {
    static func check(_ set: StatefulSetView, broker: BrokerContainer, plugins: [PluginSource]) -> [Finding] {
        let pod = PodTemplateView(set.template)
        let path = "spec.template.spec"
        var findings: [Finding] = []
        func check(_ entries: [JSONValue], at list: String, key: String = "name", _ isReserved: (String) -> Bool) {
            for (index, entry) in entries.enumerated() {
                guard let name = entry[key]?.stringValue, isReserved(name) else { continue }
                findings.append(reserved("\(list)[\(index)].\(key)", name))
            }
        }
        check(pod.volumes, at: "\(path).volumes", Contract.isReservedVolume)
        check(pod.initContainers, at: "\(path).initContainers", Contract.isReservedContainer)
        check(pod.containers, at: "\(path).containers", Contract.isReservedContainer)
        for (index, name) in set.claimNames.enumerated() where Contract.isReservedVolume(name) {
            findings.append(reserved("spec.volumeClaimTemplates[\(index)].metadata.name", name))
        }
        let mounts = broker.mounts
        check(mounts, at: "\(broker.path).volumeMounts", key: "mountPath", Contract.isReservedMountPath)
        let settings = plugins.map { "PLUGINS__\($0.applicationName)" }
        check(broker.environment, at: "\(broker.path).env") { name in
            Contract.isReservedVariable(name)
                || settings.contains { isSetting(name, $0) || isSetting(name, $0 + "__path") }
        }
        let secret = (set.name ?? "") + Contract.bootSecretSuffix
        for (index, source) in broker.environmentSources.enumerated()
        where source["secretRef"]?["name"]?.stringValue == secret {
            findings.append(reserved("\(broker.path).envFrom[\(index)].secretRef.name", secret))
        }
        return findings + handlers(of: broker)
    }

    /// Handlers that call our scripts are left over from an injection whose ledger is gone.
    private static func handlers(of broker: BrokerContainer) -> [Finding] {
        let lifecycle = broker.value["lifecycle"]
        return [
            ("lifecycle.postStart", lifecycle?["postStart"]), ("lifecycle.preStop", lifecycle?["preStop"]),
            ("startupProbe", broker.value["startupProbe"]),
        ].compactMap { field, handler in
            let command = handler?["exec"]?["command"]?.arrayValue ?? []
            let script = command.compactMap(\.stringValue).first { $0.hasPrefix(Contract.scriptsDirectory + "/") }
            return script.map { reserved("\(broker.path).\(field).exec.command", $0) }
        }
    }

    /// Whether the image makes this setting of a variable: the leading capitals are lowered.
    private static func isSetting(_ variable: String, _ setting: String) -> Bool {
        variable.hasPrefix("DOCKER_VERNEMQ_")
            && variable.dropFirst("DOCKER_VERNEMQ_".count).lowercased() == setting.lowercased()
    }

    private static func reserved(_ path: String, _ value: String) -> Finding {
        let remedy =
            value == Contract.nodeNameVariable
            ? "remove it: the operator gives every broker the name VerneMQ@<pod>.<service>.<namespace>.svc.<domain>"
            : "rename or remove it; what is left of an earlier injection goes with inject --uninject"
        return Finding(.error, path: path, value: value, problem: "is reserved for the operator", remedy: remedy)
    }
}

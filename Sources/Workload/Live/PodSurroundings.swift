public import Document
import Kubernetes
public import LiveConfiguration
public import VerneMQ

/// Reads from a pod what its broker started with besides the boot Secret.
public enum PodSurroundings {
    /// Reads it.
    ///
    /// - Parameters:
    ///   - pod: the pod, or a template with `spec`.
    ///   - container: the name of the broker's container.
    ///   - declared: the release where the image's tag does not tell it.
    public static func read(_ pod: JSONValue, container: String, declared: VerneMQVersion?) -> BrokerSurroundings {
        let containers = pod["spec"]?["containers"]?.arrayValue ?? []
        let broker = containers.first { $0["name"]?.stringValue == container } ?? .null
        let address = pod["status"]?["podIP"]?.stringValue
        let image = broker["image"]?.stringValue.flatMap(ImageReference.init)
        let source = EnvironmentSettings.read(expanded(broker["env"]?.arrayValue ?? [], address), at: "env")
        let isKnown: (Setting) -> Bool = { !source.unresolved.contains($0.valuePath) }
        let isOfficial = image?.isVerneMQ ?? false
        return BrokerSurroundings(
            environment: source.settings.filter(isKnown),
            unknownKeys: Set(source.settings.filter { !isKnown($0) }.map(\.key)),
            version: ConfigurationSchema.version(for: image?.version ?? declared).version,
            address: address,
            isComplete: isOfficial && isAlone(broker),
            usesOfficialImage: isOfficial
        )
    }

    /// Whether nothing but variables that are known here gets into the configuration: the image's own start script runs,
    /// no file stands in its place, and no variables come from elsewhere.
    private static func isAlone(_ broker: JSONValue) -> Bool {
        guard broker["command"]?.unlessNull == nil, broker["args"]?.unlessNull == nil else { return false }
        let others = (broker["envFrom"]?.arrayValue ?? []).filter { source in
            source["secretRef"]?["name"]?.stringValue?.hasSuffix("-vernemq-boot") != true
        }
        guard others.isEmpty else { return false }
        return !(broker["volumeMounts"]?.arrayValue ?? []).contains { mount in
            var path = mount["mountPath"]?.stringValue ?? ""
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path == "/vernemq" || path == "/vernemq/etc" || path == "/etc/vernemq"
                || path.contains("vernemq.conf")
                || path.hasSuffix("/conf.d")
        }
    }

    /// Variables with the pod's address in the place of references to it, as kubelet puts it there.
    private static func expanded(_ environment: [JSONValue], _ address: String?) -> [JSONValue] {
        guard let address else { return environment }
        var names: [String] = []
        return environment.map { variable in
            var variable = variable
            let field = variable["valueFrom"]?["fieldRef"]?["fieldPath"]?.stringValue
            if field == "status.podIP", let name = variable["name"]?.stringValue {
                names.append(name)
                return ["name": .string(name), "value": .string(address)]
            }
            if let value = variable["value"]?.stringValue, value.contains("$(") {
                variable["value"] = .string(names.reduce(value) { $0.replacing("$(\($1))", with: address) })
            }
            return variable
        }
    }
}

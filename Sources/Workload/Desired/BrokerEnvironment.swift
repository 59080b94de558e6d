import Document
import VerneMQ

/// The broker's `env`: what the Go operator gives for use in `vmqConfig` and `vmArgs` as far as it means the same here,
/// then the user's.
struct BrokerEnvironment {
    /// The entries, each name once, the user's in the place of ours where both have it.
    private(set) var entries: [JSONValue]
    private(set) var findings: [Finding] = []

    init(_ resource: ClusterResource) {
        entries = [Self.field("MY_POD_NAME", "metadata.name"), Self.field("MY_POD_IP", "status.podIP")]
        let own = entries.count
        for (index, variable) in resource.list("env").enumerated() {
            guard let name = variable["name"]?.stringValue else {
                let remedy = "must be a string"
                let path = "spec.env[\(index)].name"
                findings.append(Finding(.error, path: path, problem: "required value", remedy: remedy))
                continue
            }
            if Self.compatibility.contains(name) { findings.append(Self.meaningless(name, at: index)) }
            if let place = entries.firstIndex(where: { $0["name"]?.stringValue == name }) {
                if place >= own { findings.append(Self.repeated(name, at: index)) }
                entries[place] = variable  // the last of two counts, as for kubelet
            } else {
                entries.append(variable)
            }
        }
    }

    /// The names that there are.
    var names: Set<String> { Set(entries.compactMap { $0["name"]?.stringValue }) }

    /// What the Go operator's start command reads and the official image does not.
    private static let compatibility = ["VERNEMQ_CONF", "VM_ARGS"]

    private static func field(_ name: String, _ path: String) -> JSONValue {
        ["name": .string(name), "valueFrom": ["fieldRef": ["fieldPath": .string(path)]]]
    }

    private static func meaningless(_ name: String, at index: Int) -> Finding {
        Finding(
            .warning,
            path: "spec.env[\(index)].name",
            value: name,
            problem: "is passed on, but means nothing to the official image",
            remedy: name == "VM_ARGS" ? "write its flags into spec.vmArgs" : "write its settings into spec.vmqConfig"
        )
    }

    private static func repeated(_ name: String, at index: Int) -> Finding {
        let problem = "stands there before, and the last one counts"
        let path = "spec.env[\(index)].name"
        return Finding(.warning, path: path, value: name.shortened, problem: problem, remedy: "keep one of the two")
    }
}

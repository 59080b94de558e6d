import Document

/// What an injected StatefulSet must look like from the outside, whoever rewrote it.
enum Injected {
    /// The annotation of the pod template that keeps the ledger.
    static let ledger = "vmq.k8s.vernemq.com/injected"

    /// Whether there is anything of ours in the template.
    static func isInjected(_ statefulSet: JSONValue) -> Bool {
        statefulSet["spec"]?["template"]?.serializedString().contains(ledger) ?? false
    }

    /// The entries of the broker's `env` that have a literal value, later ones winning, as kubelet has it.
    static func environment(of statefulSet: JSONValue) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in broker(of: statefulSet)?["env"]?.arrayValue ?? [] {
            if let name = entry["name"]?.stringValue { environment[name] = entry["value"]?.stringValue }
        }
        return environment
    }

    /// The broker's container.
    static func broker(of statefulSet: JSONValue) -> JSONValue? {
        named("vernemq", in: statefulSet["spec"]?["template"]?["spec"]?["containers"])
    }

    /// The element of a list of objects with that name.
    static func named(_ name: String, in list: JSONValue?) -> JSONValue? {
        list?.arrayValue?.first { $0["name"]?.stringValue == name }
    }

    /// Everything that is not as the contract of the injection says; empty for a good one.
    static func faults(in statefulSet: JSONValue) -> [String] {
        guard let template = statefulSet["spec"]?["template"], let pod = template["spec"] else {
            return ["no template"]
        }
        guard let broker = broker(of: statefulSet) else { return ["no container vernemq"] }
        let prepare = named("vernemq-prepare", in: pod["initContainers"])
        var faults: [String] = []
        func expect(_ condition: Bool?, _ fault: String) {
            if condition != true { faults.append(fault) }
        }
        expect(template["metadata"]?["annotations"]?[ledger]?.stringValue?.hasPrefix("{"), "no ledger")
        expect(prepare.map { $0["image"] == broker["image"] }, "vernemq-prepare does not run the broker's image")
        for volume in ["vernemq-operator", "vernemq-operator-token"] {
            expect(named(volume, in: pod["volumes"]) != nil, "no volume \(volume)")
            expect(named(volume, in: broker["volumeMounts"]) != nil, "volume \(volume) is not mounted in the broker")
        }
        expect(command(broker["lifecycle"]?["postStart"], is: "/vernemq-operator/join"), "postStart does not join")
        expect(command(broker["lifecycle"]?["preStop"], is: "/vernemq-operator/leave"), "preStop does not leave")
        expect(command(broker["startupProbe"], is: "/vernemq-operator/join"), "the startup probe is not the gate")
        expect(pod["terminationGracePeriodSeconds"]?.integerValue.map { $0 >= 60 }, "no time to leave")
        return faults + undefinedReferences(in: broker) + (prepare.map(undefinedReferences) ?? [])
    }

    private static func command(_ handler: JSONValue?, is script: String) -> Bool {
        handler?["exec"]?["command"]?[1]?.stringValue == script
    }

    /// References `$(NAME)` in entries of ours that no earlier entry defines: kubelet would leave them as they stand.
    private static func undefinedReferences(in container: JSONValue) -> [String] {
        var defined: Set<String> = []
        var faults: [String] = []
        for entry in container["env"]?.arrayValue ?? [] {
            let name = entry["name"]?.stringValue ?? ""
            if name.hasPrefix("VMQ_OPERATOR_") || name == "DOCKER_VERNEMQ_NODENAME" {
                for reference in references(in: entry["value"]?.stringValue ?? "") where !defined.contains(reference) {
                    faults.append("\(name) refers to \(reference), which no earlier entry defines")
                }
            }
            defined.insert(name)
        }
        if !defined.contains("VMQ_OPERATOR_POD_NAME") { faults.append("no VMQ_OPERATOR_POD_NAME") }
        return faults
    }

    private static func references(in value: String) -> [String] {
        value.split(separator: "$(", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.split(separator: ")", omittingEmptySubsequences: false).first.map(String.init)
        }
    }
}

import VerneMQ

/// `spec.vmArgs`, brought to the Erlang VM by its own variable `ERL_ZFLAGS`, whose flags stand behind those of vm.args and
/// win (`erl(1)`, environment variables). The image edits its vm.args in place at every start, so no file may be put over it.
///
/// Every Erlang program in the container reads that variable, `vmq-admin` too. So only flags may be in it that do no harm
/// there: tuning of the emulator (`+P`), its environment (`-env`), and parameters of applications (`-kernel x y`).
struct EmulatorFlags {
    static let variable = "ERL_ZFLAGS"

    /// The flags in one line with kubelet's references, nil where there are none.
    private(set) var text: String?
    private(set) var findings: [Finding] = []

    private static let path = "spec.vmArgs"
    private static let refused: [String: String] = [
        "-name": "remove it: the operator names brokers",
        "-sname": "remove it: the operator names brokers",
        "-setcookie": "set DOCKER_VERNEMQ_DISTRIBUTED_COOKIE in spec.env",
        "-args_file": "write its content here", "-config": "set the parameters one by one, as in -kernel x y",
        "-boot": "remove it", "-heart": "remove it: Kubernetes restarts a broker that ends",
        "-detached": "remove it", "-s": "remove it", "-run": "remove it", "-eval": "remove it", "-mode": "remove it",
        "-extra": "remove it", "-noshell": "remove it", "-noinput": "remove it", "-hidden": "remove it",
        "-remsh": "remove it", "-proto_dist": "remove it: vmq-admin would not reach the broker",
    ]

    init(_ resource: ClusterResource, defined: Set<String>) {
        guard let source = resource.text("vmArgs") else { return }
        var words: [String] = []
        for line in source.split(whereSeparator: \.isNewline) {
            let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = parts.first, !first.hasPrefix("#") else { continue }
            if let remedy = parts.compactMap({ Self.refused[$0] }).first {
                findings.append(Self.fault(first, "would break the broker or its tools when given this way", remedy))
                continue
            }
            guard first.hasPrefix("+") || first.hasPrefix("-") else {
                findings.append(Self.fault(first, "is no flag", "a line begins with + or -, comments with #"))
                continue
            }
            words += parts
        }
        let template = VariableTemplate(words.joined(separator: " "))
        for name in template.references where !defined.contains(name) {
            findings.append(Self.fault("$" + name, "is no variable of the broker's", "define it in spec.env"))
        }
        if defined.contains(Self.variable), !words.isEmpty {
            findings.append(Self.fault(Self.variable, "is also set in spec.env", "keep one of the two"))
        }
        if !words.isEmpty, findings.isEmpty { text = template.kubernetesForm }
    }

    private static func fault(_ value: String, _ problem: String, _ remedy: String) -> Finding {
        Finding(.error, path: path, value: value.shortened, problem: problem, remedy: remedy)
    }
}

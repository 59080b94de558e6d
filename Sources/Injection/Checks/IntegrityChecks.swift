import Document
import VerneMQ

/// Checks that a template carries what its ledger says: others change objects as well, after us.
enum IntegrityChecks {
    static func check(_ template: JSONValue, ledger: Ledger) -> [Finding] {
        var missing: [String] = []
        let present = ledger.entries(in: template)
        for list in Ledger.List.allCases {
            let keys = (present[list] ?? []).compactMap(list.key(of:))
            missing += (ledger.added[list] ?? []).filter { !keys.contains($0) }.map { "\(list.rawValue) \($0)" }
        }
        for entry in ledger.wrapped where entry.path.tokens.last == "command" {
            if template.value(at: entry.path) != entry.now { missing.append(entry.path.text) }
        }
        var findings: [Finding] = []
        if !missing.isEmpty {
            findings.append(
                Finding(
                    .error,
                    path: "spec.template",
                    value: missing.joined(separator: ", ").shortened,
                    problem: "was injected and is not there any more",
                    remedy: "see which other webhook or client changes this object after the operator"
                )
            )
        }
        let path = Ledger.List.env.path(container: ledger.container)
        let undefined = undefinedReferences(in: template.value(at: path)?.arrayValue ?? [])
        if !undefined.isEmpty {
            findings.append(
                Finding(
                    .error,
                    path: "spec.template.spec.containers[\(ledger.container)].env",
                    value: undefined.joined(separator: ", ").shortened,
                    problem: "stands after a variable of the operator's that refers to it, so it would not be replaced",
                    remedy: "see which other webhook or client reorders this list"
                )
            )
        }
        return findings
    }

    /// The names that values of ours refer to without a definition of ours before them.
    static func undefinedReferences(in environment: [JSONValue]) -> [String] {
        var defined: Set<String> = []
        var undefined: [String] = []
        for variable in environment {
            guard let name = variable["name"]?.stringValue, Contract.isReservedVariable(name) else { continue }
            let references = KubeletExpansion.references(in: variable["value"]?.stringValue ?? "")
            undefined += references.filter { !defined.contains($0) }
            defined.insert(name)
        }
        return undefined
    }
}

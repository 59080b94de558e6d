import VerneMQ

/// Why the ledger of a template cannot be used.
struct LedgerError: Error, Sendable, Hashable {
    /// What is wrong, as a clause that begins with a verb.
    var problem: String
    /// What would be right.
    var remedy: String

    /// The text is not what this operator or an older one has written.
    static func damaged(_ detail: String) -> LedgerError {
        LedgerError(
            problem: "is damaged: \(detail)",
            remedy: "put back the value that the last good revision has (kubectl rollout undo), "
                + "or remove it together with everything injected"
        )
    }

    /// A newer operator has written it.
    static func unknownContract(_ version: Int64) -> LedgerError {
        LedgerError(
            problem: "has contract version \(version), this operator knows \(Contract.version)",
            remedy: "run an operator at least as new as the one that injected it"
        )
    }

    /// The finding about it.
    func finding(_ severity: Finding.Severity = .error) -> Finding {
        Finding(severity, path: "spec.template.\(Annotation.injected.path)", problem: problem, remedy: remedy)
    }
}

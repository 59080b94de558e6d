import Document

/// Findings as they are collected.
struct FindingList: Sendable {
    private(set) var findings: [Finding] = []

    mutating func error(_ path: String, _ problem: String, remedy: String) {
        error(path, nil, problem, remedy: remedy)
    }

    mutating func error(_ path: String, _ value: String?, _ problem: String, remedy: String) {
        let shown = value.map(\.shortened)
        findings.append(Finding(.error, path: path, value: shown, problem: problem, remedy: remedy))
    }

    mutating func warning(_ path: String, _ problem: String, remedy: String) {
        warning(path, nil, problem, remedy: remedy)
    }

    mutating func warning(_ path: String, _ value: String?, _ problem: String, remedy: String) {
        let shown = value.map(\.shortened)
        findings.append(Finding(.warning, path: path, value: shown, problem: problem, remedy: remedy))
    }

    mutating func add(_ more: some Sequence<Finding>) {
        findings += more
    }

    /// A name that must be one or more DNS labels with dots between them.
    mutating func subdomain(_ value: JSONValue?, _ path: String, of thing: String) {
        guard let name = value?.stringValue, !DNSName.isSubdomain(name) else { return }
        error(path, name, "not the name of \(thing)", remedy: DNSName.subdomainRule)
    }
}

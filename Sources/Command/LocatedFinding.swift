import Document
import Kubernetes
import VerneMQ

/// A finding and the place in the inputs that it speaks of.
struct LocatedFinding: Sendable, Hashable {
    var source: String
    var position: SourcePosition?
    /// The object, `StatefulSet demo/mqtt`; nil for what is no object.
    var subject: String?
    var finding: Finding

    /// Locates a finding about one object of a document.
    ///
    /// - Parameter base: where in the document the object stands; not the root for an item of a List.
    init(_ finding: Finding, about object: JSONValue, at base: [String], of document: Manifest.Parsed, source: String) {
        self.source = source
        self.finding = finding
        let view = ObjectView(object)
        subject = "\(view.kind?.kind ?? "object") \(view.displayName)"
        let place = TextPlace(finding.path)
        // An absent field has no place; its nearest ancestor has.
        var tokens = base + FieldPath.deepest(place?.path ?? finding.path, in: object).tokens
        position = document.position(JSONPointer(tokens: tokens))
        while position == nil, tokens.popLast() != nil {
            position = document.position(JSONPointer(tokens: tokens))
        }
        if let place, let key = position, let exact = document.position(of: place, behind: key) { position = exact }
    }

    /// A finding about a `vernemq.conf` that is a file: its path says which file, line and column.
    init(_ finding: Finding, in name: String) {
        let place = TextPlace(finding.path)
        source = place?.path ?? name
        position = place.map { SourcePosition(line: $0.line, column: $0.column) }
        self.finding = finding
        self.finding.path = ConfigurationMap.key
    }

    /// A finding about a text that holds no objects.
    init(_ finding: Finding, source: String, position: SourcePosition?) {
        self.source = source
        self.finding = finding
        self.position = position
    }

    /// `a.yaml:12:7: error: StatefulSet demo/mqtt: spec.serviceName: problem: remedy`, as compilers put it.
    var line: String {
        let place = position.map { "\(source):\($0.line):\($0.column)" } ?? source
        let parts = [place, finding.severity.rawValue, subject, finding.description]
        return parts.compactMap { $0 }.joined(separator: ": ")
    }

    /// The finding for programs.
    var jsonValue: JSONValue {
        var members: JSONObject = ["file": .string(source)]
        if let position {
            members["line"] = .integer(Int64(position.line))
            members["column"] = .integer(Int64(position.column))
        }
        if let subject { members["object"] = .string(subject) }
        members["severity"] = .string(finding.severity.rawValue)
        members["path"] = .string(finding.path)
        if let value = finding.value { members["value"] = .string(value) }
        members["problem"] = .string(finding.problem)
        members["remedy"] = .string(finding.remedy)
        return .object(members)
    }
}

extension [LocatedFinding] {
    /// Whether any of them refuses its object.
    var hasErrors: Bool { contains { $0.finding.severity == .error } }
}

import Document
import VerneMQ

/// Reads the annotation `plugins`.
enum PluginAnnotation {
    /// The sources that have no error; findings name line and column of the annotation's text.
    static func read(_ text: String, policy: PluginPolicy, findings: inout [Finding]) -> [PluginSource] {
        let path = Annotation.plugins.path
        let documents: [YAMLDocument]
        do {
            documents = try YAMLDocument.parse(text).filter { !$0.value.isNull }
        } catch {
            findings.append(
                Finding(
                    .error,
                    path: path,
                    problem: "is not YAML: \(error)",
                    remedy: "must be a list of plugin sources"
                )
            )
            return []
        }
        guard documents.count <= 1 else {
            let remedy = "must be one list of plugin sources"
            findings.append(Finding(.error, path: path, problem: "has several documents", remedy: remedy))
            return []
        }
        guard let document = documents.first else { return [] }
        let result = PluginSource.read(document.value, at: path, policy: policy)
        findings += result.findings.map { finding in
            guard let mark = mark(of: finding.path.dropFirst(path.count), in: document) else { return finding }
            var finding = finding
            finding.problem += " (line \(mark.line), column \(mark.column))"
            return finding
        }
        return result.sources
    }

    /// The place of `[0].repoURL` in the text; of a field that is missing, the place of what should hold it.
    private static func mark(of path: Substring, in document: YAMLDocument) -> YAMLMark? {
        var tokens = path.split { $0 == "." || $0 == "[" || $0 == "]" }.map(String.init)
        while true {
            if let mark = document.mark(at: JSONPointer(tokens: tokens)) { return mark }
            guard tokens.popLast() != nil else { return nil }
        }
    }
}

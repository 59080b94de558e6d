import Document
import VerneMQ

/// Checks of our labels and annotations by name: a slip in a name must not go unnoticed.
enum NameChecks {
    static func check(_ set: StatefulSetView) -> [Finding] {
        var findings: [Finding] = []
        let known = Annotation.onStatefulSet.map(\.name)
        for name in ours(in: set.object["metadata"]?["annotations"]) where !known.contains(name) {
            let isLedger = name == Annotation.injected.name
            findings.append(
                Finding(
                    .error,
                    path: "metadata.annotations[\(name)]",
                    problem: isLedger
                        ? "belongs to the pod template, where the operator writes it" : "unknown annotation",
                    remedy: isLedger ? "remove it" : Suggestion.remedy(for: name, among: known)
                )
            )
        }
        for name in ours(in: set.object["metadata"]?["labels"]) where name != Label.inject.name {
            let remedy = Suggestion.remedy(for: name, among: [Label.inject.name])
            findings.append(
                Finding(
                    .error,
                    path: "metadata.labels[\(name)]",
                    problem: "unknown label on a StatefulSet",
                    remedy: remedy
                )
            )
        }
        for name in ours(in: set.template["metadata"]?["annotations"]) where name != Annotation.injected.name {
            findings.append(
                Finding(
                    .warning,
                    path: "spec.template.metadata.annotations[\(name)]",
                    problem: "means nothing on a pod template",
                    remedy: "put it on the StatefulSet itself"
                )
            )
        }
        return findings
    }

    /// A value of the label that looks as if it was meant to opt in.
    static func nearMiss(_ set: StatefulSetView) -> [Finding] {
        guard let value = set.injectLabel, value != Label.enabled else { return [] }
        let meant = ["true", "yes", "on", "1", "enable", "inject"].contains(value.lowercased())
        guard meant || Suggestion.nearest(to: value, among: [Label.enabled]) != nil else { return [] }
        return [
            Finding(
                .warning,
                path: "metadata.labels[\(Label.inject.name)]",
                value: value.shortened,
                problem: "does not opt in",
                remedy: "did you mean \"\(Label.enabled)\"?"
            )
        ]
    }

    private static func ours(in map: JSONValue?) -> [String] {
        (map?.objectValue?.keys ?? []).filter { $0.hasPrefix(OperatorName.prefix) }
    }
}

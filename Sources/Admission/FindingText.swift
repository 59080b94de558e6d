import Kubernetes
import VerneMQ

/// Findings in the forms in which the API passes them on.
enum FindingText {
    /// How many findings one answer lists: an answer should not grow with the ingenuity of who wrote the object.
    static let limit = 64

    /// All findings in one text, one a line, for clients that show only the message.
    static func message(_ errors: [Finding], kind: String, name: String) -> String {
        guard errors.count > 1 else {
            return "\(kind) \(name) is refused: \(errors.first.map(String.init(describing:)) ?? "no reason given")"
        }
        var lines = ["\(kind) \(name) is refused for \(errors.count) reasons:"]
        lines += errors.prefix(limit).map { "- \($0)" }
        if errors.count > limit { lines.append("- … and \(errors.count - limit) more") }
        return lines.joined(separator: "\n")
    }

    /// Findings as causes, which kubectl shows one a line behind their fields.
    static func causes(_ errors: [Finding]) -> [APIStatus.Cause] {
        errors.prefix(limit).map { finding in
            let subject = finding.value.map { "\"\($0)\": " } ?? ""
            return APIStatus.Cause(
                finding.value == nil ? .fieldValueRequired : .fieldValueInvalid,
                field: finding.path,
                message: "\(subject)\(finding.problem): \(finding.remedy)"
            )
        }
    }

    /// The findings that do not refuse, as admission warnings.
    static func warnings(_ findings: [Finding]) -> [String] {
        findings.filter { $0.severity == .warning }.map(String.init(describing:))
    }
}

/// One thing that is wrong with, or unwise in, an object that somebody wrote.
///
/// Findings are values, never thrown: a check collects all of them, and the webhook, the controller and the command line
/// each show the same list in their own form. An object with at least one ``Severity/error`` is refused.
public struct Finding: Sendable, Hashable {
    /// How bad a finding is.
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        /// The object cannot be accepted.
        case error
        /// The object is legal and unwise.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The field that it is about, in the form in which the API server writes paths:
    /// `spec.template.spec.containers[0].env[2].name`, `metadata.annotations[vmq.k8s.vernemq.com/plugins]`.
    public var path: String
    /// The offending value, shortened and never a secret; nil where the value says nothing (an absent field, say).
    public var value: String?
    /// What is wrong, as a clause without a full stop.
    public var problem: String
    /// What would be right, as a clause without a full stop.
    public var remedy: String

    /// Makes a finding from its parts.
    public init(_ severity: Severity, path: String, value: String? = nil, problem: String, remedy: String) {
        self.severity = severity
        self.path = path
        self.value = value
        self.problem = problem
        self.remedy = remedy
    }
}

extension Finding: CustomStringConvertible {
    /// `field: value: problem: remedy`, in the order of the API server's own messages.
    public var description: String {
        let subject = value.map { "\(path): \"\($0)\"" } ?? path
        return "\(subject): \(problem): \(remedy)"
    }
}

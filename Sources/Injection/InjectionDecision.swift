public import Document
public import VerneMQ

/// What became of an object.
public struct InjectionDecision: Sendable, Hashable {
    /// The object as it shall be stored: the one that came in, but for `spec.template`. Unchanged if it was refused.
    public var object: JSONValue
    /// What was done.
    public var verdict: Verdict
    /// Errors, which refuse the object, and warnings, which go to whoever sent it.
    public var findings: [Finding]

    /// Makes a decision.
    public init(object: JSONValue, verdict: Verdict, findings: [Finding] = []) {
        self.object = object
        self.verdict = verdict
        self.findings = findings
    }
}

/// What was done with an object.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// Nothing: the object does not ask for an injection and carries none.
    case notSelected
    /// The newest injection was rendered.
    case injected
    /// Nothing that matters to the injection changed: the template that is stored already was kept, to the letter.
    case kept
    /// An injection was taken out.
    case stripped
    /// There are errors; the object is unchanged and must not be stored.
    case refused
}

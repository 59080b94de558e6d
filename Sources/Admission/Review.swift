public import Kubernetes

/// What became of one admission request.
public struct Review: Sendable {
    /// The answer to the API server.
    public let response: AdmissionResponse
    /// What was decided, for metrics and logs.
    public let verdict: ReviewVerdict
    /// Where this program failed itself; nil if it did not. For logs only: the user sees it in the answer.
    public let fault: ReviewFault?

    init(_ response: AdmissionResponse, _ verdict: ReviewVerdict, fault: ReviewFault? = nil) {
        self.response = response
        self.verdict = verdict
        self.fault = fault
    }
}

/// What can be decided about a request; a closed set, so that it can label a metric.
public enum ReviewVerdict: String, Sendable, Hashable, CaseIterable {
    /// The injection was rendered into the pod template.
    case injected = "injected"
    /// The pod template keeps the injection that it has, to the letter.
    case kept = "kept"
    /// The injection was taken out.
    case stripped = "stripped"
    /// The object has not opted in.
    case notSelected = "not_selected"
    /// The object is valid.
    case valid = "valid"
    /// The object is refused; the findings say why.
    case refused = "refused"
    /// Not a matter for this webhook: another kind, a sub-resource, a deletion, or an object that is being deleted.
    case ignored = "ignored"
    /// This program failed; ``InternalErrorPolicy`` decided.
    case failed = "failed"
}

/// What happens to a request when this program, not the request, is at fault.
///
/// The webhooks see only objects that have opted in. Such an object let through unexamined runs brokers on their own, under
/// names that no later injection can bring together again, so ``deny`` is what the product uses: the user repeats the
/// request, or takes the label off. ``allow`` exists for those who embed this module and weigh it otherwise.
public enum InternalErrorPolicy: Sendable, Hashable {
    /// Refuse the request with code 500 and reason InternalError.
    case deny
    /// Let the request through untouched, with a warning.
    case allow

    /// What `vernemq-operator` uses.
    public static let standard = InternalErrorPolicy.deny
}

/// A broken promise of this program, found before it could do harm.
public enum ReviewFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The injection changed something outside the pod template.
    case changedOutsideTemplate
    /// The JSON Patch cannot be applied to the object that it was made from.
    case patchDoesNotApply(String)
    /// The JSON Patch leads to something else than the injection.
    case patchMissesTarget

    /// What happened, as a clause.
    public var description: String {
        switch self {
        case .changedOutsideTemplate: "the injection changed something outside spec.template"
        case .patchDoesNotApply(let reason): "the patch does not apply to the object that it was made from: \(reason)"
        case .patchMissesTarget: "the patch does not lead to the injected object"
        }
    }
}

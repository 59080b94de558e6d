import Document
public import Injection
public import Kubernetes
import VerneMQ

/// The two webhooks as functions from a request to an answer: no clock, no I/O, nothing kept between calls.
///
/// That is also why a dry run needs no special care: there is no side effect that it could have.
public struct Reviewer: Sendable {
    private let injector: Injector
    private let policy: InternalErrorPolicy

    /// Makes the webhooks around an injector.
    public init(injector: Injector, onInternalError policy: InternalErrorPolicy = .standard) {
        self.injector = injector
        self.policy = policy
    }

    /// The mutating webhook: rewrites the pod template of a labelled StatefulSet; leaves everything else alone.
    public func mutate(_ request: AdmissionRequest) -> Review {
        guard request.kind.isSameKind(as: .statefulSet), let object = reviewedObject(of: request) else {
            return Review(AdmissionResponse(allowing: request), .ignored)
        }
        let decision = injector.decide(object, old: request.oldObject?.value())
        var warnings = FindingText.warnings(decision.findings)
        if decision.verdict == .injected {
            warnings += FindingText.warnings(injector.review(object, old: request.oldObject?.value()))
        }
        guard decision.verdict != .refused else {
            return refusal(of: request, decision.findings, warnings: warnings)
        }
        do {
            let patch = try TemplatePatch.make(from: object, to: decision.object)
            let response = AdmissionResponse(allowing: request, patch: patch, warnings: warnings)
            return Review(response, ReviewVerdict(decision.verdict))
        } catch {
            return failure(of: request, error)
        }
    }

    /// The validating webhook: looks at StatefulSets after all mutating ones, at VerneMQ resources, and at ConfigMaps that
    /// hold a broker's configuration.
    public func validate(_ request: AdmissionRequest) -> Review {
        guard let object = reviewedObject(of: request), !ObjectView(object).isBeingDeleted,
            let findings = findings(on: object, request)
        else {
            return Review(AdmissionResponse(allowing: request), .ignored)
        }
        let warnings = FindingText.warnings(findings)
        guard !findings.contains(where: { $0.severity == .error }) else {
            return refusal(of: request, findings, warnings: warnings)
        }
        return Review(AdmissionResponse(allowing: request, warnings: warnings), .valid)
    }

    /// The object, if the request is about one that will be stored as a whole.
    private func reviewedObject(of request: AdmissionRequest) -> JSONValue? {
        let isStored = request.operation == .create || request.operation == .update
        return isStored && request.subResource == nil ? request.object?.value() : nil
    }

    /// What the validating webhook has to say; nil for what it does not know or what has not opted in.
    private func findings(on object: JSONValue, _ request: AdmissionRequest) -> [Finding]? {
        if request.kind.isSameKind(as: .statefulSet) {
            let old = request.oldObject?.value()
            // Warnings are the mutating webhook's to give.
            return injector.validate(object, old: old)
                + injector.review(object, old: old).filter { $0.severity == .error }
        }
        if request.kind.isSameKind(as: .verneMQ) {
            return VerneMQResource.validate(
                object,
                old: request.oldObject?.value(),
                pluginPolicy: injector.pluginPolicy
            )
        }
        if request.kind.isSameKind(as: .configMap), ConfigurationMap.isSelected(object) {
            return ConfigurationMap.validate(object, old: request.oldObject?.value())
        }
        return nil
    }

    private func refusal(of request: AdmissionRequest, _ findings: [Finding], warnings: [String]) -> Review {
        let errors = findings.filter { $0.severity == .error }
        let status = APIStatus(
            code: 422,
            reason: .invalid,
            message: FindingText.message(errors, kind: request.kind.kind, name: request.displayName),
            kind: request.kind,
            name: request.name,
            causes: FindingText.causes(errors)
        )
        return Review(AdmissionResponse(denying: request, status, warnings: warnings), .refused)
    }

    func failure(of request: AdmissionRequest, _ fault: ReviewFault) -> Review {
        let subject = "\(request.kind.kind) \(request.displayName)"
        switch policy {
        case .deny:
            let status = APIStatus(
                code: 500,
                reason: .internalError,
                message: "\(subject) could not be examined, which is a fault of vernemq-operator: \(fault): "
                    + "please report it with the object's manifest",
                kind: request.kind,
                name: request.name
            )
            return Review(AdmissionResponse(denying: request, status), .failed, fault: fault)
        case .allow:
            let warning = "\(subject) was let through unexamined, because vernemq-operator failed: \(fault)"
            return Review(AdmissionResponse(allowing: request, warnings: [warning]), .failed, fault: fault)
        }
    }
}

extension ReviewVerdict {
    /// The injector's verdict as the webhook's.
    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .notSelected: .notSelected
            case .injected: .injected
            case .kept: .kept
            case .stripped: .stripped
            case .refused: .refused
            }
    }
}

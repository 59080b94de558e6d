public import PKI

/// A change of the Secret. Each is one write, and leaves a state from which any replica can go on.
public enum CertificateStep: Sendable, Hashable {
    /// There is no Secret: make an authority and a serving certificate.
    case create
    /// There is no Secret any more, but a replica remembers it: put it back, and replace its authority in good order.
    case restore
    /// Nothing in the Secret can sign or be shown: make an authority and a serving certificate in place of what is there.
    case startOver
    /// Sign a new serving certificate.
    case issueServing
    /// Make the next authority, to be published before it signs.
    case beginRotation
    /// Every caBundle has the next authority: let the time run.
    case notePublished
    /// Some caBundle has lost the next authority: stop the time.
    case withdrawPublished
    /// The next authority takes over and signs a serving certificate.
    case promote
    /// The old authorities are trusted no longer.
    case retire
}

extension CertificateStep {
    /// A short name out of a closed set, fit for metric labels and logs.
    public var code: String {
        switch self {
        case .create: "create"
        case .restore: "restore"
        case .startOver: "start-over"
        case .issueServing: "issue-serving"
        case .beginRotation: "begin-rotation"
        case .notePublished: "note-published"
        case .withdrawPublished: "withdraw-published"
        case .promote: "promote"
        case .retire: "retire"
        }
    }
}

/// What is to be done about the certificates now.
///
/// The caBundles follow the Secret, and the Secret goes on only when the caBundles have followed. Read the webhook
/// configurations first and the Secret last: then a bundle is never taken back to what an older Secret said.
public struct CertificateDecision: Sendable {
    /// The write to the Secret, at most one.
    public var step: CertificateStep?
    /// The authorities that every caBundle is to have; nil to leave the caBundles alone, because the Secret comes first.
    public var bundle: [Certificate]?

    /// Decides.
    ///
    /// - Parameters:
    ///   - now: this moment, in seconds since 1970.
    ///   - state: what the Secret holds; nil when there is none.
    ///   - remembered: what it held when this replica last saw it.
    ///   - configurations: the webhook configurations that exist.
    ///   - policy: what the certificates are to be like.
    public init(
        now: Int64,
        state: CertificateState?,
        remembered: CertificateState? = nil,
        configurations: [WebhookBundles],
        policy: CertificatePolicy
    ) {
        guard let state else {
            let canRestore = remembered?.authority?.canSign(at: now) == true
            step = canRestore ? .restore : .create
            return
        }
        let situation = Situation(now: now, state: state, configurations: configurations, policy: policy)
        step = situation.step
        bundle = step == .startOver ? nil : state.bundle
    }
}

/// A look at everything at one moment.
private struct Situation {
    let now: Int64
    let state: CertificateState
    let configurations: [WebhookBundles]
    let policy: CertificatePolicy

    var step: CertificateStep? {
        guard let authority = state.authority, authority.certificate.isAuthority,
            authority.certificate.isValid(at: now)
        else {
            // Nothing that the old authority signed is accepted any more: there is nothing to wait for.
            return nextCanSign ? .promote : .startOver
        }
        let canSign = authority.key != nil
        if servingIsDue, canSign { return .issueServing }
        if state.next != nil {
            guard nextCanSign else { return .beginRotation }
            return stepOfRotation
        }
        if overlapIsOver { return .retire }
        let isDue = now >= policy.renewal(of: authority.certificate) && state.previous.isEmpty
        return isDue || !canSign ? .beginRotation : nil
    }

    private var nextCanSign: Bool { state.next?.canSign(at: now) == true }

    /// Between the making of the next authority and its taking over.
    private var stepOfRotation: CertificateStep? {
        guard let next = state.next?.certificate, configurations.allSatisfy({ $0.carry(next) }) else {
            return state.published == nil ? nil : .withdrawPublished
        }
        // With nothing to show there is no use in waiting for the last cache.
        if state.usableServing(at: now) == nil { return .promote }
        guard let published = state.published, !isBeyond(published, policy.propagation) else { return .notePublished }
        return now >= Self.later(published, by: policy.propagation) ? .promote : nil
    }

    private var servingIsDue: Bool {
        guard let authority = state.authority, let serving = state.usableServing(at: now)?.certificate else {
            return true
        }
        if !serving.isSigned(by: authority.certificate) || !policy.names.allSatisfy({ serving.covers($0) }) {
            return true
        }
        // What ends with its authority cannot be had for longer: the authority is what has to be renewed then.
        return now >= policy.renewal(of: serving) && authority.certificate.notAfter > serving.notAfter
    }

    private var overlapIsOver: Bool {
        guard !state.previous.isEmpty, let authority = state.authority?.certificate,
            configurations.allSatisfy({ $0.carry(authority) })
        else { return false }
        guard let promoted = state.promoted else { return true }
        return now >= Self.later(promoted, by: policy.overlap) || isBeyond(promoted, policy.overlap)
    }

    /// Whether a moment that should be past lies so far ahead that it is no difference between clocks: it must not hold
    /// up a rotation until the authority ends.
    private func isBeyond(_ moment: Int64, _ seconds: Int64) -> Bool {
        moment > Self.later(now, by: seconds)
    }

    /// A moment in an annotation may be any number.
    private static func later(_ moment: Int64, by seconds: Int64) -> Int64 {
        let (sum, isTooLate) = moment.addingReportingOverflow(seconds)
        return isTooLate ? .max : sum
    }
}

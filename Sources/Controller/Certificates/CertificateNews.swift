public import Kubernetes
public import KubernetesClient

/// Something about the certificates that people should know: fit for an event on the object that it is about.
public struct CertificateNews: Sendable, Hashable {
    /// Whether all is as it should be.
    public enum Severity: String, Sendable, Hashable {
        /// It was to be expected.
        case normal = "Normal"
        /// Somebody should look at it.
        case warning = "Warning"
    }

    /// How serious it is.
    public var severity: Severity
    /// A word in camel case out of a closed set, for programs.
    public var reason: String
    /// What happened, for people. There is no secret in it.
    public var message: String
    /// What it happened to: the Secret or a webhook configuration.
    public var kind: ResourceKind
    /// The name of that.
    public var key: ObjectKey
    /// Its uid, by which `kubectl describe` finds the event; empty where it is not known.
    public var uid: String

    /// Puts news together.
    public init(
        _ severity: Severity,
        _ reason: String,
        _ message: String,
        about kind: ResourceKind,
        _ key: ObjectKey,
        uid: String
    ) {
        self.severity = severity
        self.reason = reason
        self.message = message
        self.kind = kind
        self.key = key
        self.uid = uid
    }
}

extension CertificateNews {
    /// What a step means to people; nil for steps of no interest to them.
    init?(_ step: CertificateStep, _ secret: ObjectKey, uid: String) {
        let (severity, reason, message): (Severity, String, String)
        switch step {
        case .create:
            (severity, reason, message) = (
                .normal, "CertificatesCreated", "made an authority and a serving certificate"
            )
        case .restore:
            (severity, reason, message) = (
                .warning, "CertificatesRestored",
                "the Secret was gone: put it back from memory, and began to replace its authority"
            )
        case .startOver:
            (severity, reason, message) = (
                .warning, "CertificatesReplaced",
                "nothing in the Secret could be used any more: made an authority and a serving certificate"
            )
        case .issueServing:
            (severity, reason, message) = (.normal, "CertificateRenewed", "signed a new serving certificate")
        case .beginRotation:
            (severity, reason, message) = (
                .normal, "AuthorityRotationBegun", "made the next authority, and will publish it before it signs"
            )
        case .promote:
            (severity, reason, message) = (
                .normal, "AuthorityPromoted", "the next authority has taken over; the old one is trusted for a while"
            )
        case .retire:
            (severity, reason, message) = (.normal, "AuthorityRetired", "the old authority is trusted no longer")
        case .notePublished, .withdrawPublished: return nil
        }
        self.init(severity, reason, message, about: .secret, secret, uid: uid)
    }
}

extension CertificateNews {
    /// The event that tells it.
    public var note: EventNote {
        EventNote(
            EventSubject(kind: kind, namespace: key.namespace, name: key.name, uid: uid),
            severity == .normal ? .normal : .warning,
            reason: reason,
            message: message
        )
    }
}

public import KubernetesClient

/// Where the operator keeps its certificates, and who is to trust them.
public struct CertificateSettings: Sendable, Hashable {
    /// The Secret, `<release>-webhook-tls` in the operator's own namespace say.
    public var secret: ObjectKey
    /// The MutatingWebhookConfiguration that is ours; nil for none.
    public var mutating: String?
    /// The ValidatingWebhookConfiguration that is ours; nil for none.
    public var validating: String?
    /// What the certificates are to be like.
    public var policy: CertificatePolicy
    /// How often everything is looked at: a `caBundle` that was cleared is back after so long at the latest.
    public var interval: Duration

    /// Puts settings together.
    public init(
        secret: ObjectKey,
        mutating: String?,
        validating: String?,
        policy: CertificatePolicy,
        interval: Duration = .seconds(5)
    ) {
        self.secret = secret
        self.mutating = mutating
        self.validating = validating
        self.policy = policy
        self.interval = interval
    }

    /// The configurations that there are to be.
    var configurations: [(kind: WebhookBundles.Kind, name: String)] {
        [(WebhookBundles.Kind.mutating, mutating), (.validating, validating)].compactMap { kind, name in
            name.map { (kind, $0) }
        }
    }
}

extension WebhookBundles.Kind {
    /// The resource of the configuration.
    public var resource: ResourceType {
        switch self {
        case .mutating: .mutatingWebhookConfigurations
        case .validating: .validatingWebhookConfigurations
        }
    }
}

import Telemetry

/// What is counted about the operator's own certificates.
struct CertificateMetrics: Sendable {
    /// Changes of the Secret, by step.
    let steps: MetricFamily<Counter>
    /// Writes of a `caBundle`: `restored` after somebody else changed it, `followed` after the Secret.
    let bundleWrites: MetricFamily<Counter>
    /// Looks that came to nothing.
    let failures: MetricFamily<Counter>
    /// When the signing authority ends, in seconds since 1970.
    let authorityExpiry: MetricFamily<Gauge>
    /// 1 between the making of an authority and the retirement of the one before, else 0.
    let rotating: MetricFamily<Gauge>

    init(_ registry: MetricRegistry) {
        steps = registry.counter(
            "vernemq_operator_certificate_steps_total",
            help: "Changes of the Secret that holds the webhooks' certificates.",
            labels: ["step"]
        )
        bundleWrites = registry.counter(
            "vernemq_operator_ca_bundle_writes_total",
            help: "Writes of caBundle: restored after somebody else changed it, or followed the Secret.",
            labels: ["configuration", "reason"]
        )
        failures = registry.counter(
            "vernemq_operator_certificate_failures_total",
            help: "Looks at the certificates that came to nothing.",
            labels: ["reason"]
        )
        authorityExpiry = registry.gauge(
            "vernemq_operator_certificate_authority_expiry_timestamp_seconds",
            help: "When the authority that signs the webhooks' certificates stops being valid, in seconds since 1970."
        )
        rotating = registry.gauge(
            "vernemq_operator_certificate_rotating",
            help: "1 while more than one authority is trusted, else 0."
        )
    }
}

import Kubernetes
public import Telemetry

/// What the webhooks count. All label values come from closed sets.
public struct AdmissionMetrics: Sendable {
    private let requests: MetricFamily<Counter>
    private let durations: MetricFamily<Histogram>
    private let injections: MetricFamily<Counter>
    private let rejections: MetricFamily<Counter>

    /// Registers the metrics.
    public init(registry: MetricRegistry) {
        requests = registry.counter(
            "vernemq_operator_admission_requests_total",
            help: "Admission requests answered, by what was asked and what was decided.",
            labels: ["webhook", "kind", "operation", "verdict", "dry_run"]
        )
        durations = registry.histogram(
            "vernemq_operator_admission_duration_seconds",
            help: "Time from the complete request to the complete answer.",
            labels: ["webhook"]
        )
        injections = registry.counter(
            "vernemq_operator_injections_total",
            help: "StatefulSets that the mutating webhook decided about, by decision.",
            labels: ["verdict", "dry_run"]
        )
        rejections = registry.counter(
            "vernemq_operator_admission_rejections_total",
            help: "HTTP requests that were no admission reviews, by what was wrong with them.",
            labels: ["reason"]
        )
    }

    func count(
        _ review: Review,
        of request: AdmissionRequest,
        _ webhook: AdmissionService.Webhook,
        _ duration: Duration
    ) {
        let dryRun = request.isDryRun ? "true" : "false"
        let kind = Self.label(of: request.kind)
        requests[webhook.rawValue, kind, request.operation.rawValue, review.verdict.rawValue, dryRun].increment()
        durations[webhook.rawValue].record(duration)
        if webhook == .mutate, review.verdict != .ignored {
            injections[review.verdict.rawValue, dryRun].increment()
        }
    }

    func count(_ rejection: Rejection) {
        rejections[rejection.label].increment()
    }

    /// The kinds that the webhooks know by their names, all others under one.
    private static func label(of kind: ResourceKind) -> String {
        let known: [ResourceKind] = [.statefulSet, .verneMQ, .configMap]
        return known.contains { $0.isSameKind(as: kind) } ? kind.kind : "other"
    }
}

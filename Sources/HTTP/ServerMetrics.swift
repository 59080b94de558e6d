import Telemetry

/// What a server counts.
///
/// The label `server` is the name in the configuration; `reason` comes from closed sets.
struct ServerMetrics: Sendable {
    let accepted: Counter
    let refused: Counter
    let shed: Counter
    let open: Gauge
    let failedHandshakes: Counter
    private let responses: MetricFamily<Counter>
    private let rejections: MetricFamily<Counter>
    private let durations: Histogram
    private let name: String
    /// Counters for 1xx to 5xx, so that the label is not looked up for each response.
    private let byClass: [Counter]

    init(_ registry: MetricRegistry, server name: String) {
        self.name = name
        accepted =
            registry.counter(
                "vernemq_operator_http_connections_total",
                help: "Connections accepted.",
                labels: ["server"]
            )[name]
        refused =
            registry.counter(
                "vernemq_operator_http_connections_refused_total",
                help: "Connections beyond the limit, answered 503 or closed.",
                labels: ["server"]
            )[name]
        shed =
            registry.counter(
                "vernemq_operator_http_connections_shed_total",
                help: "Connections closed at the limit because others needed their place more.",
                labels: ["server"]
            )[name]
        open =
            registry.gauge(
                "vernemq_operator_http_connections",
                help: "Connections that are open.",
                labels: ["server"]
            )[name]
        failedHandshakes =
            registry.counter(
                "vernemq_operator_tls_handshake_failures_total",
                help: "TLS handshakes that failed.",
                labels: ["server"]
            )[name]
        let responses = registry.counter(
            "vernemq_operator_http_responses_total",
            help: "Responses by class of status.",
            labels: ["server", "class"]
        )
        self.responses = responses
        rejections = registry.counter(
            "vernemq_operator_http_rejections_total",
            help: "Requests that the server answered itself, by reason.",
            labels: ["server", "reason"]
        )
        durations =
            registry.histogram(
                "vernemq_operator_http_request_duration_seconds",
                help: "From the end of a request's body to its response.",
                labels: ["server"]
            )[name]
        byClass = (1...5).map { responses[name, "\($0)xx"] }
    }

    func answered(_ status: HTTPStatus, after duration: Duration) {
        durations.record(duration)
        count(status)
    }

    func rejected(_ status: HTTPStatus, reason: String) {
        rejections[name, reason].increment()
        count(status)
    }

    private func count(_ status: HTTPStatus) {
        let index = min(max(status.code / 100, 1), 5) - 1
        byClass[index].increment()
    }
}

import Telemetry

/// What is counted of live configuration.
struct LiveMetrics {
    let steps: MetricFamily<Counter>
    let drifts: MetricFamily<Counter>
    let failures: MetricFamily<Counter>
    let restarts: MetricFamily<Counter>
    let waiting: MetricFamily<Gauge>

    init(_ metrics: MetricRegistry) {
        steps = metrics.counter(
            "vernemq_operator_live_changes_total",
            help: "Steps that brought running brokers to their configuration.",
            labels: ["action"]
        )
        drifts = metrics.counter(
            "vernemq_operator_configuration_drift_total",
            help: "Brokers that ran with something else than they were given, and were corrected."
        )
        failures = metrics.counter(
            "vernemq_operator_live_failures_total",
            help: "Looks at brokers after which not all of their configuration was applied.",
            labels: ["reason"]
        )
        restarts = metrics.counter(
            "vernemq_operator_broker_restarts_total",
            help: "Brokers that were restarted because settings waited for it."
        )
        waiting = metrics.gauge(
            "vernemq_operator_brokers_restart_required",
            help: "Brokers with settings that wait for a restart."
        )
        drifts.increment(by: 0)
        restarts.increment(by: 0)
        waiting.set(0)
    }
}

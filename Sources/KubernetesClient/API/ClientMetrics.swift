import HTTP
import Telemetry
import Transport

/// What is counted about requests. All labels come from closed sets.
struct ClientMetrics: Sendable {
    private let requests: MetricFamily<Counter>
    private let durations: MetricFamily<Histogram>
    private let retries: MetricFamily<Counter>

    init(_ registry: MetricRegistry) {
        requests = registry.counter(
            "vernemq_operator_api_requests_total",
            help: "Requests to the API server, by what was done to which resource and the outcome.",
            labels: ["verb", "resource", "code"]
        )
        durations = registry.histogram(
            "vernemq_operator_api_request_duration_seconds",
            help:
                "Time from sending a request to the API server to its complete answer; for watches, to its beginning.",
            labels: ["verb"]
        )
        retries = registry.counter(
            "vernemq_operator_api_retries_total",
            help: "Requests to the API server that were sent again, by reason.",
            labels: ["reason"]
        )
    }

    func answered(_ request: APIRequest, _ status: HTTPStatus, after duration: Duration) {
        requests[request.verb.rawValue, request.resource, String(status.code)].increment()
        durations[request.verb.rawValue].record(duration)
    }

    func failed(_ request: APIRequest, _ error: APIError) {
        requests[request.verb.rawValue, request.resource, error.code].increment()
    }

    func retried(_ reason: RetryReason) {
        retries[reason.rawValue].increment()
    }
}

/// Why a request is sent again.
enum RetryReason: String, Sendable {
    /// The server had closed a kept-alive connection.
    case staleConnection = "stale-connection"
    /// 401: credentials have been renewed.
    case credentials
    /// The server asked to come again later.
    case retryAfter = "retry-after"
}

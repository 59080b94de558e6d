public import Telemetry

/// The paths that kubelet and Prometheus ask for: `/healthz`, `/readyz` and `/metrics`.
public enum HealthRoutes {
    /// A router with the three paths.
    ///
    /// `/healthz` answers as soon as its event loop turns: a process that is not ready must not be restarted for it.
    /// `/readyz` lists the conditions, and answers 503 while one of them does not hold.
    public static func router(readiness: Readiness, metrics: MetricRegistry) -> Router {
        var router = Router()
        router.add(.get, "/healthz") { _ in .text(.ok, "ok\n") }
        router.add(.get, "/readyz") { _ in
            let lines = readiness.conditions.map { name, state in
                switch state {
                case .ready: "[+] \(name)\n"
                case .notReady(let reason): "[-] \(name): \(reason)\n"
                }
            }
            let isReady = readiness.isReady
            return .text(isReady ? .ok : .serviceUnavailable, lines.joined() + (isReady ? "ready\n" : "not ready\n"))
        }
        router.add(.get, "/metrics") { _ in
            HTTPResponse(
                .ok,
                fields: ["Content-Type": MetricRegistry.contentType],
                body: metrics.exposition()
            )
        }
        return router
    }
}

import HTTP
import Telemetry
import Transport

/// `/healthz`, `/readyz` and `/metrics` of the webhook server.
struct HealthPaths: Sendable {
    let registry: MetricRegistry
    let readiness: Readiness
    let webhookLoops: [EventLoop]

    /// A small server for few and short requests.
    static func configuration(_ address: SocketAddress) -> ServerConfiguration {
        var configuration = ServerConfiguration(address: address, name: "health")
        configuration.maximumConnections = 64
        configuration.limits.bodySize = 1024
        configuration.requestTimeout = .seconds(2)
        configuration.drainDelay = .zero
        configuration.drainGrace = .seconds(1)
        return configuration
    }

    /// `/healthz` waits for a turn of every loop that serves webhooks: when one is stuck, the server's request timeout
    /// answers 503, and whoever asked may restart the process.
    var router: Router {
        var router = HealthRoutes.router(readiness: readiness, metrics: registry)
        router.add(.get, "/healthz") { _ in
            for loop in webhookLoops { await Self.turn(loop) }
            return .text(.ok, "ok\n")
        }
        return router
    }

    /// Returns once a loop has done what it had to do before.
    private static func turn(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume() }
        }
    }
}

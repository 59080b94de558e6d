import HTTP
import Transport

/// Connections to the API server, kept alive between requests and never more than so many. Belongs to its loop's thread.
final class ConnectionPool {
    /// A connection that somebody uses.
    struct Lease {
        let client: HTTPClient
        let generation: UInt64
        /// Whether it has served a request before: the server may have closed it just now.
        let isReused: Bool
        fileprivate let openedAt: Deadline
    }

    private struct Idle {
        let client: HTTPClient
        let generation: UInt64
        let openedAt: Deadline
        let since: Deadline
    }

    /// The age at which a connection is not used again: so that renewed certificates come to be shown and trusted.
    private static let maximumAge: Duration = .seconds(600)

    private let connector: ClusterConnector
    private let limit: Int
    private let idleTimeout: Duration
    private let limits: HTTPLimits
    private let queue: WaitQueue
    private var idle: [Idle] = []
    private var inUse = 0

    init(_ connector: ClusterConnector, _ configuration: ClientConfiguration) {
        self.connector = connector
        limit = max(1, configuration.maximumConnections)
        idleTimeout = configuration.idleTimeout
        limits = HTTPLimits(headSize: 64 * 1024, bodySize: configuration.answerLimit)
        queue = WaitQueue(on: connector.loop)
    }

    /// How many connections there are, those in use included.
    var count: Int { idle.count + inUse }

    /// Takes the connection that has rested shortest, or opens one; waits while all are in use.
    ///
    /// - Parameters:
    ///   - fresh: whether to take none that has been used before.
    ///   - deadline: how long to wait.
    func acquire(fresh: Bool, until deadline: Deadline) async throws(AccessError) -> Lease {
        while inUse >= limit {
            do { try await queue.wait(until: deadline) } catch { throw .transport(error) }
        }
        inUse += 1
        while !fresh, let candidate = idle.popLast() {
            let isUsable =
                candidate.generation == connector.generation && candidate.since.elapsed < idleTimeout
                && candidate.openedAt.elapsed < Self.maximumAge && candidate.client.isAlive
            if isUsable {
                return Lease(
                    client: candidate.client,
                    generation: candidate.generation,
                    isReused: true,
                    openedAt: candidate.openedAt
                )
            }
            candidate.client.close()
        }
        do throws(AccessError) {
            let connection = try await connector.connect(until: deadline)
            let client = HTTPClient(over: connection.stream, host: connector.host, limits: limits)
            return Lease(client: client, generation: connection.generation, isReused: false, openedAt: .now)
        } catch {
            giveBackPlace()
            throw error
        }
    }

    /// Takes a connection back, and keeps it if it can be used again.
    func release(_ lease: Lease) {
        if lease.client.isReusable, lease.generation == connector.generation {
            while idle.count >= limit { idle.removeFirst().client.close() }
            idle.append(
                Idle(client: lease.client, generation: lease.generation, openedAt: lease.openedAt, since: .now)
            )
        } else {
            lease.client.close()
        }
        giveBackPlace()
    }

    /// Closes what nobody uses.
    func closeIdle() {
        for connection in idle { connection.client.close() }
        idle = []
    }

    private func giveBackPlace() {
        inUse -= 1
        queue.resumeFirst()
    }
}

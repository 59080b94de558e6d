import Document
import HTTP
import Logging
import Telemetry
import Transport

/// Brings requests to the API server and answers back: limits, retries, renewed credentials. Belongs to its loop's thread.
final class RequestSender {
    let connector: ClusterConnector
    let configuration: ClientConfiguration
    private let pool: ConnectionPool
    private let metrics: ClientMetrics
    private let logger: Logger
    private var bucket: TokenBucket

    init(
        _ cluster: ClusterConfiguration,
        _ configuration: ClientConfiguration,
        on loop: EventLoop,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        connector = ClusterConnector(cluster, on: loop, logger: logger)
        self.configuration = configuration
        self.metrics = ClientMetrics(metrics)
        self.logger = logger
        pool = ConnectionPool(connector, configuration)
        bucket = TokenBucket(rate: configuration.rate, burst: configuration.burst, now: .now)
    }

    /// How many connections for requests there are.
    var connectionCount: Int { pool.count }

    /// Closes connections that nobody uses.
    func closeIdle() { pool.closeIdle() }

    /// How far a request has come with its tries.
    private struct Tries {
        var hasMetStale = false
        var hasRenewed = false
        var throttles = 0
    }

    /// Sends a request, again where that is safe, and hands over the answer if it is a success.
    func send(_ request: APIRequest, until limit: Deadline? = nil) async throws(APIError) -> HTTPResponse {
        let deadline = limit ?? .after(configuration.requestTimeout)
        var tries = Tries()
        do throws(APIError) {
            while true {
                if let response = try await attempt(request, &tries, until: deadline) { return response }
            }
        } catch {
            if error.status == nil { metrics.failed(request, error) }
            throw error
        }
    }

    /// - Returns: nil when the request is to be sent again.
    private func attempt(
        _ request: APIRequest,
        _ tries: inout Tries,
        until deadline: Deadline
    ) async throws(APIError) -> HTTPResponse? {
        try await waitForTurn(until: deadline)
        let authorization = try await connector.authorizationForRequest(until: deadline)
        let lease: ConnectionPool.Lease
        do throws(AccessError) {
            lease = try await pool.acquire(fresh: tries.hasMetStale, until: deadline)
        } catch {
            throw .access(error)
        }
        let start = Deadline.now
        let response: HTTPResponse
        do throws(HTTPClientError) {
            defer { pool.release(lease) }
            response = try await lease.client.send(message(request, authorization), until: deadline)
        } catch {
            guard canRepeat(request, after: error, lease), !tries.hasMetStale else { throw Self.apiError(error) }
            tries.hasMetStale = true
            metrics.retried(.staleConnection)
            return nil
        }
        metrics.answered(request, response.status, after: start.elapsed)
        if response.status.isSuccess { return response }
        let status = Self.status(of: response)
        if status.code == 401, !tries.hasRenewed {
            tries.hasRenewed = true
            connector.refused(authorization)
            metrics.retried(.credentials)
            return nil
        }
        if try await followsRetryAfter(status, request, &tries, until: deadline) { return nil }
        throw APIError(status)
    }

    /// Opens a connection of its own for a watch and sends the request; the body is read by the caller.
    func open(_ request: APIRequest, until deadline: Deadline) async throws(APIError) -> HTTPClient {
        var hasRenewed = false
        while true {
            let authorization: String?
            let status: ServerStatus
            do throws(APIError) {
                try await waitForTurn(until: deadline)
                authorization = try await connector.authorizationForRequest(until: deadline)
                switch try await openOnce(request, authorization, until: deadline) {
                case .opened(let client): return client
                case .refused(let answer): status = answer
                }
            } catch {
                metrics.failed(request, error)
                throw error
            }
            guard status.code == 401, !hasRenewed else { throw APIError(status) }
            hasRenewed = true
            connector.refused(authorization)
            metrics.retried(.credentials)
        }
    }

    private enum Opening {
        case opened(HTTPClient)
        case refused(ServerStatus)
    }

    private func openOnce(
        _ request: APIRequest,
        _ authorization: String?,
        until deadline: Deadline
    ) async throws(APIError) -> Opening {
        let client: HTTPClient
        do throws(AccessError) {
            let connection = try await connector.connect(until: deadline)
            let limits = HTTPLimits(headSize: 64 * 1024, bodySize: .max)
            client = HTTPClient(over: connection.stream, host: connector.host, limits: limits)
        } catch {
            throw .access(error)
        }
        do throws(HTTPClientError) {
            let start = Deadline.now
            let head = try await client.start(message(request, authorization), until: deadline)
            metrics.answered(request, head.status, after: start.elapsed)
            if head.status.isSuccess { return .opened(client) }
            var body: [UInt8] = []
            while body.count < Self.refusalLimit, let part = try await client.readBody(until: deadline) { body += part }
            client.close()
            return .refused(Self.status(of: HTTPResponse(head.status, fields: head.fields, body: body)))
        } catch {
            client.close()
            throw Self.apiError(error)
        }
    }
}

// MARK: - Parts

extension RequestSender {
    /// How much of a refused watch's answer is read.
    private static let refusalLimit = 256 * 1024

    private func waitForTurn(until deadline: Deadline) async throws(APIError) {
        while let turn = bucket.take(now: .now) {
            guard turn <= deadline else { throw .access(.transport(.timedOut)) }
            do { try await connector.loop.sleep(until: turn) } catch { throw .access(.transport(error)) }
        }
    }

    private func message(_ request: APIRequest, _ authorization: String?) -> HTTPRequest {
        var fields: HTTPFields = ["Accept": "application/json", "User-Agent": configuration.userAgent]
        if let authorization { fields.append("Authorization", authorization) }
        if !request.body.isEmpty { fields.append("Content-Type", request.contentType) }
        return HTTPRequest(
            request.verb.method,
            connector.target(request.target),
            fields: fields,
            body: request.body
        )
    }

    /// Only a connection that has served before can have been closed by a server that never saw the request; and what was
    /// sent is sent again only if doing it twice does no harm.
    private func canRepeat(_ request: APIRequest, after error: HTTPClientError, _ lease: ConnectionPool.Lease) -> Bool {
        guard lease.isReused else { return false }
        switch error {
        case .notSent(let reason): return reason != .cancelled && reason != .timedOut
        case .transport(let reason): return request.verb.isRepeatable && reason.isPeerGone
        case .response(.truncated): return request.verb.isRepeatable
        case .response, .bodyTooLarge, .notReusable: return false
        }
    }

    /// Waits as the server asks, if it does and it may.
    private func followsRetryAfter(
        _ status: ServerStatus,
        _ request: APIRequest,
        _ tries: inout Tries,
        until deadline: Deadline
    ) async throws(APIError) -> Bool {
        // A request that was turned away with 429 was not carried out; one that failed with 5xx may have been.
        let isSafe = status.code == 429 || (status.code >= 500 && request.verb.isRepeatable)
        guard let pause = status.retryAfter, isSafe, tries.throttles < configuration.maximumThrottles else {
            return false
        }
        let end = Deadline.after(min(pause, configuration.maximumRetryAfter))
        guard end < deadline else { return false }
        tries.throttles += 1
        metrics.retried(.retryAfter)
        do { try await connector.loop.sleep(until: end) } catch { throw .access(.transport(error)) }
        return true
    }

    private static func status(of response: HTTPResponse) -> ServerStatus {
        let object: JSONValue?
        do throws(JSONError) { object = try JSONValue(parsing: response.body) } catch { object = nil }
        let text = String(decoding: response.body.prefix(200), as: UTF8.self).trimmingWhitespace
        let seconds = response.fields["Retry-After"].flatMap { UInt32($0) }
        return ServerStatus(
            object,
            code: response.status.code,
            text: text.isEmpty ? response.status.description : text,
            retryAfter: seconds.map { .seconds(max(1, Int64($0))) }
        )
    }

    static func apiError(_ error: HTTPClientError) -> APIError {
        switch error {
        case .transport(let reason): .interrupted(reason)
        case .notSent(let reason): .access(.transport(reason))
        case .response(.truncated): .interrupted(.truncated)
        case .response(let reason): .malformed(reason.rawValue)
        case .bodyTooLarge: .malformed("the answer is longer than this client reads: ask for less at a time")
        case .notReusable: .malformed("the connection had another answer on it")
        }
    }
}

extension ClusterConnector {
    func authorizationForRequest(until deadline: Deadline) async throws(APIError) -> String? {
        do throws(AccessError) { return try await authorization(until: deadline) } catch { throw .access(error) }
    }
}

import Glibc
public import HTTP
public import Transport

/// Asks brokers what they think of their cluster: `GET /status.json`, which needs no credentials and no right in
/// Kubernetes (VerneMQ answers it on the HTTP listener that the official image opens on the pod's address).
public struct StatusProbe: Sendable {
    /// Why a broker said nothing that counts.
    public enum Failure: Error, Sendable, Hashable {
        /// Nobody listens there: the broker is not up, or not yet.
        case refused
        /// No answer in time, or the connection broke: nothing can be concluded.
        case unreachable(HTTPClientError)
        /// An answer other than 200.
        case status(Int)
    }

    /// The longest answer that is read. A view of a hundred members is about 10 KB.
    static let answerLimit = 1024 * 1024

    private let loop: EventLoop
    private let timeout: Duration

    /// A probe on a loop; a broker has `timeout` to answer, connecting included.
    public init(on loop: EventLoop, timeout: Duration = .seconds(3)) {
        self.loop = loop
        self.timeout = timeout
    }

    /// The body of a broker's `/status.json`.
    ///
    /// - Parameters:
    ///   - address: the pod's address.
    ///   - port: the port of its HTTP listener.
    public func ask(_ address: String, port: Int) async throws(Failure) -> [UInt8] {
        let deadline = Deadline.after(timeout)
        let response: HTTPResponse
        do throws(HTTPClientError) {
            response = try await get(try Self.endpoint(address, port), until: deadline)
        } catch {
            guard case .transport(.system(_, ECONNREFUSED)) = error else { throw .unreachable(error) }
            throw .refused
        }
        guard response.status == 200 else { throw .status(response.status.code) }
        return response.body
    }

    private func get(
        _ endpoint: HTTPClient.Endpoint,
        until deadline: Deadline
    ) async throws(HTTPClientError) -> HTTPResponse {
        let limits = HTTPLimits(headSize: 16 * 1024, bodySize: Self.answerLimit)
        let client = try await HTTPClient.connect(to: endpoint, on: loop, limits: limits, until: deadline)
        defer { client.close() }
        return try await client.send(HTTPRequest(.get, "/status.json"), until: deadline)
    }

    private static func endpoint(_ address: String, _ port: Int) throws(HTTPClientError) -> HTTPClient.Endpoint {
        do {
            let host = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
            return HTTPClient.Endpoint(try SocketAddress("\(host):\(port)"), name: address)
        } catch {
            throw .transport(error)
        }
    }
}

public import Transport

/// Why a request has no response.
public enum HTTPClientError: Error, Sendable, Hashable {
    /// The connection failed. Whether the request was carried out is not known.
    case transport(TransportError)
    /// The connection failed before one byte of the request went out: the server has not seen it.
    case notSent(TransportError)
    /// The server's bytes are no response.
    case response(HTTPParseError)
    /// The body is larger than the client is prepared to hold.
    case bodyTooLarge
    /// The connection has served its last request, or another one is still on it: make a new client.
    case notReusable
}

/// A client on one connection: one request at a time, kept alive for as long as the server does. Belongs to the thread of
/// its event loop.
public final class HTTPClient {
    /// Where to connect, and as whom.
    public struct Endpoint: Sendable {
        /// The address of the server.
        public var address: SocketAddress
        /// The server's host name or IP address: the name in its certificate, and the value of `Host`.
        public var name: String
        /// How TLS is spoken; nil for a plain connection.
        public var tls: TLSContext?

        /// Describes a server.
        public init(_ address: SocketAddress, name: String, tls: TLSContext? = nil) {
            self.address = address
            self.name = name
            self.tls = tls
        }
    }

    private let stream: TCPStream
    private let host: String
    private let limits: HTTPLimits
    private var parser: ResponseParser
    private var isBusy = false
    private var isFinished = false

    /// Speaks over a connection that stands already, TLS included. The connection belongs to the client from now on.
    ///
    /// - Parameters:
    ///   - stream: the connection, on which nothing has been asked yet.
    ///   - host: the value of `Host` (RFC 9110, section 7.2).
    ///   - limits: how large responses may be.
    public init(
        over stream: TCPStream,
        host: String,
        limits: HTTPLimits = HTTPLimits(headSize: 64 * 1024, bodySize: 64 * 1024 * 1024)
    ) {
        self.stream = stream
        self.host = host
        self.limits = limits
        parser = ResponseParser(limits: limits)
    }

    /// Connects to a server. The task must be on the loop.
    ///
    /// - Parameters:
    ///   - endpoint: where to connect.
    ///   - loop: the loop that the task is on.
    ///   - limits: how large responses may be.
    ///   - deadline: how long connecting may take, the TLS handshake included.
    public static func connect(
        to endpoint: Endpoint,
        on loop: EventLoop,
        limits: HTTPLimits = HTTPLimits(headSize: 64 * 1024, bodySize: 64 * 1024 * 1024),
        until deadline: Deadline
    ) async throws(HTTPClientError) -> HTTPClient {
        do {
            let stream = try await TCPStream.connect(to: endpoint.address, on: loop, until: deadline)
            if let tls = endpoint.tls {
                try await stream.connectTLS(tls, serverName: endpoint.name, until: deadline)
            }
            let isVersion6 = endpoint.name.utf8.contains(UInt8(ascii: ":"))
            let name = isVersion6 ? "[\(endpoint.name)]" : endpoint.name
            return HTTPClient(over: stream, host: "\(name):\(endpoint.address.port)", limits: limits)
        } catch {
            throw .notSent(error)
        }
    }

    /// Whether another request can be sent.
    public var isReusable: Bool { !isBusy && !isFinished }

    /// Whether another request can be sent and the server has not closed the connection meanwhile, as far as can be seen
    /// from here: it may be closing it just now.
    public var isAlive: Bool { isReusable && stream.isQuiet }

    /// What TLS agreed on; nil on a plain connection.
    public var tls: TLSConnectionInfo? { stream.tls }

    /// Sends a request and waits for the complete response.
    public func send(_ request: HTTPRequest, until deadline: Deadline) async throws(HTTPClientError) -> HTTPResponse {
        let head = try await start(request, until: deadline)
        return HTTPResponse(head.status, fields: head.fields, body: try await readWholeBody(until: deadline))
    }

    /// Reads the body of the response that has begun, within the limit.
    func readWholeBody(until deadline: Deadline) async throws(HTTPClientError) -> [UInt8] {
        var body: [UInt8] = []
        while let part = try await readBody(until: deadline) {
            guard body.count + part.count <= limits.bodySize else {
                isFinished = true
                throw .bodyTooLarge
            }
            if body.isEmpty { body = part } else { body += part }
        }
        return body
    }

    /// Sends a request and waits for the header of the response. Read the body to its end before the next request.
    public func start(
        _ request: HTTPRequest,
        until deadline: Deadline
    ) async throws(HTTPClientError) -> HTTPResponseHead {
        guard isReusable else { throw .notReusable }
        isBusy = true
        parser.begin(answerTo: request.method)
        let sentBefore = stream.sentBytes
        do {
            try await stream.write(RequestEncoder.encode(request, host: host), until: deadline)
        } catch  where error.isPeerGone && stream.sentBytes > sentBefore {
            // A server that refuses a request may answer before it has read all of it, and close.
        } catch {
            isFinished = true
            throw stream.sentBytes == sentBefore ? .notSent(error) : .transport(error)
        }
        while true {
            if case .head(let head) = try await nextEvent(until: deadline) { return head }
        }
    }

    /// The next part of the body as it comes; nil at its end.
    public func readBody(until deadline: Deadline) async throws(HTTPClientError) -> [UInt8]? {
        guard isBusy else { return nil }
        while true {
            switch try await nextEvent(until: deadline) {
            case .body(let part): return part
            case .end:
                isBusy = false
                if !parser.keepsAlive { close() }
                return nil
            case .needsMore, .head: continue
            }
        }
    }

    /// Gives the connection to another protocol after a response with status 101. The client serves no request afterwards.
    ///
    /// - Returns: the stream, and the bytes of the other protocol that have come with the response.
    func takeOver() -> (stream: TCPStream, received: [UInt8]) {
        isFinished = true
        return (stream, parser.takeRest())
    }

    /// Closes the connection.
    public func close() {
        isFinished = true
        stream.shutDownWriting()
        stream.close()
    }

    private func nextEvent(until deadline: Deadline) async throws(HTTPClientError) -> ResponseParser.Event {
        while true {
            let event: ResponseParser.Event
            do { event = try parser.advance() } catch {
                isFinished = true
                throw .response(error)
            }
            guard event == .needsMore else { return event }
            do {
                let count = try await stream.read(until: deadline) { parser.receive($0) }
                if count == 0 { parser.receiveEnd() }
            } catch {
                isFinished = true
                throw .transport(error)
            }
        }
    }
}

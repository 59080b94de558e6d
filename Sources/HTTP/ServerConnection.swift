import Logging
import Telemetry
import Transport

/// One connection of a server, from its handshake to its end. One request is in flight at a time; pipelined ones wait in
/// the parser, and then in the kernel.
final class ServerConnection {
    enum Phase {
        /// Between accepting and the end of the handshake; without TLS, the first byte of the first request.
        case opening
        /// Nothing of a next request has come.
        case idle
        /// A request is coming in.
        case receiving
        /// The handler is at work.
        case handling
        /// A response is going out, or has gone out and was the last.
        case answering
        /// The last response has gone out, and the client still sends.
        case lingering
        /// The handler has not come back in time and its response is not wanted any more.
        case overdue
    }

    /// Whether the connection is one too many and is answered 503 only.
    let isRefused: Bool

    let stream: TCPStream
    let shard: ServerShard
    var parser: RequestParser
    var phase = Phase.opening
    var served = 0
    let servedAtMost: Int
    let retiresAt: Deadline
    var overdueTimer: LoopTimer?
    var info: TLSConnectionInfo?
    /// When the connection was made, its request began, or its last response went out, whichever was last.
    var since = Deadline.now
    /// Whether it has been told to go, for others to have its place.
    private(set) var isLeaving = false
    /// What of its request counts against the memory for all.
    private(set) var heldBytes = 0
    /// What the client that is being answered speaks, and whether it asked for the head only.
    var asker = (version: HTTPVersion.http1_1, wantsHeadOnly: false)

    var configuration: ServerConfiguration { shard.configuration }

    init(_ stream: TCPStream, shard: ServerShard, isRefused: Bool) {
        self.stream = stream
        self.shard = shard
        self.isRefused = isRefused
        let configuration = shard.configuration
        parser = RequestParser(limits: configuration.limits)
        let factor = 1 + Double.random(in: -1...1) * min(max(configuration.jitter, 0), 1)
        servedAtMost = max(1, Int(Double(configuration.maximumRequestsPerConnection) * factor))
        retiresAt = .after(configuration.maximumConnectionAge * factor)
    }

    func run() async {
        do {
            try await serve()
        } catch {
            shard.logger.debug(
                "connection ended early",
                metadata: ["peer": "\(peerName)", "code": "\(error.code)", "reason": "\(error)"]
            )
        }
        overdueTimer?.cancel()
        stream.close()
        shard.ended(self)
    }

    /// Closes the connection if no request is on it.
    func closeIfIdle() {
        if phase == .idle { stream.interrupt() }
    }

    /// Closes the connection.
    func abort() {
        stream.interrupt()
    }

    // MARK: Bounds of the server

    /// Makes way for another connection.
    func leave() {
        isLeaving = true
        hold(0)
        stream.interrupt()
    }

    /// How well a connection uses its place.
    struct Claim: Comparable {
        /// Whether it has been of use to anybody and may be again.
        let isEstablished: Bool
        /// Since when it has had nothing to show for itself.
        let since: Deadline

        static func < (one: Claim, other: Claim) -> Bool {
            if one.isEstablished != other.isEstablished { return !one.isEstablished }
            return one.since < other.since
        }
    }

    /// The connection's claim on its place; nil when the place is its own.
    ///
    /// Who holds a place without using it has the least claim, the longest holder first: a flood of silent connections
    /// drives out itself. One that has been answered before is left alone for some seconds, and a request that comes in, or
    /// an answer that is being read, for a moment: no honest client on the way to a server needs longer.
    func claim(at now: Deadline) -> Claim? {
        let isEstablished = served > 0 && phase != .lingering
        let rest: Duration
        switch phase {
        case .opening, .idle: rest = isEstablished ? configuration.restingGrace : .zero
        case .receiving: rest = configuration.receivingGrace
        case .lingering: rest = .milliseconds(100)
        case .handling, .answering, .overdue: return nil
        }
        guard !isLeaving, !isRefused, since.advanced(by: rest) <= now else { return nil }
        return Claim(isEstablished: isEstablished, since: since)
    }

    /// How much of a body needs nobody's leave.
    private static let freeBytes = 16 * 1024

    /// Counts what is held now.
    private func hold(_ bytes: Int) {
        let before = heldBytes
        heldBytes = max(0, bytes - Self.freeBytes)
        shard.hold(heldBytes - before)
    }

    /// Whether the server has the memory for what has come of a body.
    private func hasMemory() -> Bool {
        hold(parser.heldBytes)
        return heldBytes == 0 || shard.hasMemory(for: self)
    }

    /// Refuses a body, and gives back its memory at once: the client may take a while to read the answer.
    private func refuseBody() -> HTTPResponse {
        let response = crowded()
        parser = RequestParser(limits: configuration.limits)
        hold(0)
        return response
    }

    // MARK: Requests

    private func serve() async throws(TransportError) {
        var deadline = Deadline.after(configuration.firstByteTimeout)
        if let tls = shard.tls {
            do throws(TransportError) {
                guard let context = tls.current else {
                    throw .unusableCertificate("there is no certificate to show yet")
                }
                try await stream.acceptTLS(context, until: deadline)
            } catch {
                shard.metrics.failedHandshakes.increment()
                throw error
            }
            info = stream.tls
            // The API server's client dials more connections than it needs and keeps the spare ones. One that is closed in
            // the moment of its first use costs it that request: it is sent once more only on connections used before.
            if !isRefused {
                phase = .idle
                deadline = .after(configuration.idleTimeout)
            }
        }
        while true {
            switch try await receive(until: deadline) {
            case .ended: return
            case .refused(let response): return try await answerLast(response)
            case .request(let request, let keepsAlive):
                guard try await answer(request, keepsAlive: keepsAlive) else { return }
            }
            hold(0)
            phase = .idle
            since = .now
            deadline = .after(configuration.idleTimeout)
        }
    }

    enum Received {
        case request(HTTPRequest, keepsAlive: Bool)
        /// The answer to something that is no request, or came too slowly. It is the last one.
        case refused(HTTPResponse)
        /// The client has gone, or has had nothing to say for too long.
        case ended
    }

    /// Takes the next request off the connection, and gives up at `idleDeadline` while nothing has come. A client that is
    /// still opening is then told so.
    private func receive(until idleDeadline: Deadline) async throws(TransportError) -> Received {
        var deadline = idleDeadline
        var isInBody = false
        while true {
            let progress: RequestParser.Progress
            do {
                progress = try parser.advance()
            } catch {
                return .refused(refusal(error))
            }
            if progress == .complete {
                let keepsAlive = parser.keepsAlive
                return .request(parser.take(), keepsAlive: keepsAlive)
            }
            if progress == .expectsContinue, !isRefused {
                try await stream.write(ResponseEncoder.proceed, until: .after(configuration.writeTimeout))
            }
            if isRefused, parser.isReadingBody { return .refused(overloaded()) }
            if parser.isReadingBody, !hasMemory() { return .refused(refuseBody()) }
            if !parser.isIdle, phase != .receiving {
                phase = .receiving
                since = .now
                deadline = .after(configuration.headTimeout)
            }
            if !isInBody, parser.isReadingBody {
                isInBody = true
                deadline = .after(configuration.bodyTimeout)
            }
            do {
                if try await stream.read(until: deadline, { parser.receive($0) }) == 0 {
                    return phase == .receiving ? .refused(refusal(.truncated)) : .ended
                }
            } catch .timedOut {
                switch phase {
                case .idle: return .ended
                case .opening: return .refused(timedOut(in: "connection"))
                default: return .refused(timedOut(in: isInBody ? "body" : "header"))
                }
            } catch .cancelled where phase == .idle {
                return .ended
            }
        }
    }
}

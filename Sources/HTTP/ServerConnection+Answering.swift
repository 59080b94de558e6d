import Logging
import Transport

extension ServerConnection {
    /// Has a request answered.
    ///
    /// - Returns: whether the connection can take another one.
    func answer(_ received: HTTPRequest, keepsAlive: Bool) async throws(TransportError) -> Bool {
        asker = (received.version, received.method == .head)
        guard !isRefused else {
            try await answerLast(overloaded())
            return false
        }
        var request = received
        request.peer = stream.peer
        request.tls = info
        let start = Deadline.now
        request.deadline = start.advanced(by: configuration.requestTimeout)
        phase = .handling
        armOverdueTimer(request.deadline)
        let response = await shard.handler(request)
        overdueTimer?.disarm()
        if phase == .overdue { return false }
        phase = .answering
        served += 1
        shard.metrics.answered(response.status, after: start.elapsed)
        let goesOn = keepsAlive && !shard.isDraining && served < servedAtMost && !retiresAt.isPast
        try await stream.write(
            encode(response, goesOn ? .keepAlive : .close),
            until: .after(configuration.writeTimeout)
        )
        if !goesOn { await linger() }
        return goesOn
    }

    /// Sends a response that ends the connection.
    func answerLast(_ response: HTTPResponse) async throws(TransportError) {
        phase = .answering
        try await stream.write(encode(response, .close), until: .after(configuration.writeTimeout))
        await linger()
    }

    private func encode(_ response: HTTPResponse, _ persistence: ResponseEncoder.Persistence) -> [UInt8] {
        ResponseEncoder.encode(
            response,
            version: asker.version,
            omitsBody: asker.wantsHeadOnly,
            persistence: persistence,
            date: shard.date
        )
    }

    /// Ends our side and waits for the client to end its own: what it has sent unasked would otherwise reset the
    /// connection and take the response with it (RFC 9112, section 9.6).
    private func linger() async {
        phase = .lingering
        since = .now
        stream.shutDownWriting()
        await stream.drain(atMost: configuration.lingerSize, until: .after(configuration.lingerTimeout))
    }

    // MARK: The server's own answers

    /// The answer to bytes that are no request.
    func refusal(_ error: HTTPParseError) -> HTTPResponse {
        asker = (parser.version, parser.method == .head)
        return refusal(error.status, error.rawValue, code: error.code)
    }

    /// The answer to a client that is too slow.
    func timedOut(in part: StaticString) -> HTTPResponse {
        asker = (parser.version, parser.method == .head)
        return refusal(.requestTimeout, "the \(part) took too long", code: "\(part)-timeout")
    }

    /// The answer on a connection that is one too many.
    func overloaded() -> HTTPResponse {
        refusalForNow("too many connections", code: "overloaded")
    }

    /// The answer to a body that there is no memory for at the moment.
    func crowded() -> HTTPResponse {
        asker = (parser.version, parser.method == .head)
        return refusalForNow("too many large requests at once", code: "crowded")
    }

    private func refusalForNow(_ reason: String, code: String) -> HTTPResponse {
        var response = refusal(.serviceUnavailable, reason, code: code)
        response.fields["Retry-After"] = String(max(1, configuration.retryAfter.components.seconds))
        return response
    }

    private func refusal(_ status: HTTPStatus, _ reason: String, code: String) -> HTTPResponse {
        shard.metrics.rejected(status, reason: code)
        shard.logger.debug(
            "request refused",
            metadata: ["peer": "\(peerName)", "status": "\(status.code)", "reason": "\(code)"]
        )
        return .text(status, reason + "\n")
    }

    /// The other side, for logs.
    var peerName: String { stream.peer?.description ?? "unknown" }

    // MARK: Overdue handlers

    private func armOverdueTimer(_ deadline: Deadline) {
        let timer = overdueTimer ?? LoopTimer(on: shard.loop) { [unowned self] in giveUpOnHandler() }
        overdueTimer = timer
        timer.arm(at: deadline)
    }

    /// Answers in the handler's place. The handler itself cannot be stopped: its response is thrown away.
    private func giveUpOnHandler() {
        guard phase == .handling else { return }
        phase = .overdue
        let response = refusal(.serviceUnavailable, "the request took too long", code: "handler-timeout")
        do {
            _ = try stream.writeNow(encode(response, .close))
        } catch {
            shard.logger.debug("an overdue request could not be answered", metadata: ["reason": "\(error)"])
        }
        stream.shutDownWriting()
    }
}

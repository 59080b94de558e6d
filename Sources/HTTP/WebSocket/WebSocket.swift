public import Transport

/// A WebSocket (RFC 6455), client side. Belongs to the thread of its event loop; one task may receive while another sends.
///
/// Pings are answered, and the closing handshake is completed, by ``receive(until:)``: somebody must be in it.
public final class WebSocket {
    /// How much a WebSocket holds in memory.
    public struct Limits: Sendable, Hashable {
        /// Bytes of one frame.
        public var frameSize: Int
        /// Bytes of one message.
        public var messageSize: Int

        /// Makes limits.
        public init(frameSize: Int = 1024 * 1024, messageSize: Int = 4 * 1024 * 1024) {
            self.frameSize = frameSize
            self.messageSize = messageSize
        }
    }

    /// The sub-protocol that the server chose; nil when none was offered.
    public let subprotocol: String?
    /// How the peer closed; nil until it has.
    public private(set) var closure: WebSocketClosure?

    private let stream: TCPStream
    private let role: WebSocketRole
    private var generator = SystemRandomNumberGenerator()
    private var decoder: WebSocketFrameDecoder
    private var assembler: WebSocketAssembler
    /// Whether a frame is on its way out.
    private var isWriting = false
    /// Whether somebody is in ``send(_:until:)`` or ``close(_:until:)``.
    private var isSending = false
    /// The sender that waits until a pong is written.
    private var turn: CheckedContinuation<Void, Never>?
    private var hasSentClose = false
    private var hasEnded = false
    /// The newest ping's payload, which waits for a write to finish. Older ones need no answer (section 5.5.3).
    private var owedPong: [UInt8]?

    /// Takes a stream on which the opening handshake is over.
    init(_ stream: TCPStream, received: [UInt8], role: WebSocketRole, subprotocol: String?, limits: Limits) {
        self.stream = stream
        self.role = role
        self.subprotocol = subprotocol
        decoder = WebSocketFrameDecoder(role: role, payloadLimit: limits.frameSize)
        assembler = WebSocketAssembler(messageLimit: limits.messageSize)
        decoder.receive(received.span)
    }

    /// Opens a WebSocket over a connection that is not in use. The task must be on the client's loop.
    ///
    /// - Parameters:
    ///   - request: a GET with the target, and the fields that authorize it; the handshake's own are added.
    ///   - protocols: sub-protocols to offer, the favourite first. The server must choose one of them.
    ///   - client: the connection. It serves no request afterwards, unless the server refuses.
    ///   - limits: how much may be held in memory.
    ///   - deadline: how long the handshake may take.
    /// - Throws: `request`, `refused` with the response, `handshake`.
    public static func open(
        _ request: HTTPRequest,
        protocols: [String],
        over client: HTTPClient,
        limits: Limits = Limits(),
        until deadline: Deadline
    ) async throws(WebSocketError) -> WebSocket {
        var generator = SystemRandomNumberGenerator()
        let handshake = WebSocketHandshake(protocols: protocols, using: &generator)
        let head = try await start(handshake.prepare(request), over: client, until: deadline)
        let subprotocol: String?
        do throws(WebSocketHandshakeError) { subprotocol = try handshake.check(head) } catch {
            client.close()
            throw .handshake(error)
        }
        let (stream, received) = client.takeOver()
        return WebSocket(stream, received: received, role: .client, subprotocol: subprotocol, limits: limits)
    }

    /// Sends the opening request.
    ///
    /// - Returns: the head of a response with status 101; any other status is `refused`.
    private static func start(
        _ request: HTTPRequest,
        over client: HTTPClient,
        until deadline: Deadline
    ) async throws(WebSocketError) -> HTTPResponseHead {
        let head: HTTPResponseHead
        let body: [UInt8]
        do throws(HTTPClientError) {
            head = try await client.start(request, until: deadline)
            if head.status == 101 { return head }
            body = try await client.readWholeBody(until: deadline)
        } catch {
            throw .request(error)
        }
        throw .refused(HTTPResponse(head.status, fields: head.fields, body: body))
    }

    // MARK: Messages

    /// Waits for the next message.
    ///
    /// - Returns: nil once the peer has closed; ``closure`` says how.
    /// - Throws: `violation`, `transport` (after `timedOut` and `cancelled` one may try again, unless an answer
    ///   to the peer was cut off), `closed`.
    public func receive(until deadline: Deadline) async throws(WebSocketError) -> WebSocketMessage? {
        while true {
            if closure != nil { return nil }
            if hasEnded { throw .closed }
            guard let event = try await nextEvent(until: deadline) else { continue }
            switch event {
            case .message(let message): return message
            case .pong: continue
            case .ping(let payload): try await answer(payload, until: deadline)
            case .close(let closure): try await finish(closure, until: deadline)
            }
        }
    }

    /// Sends a message in one frame: servers there are, the Kubernetes API server among them, that take each frame of a
    /// message for a message.
    ///
    /// - Throws: `busy` while another one is being sent, `transport`, `closed`. After a failure the WebSocket is of no use
    ///   any more.
    public func send(_ message: WebSocketMessage, until deadline: Deadline) async throws(WebSocketError) {
        switch message {
        case .text(let text):
            try await write(WebSocketFrame(opcode: .text, payload: Array(text.utf8)), until: deadline)
        case .binary(let bytes):
            try await write(WebSocketFrame(opcode: .binary, payload: bytes), until: deadline)
        }
    }

    /// Begins the closing handshake. Messages can be received until the peer answers.
    ///
    /// - Throws: as ``send(_:until:)``.
    public func close(_ closure: WebSocketClosure = .normal, until deadline: Deadline) async throws(WebSocketError) {
        try await write(WebSocketFrame(opcode: .close, payload: closure.payload), until: deadline)
    }

    /// Closes the connection at once.
    public func abort() {
        hasEnded = true
        stream.shutDownWriting()
        stream.close()
    }
}

// MARK: - Reading

extension WebSocket {
    /// The next thing that has come; nil when that was a part of it only.
    private func nextEvent(until deadline: Deadline) async throws(WebSocketError) -> WebSocketAssembler.Event? {
        do throws(WebSocketViolation) {
            if let frame = try decoder.next() { return try assembler.take(frame) }
        } catch {
            throw fail(error)
        }
        let count: Int
        do throws(TransportError) {
            count = try await stream.read(until: deadline) { decoder.receive($0) }
        } catch {
            if error != .timedOut, error != .cancelled { abort() }
            throw .transport(error)
        }
        if count == 0 { throw fail(.endedWithoutClose) }
        return nil
    }

    /// Fails the connection (section 7.1.7): tells the peer if that can be done at once, and closes.
    private func fail(_ violation: WebSocketViolation) -> WebSocketError {
        if !isWriting, !hasSentClose, violation != .endedWithoutClose {
            let frame = WebSocketFrame(opcode: .close, payload: WebSocketClosure(code: violation.closeCode).payload)
            do throws(TransportError) {
                _ = try stream.writeNow(encode(frame))
            } catch {
                // The violation is what is reported: that the peer cannot be told of it adds nothing.
            }
        }
        abort()
        return .violation(violation)
    }

    private func answer(_ payload: [UInt8], until deadline: Deadline) async throws(WebSocketError) {
        if hasSentClose { return }
        owedPong = payload
        guard !isWriting else { return }
        isWriting = true
        defer { endWriting() }
        try await writeOwedPong(until: deadline)
    }

    /// Answers the peer's close frame unless it is itself an answer, and closes the connection.
    private func finish(_ closure: WebSocketClosure, until deadline: Deadline) async throws(WebSocketError) {
        self.closure = closure
        defer { abort() }
        // A write that is under way cannot be waited for: the peer need not read any more.
        if hasSentClose || isWriting { return }
        try await write(WebSocketFrame(opcode: .close, payload: closure.payload), until: deadline)
    }
}

// MARK: - Writing

extension WebSocket {
    private func write(_ frame: WebSocketFrame, until deadline: Deadline) async throws(WebSocketError) {
        if isSending { throw .busy }
        isSending = true
        defer { isSending = false }
        // Only a pong can be in the way, and its writer wakes us when it ends.
        while isWriting {
            await withCheckedContinuation { turn = $0 }
        }
        if hasEnded || hasSentClose { throw .closed }
        isWriting = true
        defer { endWriting() }
        if frame.opcode == .close { hasSentClose = true }
        try await transmit(frame, until: deadline)
        if !hasSentClose { try await writeOwedPong(until: deadline) }
    }

    private func writeOwedPong(until deadline: Deadline) async throws(WebSocketError) {
        while let payload = owedPong.take() {
            try await transmit(WebSocketFrame(opcode: .pong, payload: payload), until: deadline)
        }
    }

    /// Writes a frame. Half a frame would make all that follows unreadable: after a failure the connection is closed.
    private func transmit(_ frame: WebSocketFrame, until deadline: Deadline) async throws(WebSocketError) {
        if hasEnded { throw .closed }
        do throws(TransportError) {
            try await stream.write(encode(frame), until: deadline)
        } catch {
            abort()
            throw .transport(error)
        }
    }

    private func endWriting() {
        isWriting = false
        turn.take()?.resume()
    }

    private func encode(_ frame: WebSocketFrame) -> [UInt8] {
        let mask = role == .client ? WebSocketMask(UInt32.random(in: .min ... .max, using: &generator)) : nil
        return frame.encode(mask: mask)
    }
}

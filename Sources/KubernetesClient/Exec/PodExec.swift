public import HTTP
public import Transport

/// Runs commands in containers through the API server, over a WebSocket.
public enum PodExec {
    /// Bytes of standard input in a message: servers bound messages, and none below this.
    private static let inputPiece = 32 * 1024
    /// How long output may still come after the command's status.
    private static let grace: Duration = .seconds(2)

    /// Runs a command and waits for its end, over a connection of its own. The task must be on the connector's loop.
    ///
    /// - Parameters:
    ///   - command: what to run.
    ///   - connector: the way to the API server. Credentials that it refuses are renewed once.
    ///   - deadline: how long all of it may take.
    /// - Returns: what the command wrote, and its exit code, whatever that is.
    /// - Throws: every reason for which it is not known how the command ended.
    public static func run(
        _ command: PodCommand,
        through connector: ClusterConnector,
        until deadline: Deadline
    ) async throws(PodExecError) -> PodCommandResult {
        var hasRenewed = false
        while true {
            let (client, authorization) = try await connect(connector, until: deadline)
            var command = command
            command.targetPrefix = connector.target("")
            do throws(PodExecError) {
                return try await run(
                    command,
                    over: client,
                    fields: authorization.map { ["Authorization": $0] } ?? [:],
                    on: connector.loop,
                    until: deadline
                )
            } catch {
                guard case .unauthorized = error, !hasRenewed else { throw error }
                connector.refused(authorization)
                hasRenewed = true
            }
        }
    }

    private static func connect(
        _ connector: ClusterConnector,
        until deadline: Deadline
    ) async throws(PodExecError) -> (HTTPClient, authorization: String?) {
        do throws(AccessError) {
            let authorization = try await connector.authorization(until: deadline)
            let connection = try await connector.connect(until: deadline)
            return (HTTPClient(over: connection.stream, host: connector.host), authorization)
        } catch {
            throw PodExecError(error)
        }
    }

    /// Runs a command and waits for its end. The task must be on the client's loop.
    ///
    /// - Parameters:
    ///   - command: what to run.
    ///   - client: a connection to the API server that nothing else uses. It is closed afterwards.
    ///   - fields: what authorizes the request (`Authorization`).
    ///   - loop: the loop that the task is on.
    ///   - deadline: how long all of it may take.
    /// - Returns: what the command wrote, and its exit code, whatever that is.
    /// - Throws: every reason for which it is not known how the command ended.
    public static func run(
        _ command: PodCommand,
        over client: HTTPClient,
        fields: HTTPFields = [:],
        on loop: EventLoop,
        until deadline: Deadline
    ) async throws(PodExecError) -> PodCommandResult {
        let socket: WebSocket
        do throws(WebSocketError) {
            socket = try await WebSocket.open(
                HTTPRequest(.get, command.target, fields: fields),
                protocols: [ExecStreams.subprotocol],
                over: client,
                until: deadline
            )
        } catch {
            client.close()
            throw PodExecError(error)
        }
        defer { socket.abort() }
        return try await exchange(command, LoopBound(socket, on: loop), until: deadline)
    }

    /// Writes the input while it reads the output: a command may well write before it has read everything.
    private static func exchange(
        _ command: PodCommand,
        _ socket: LoopBound<WebSocket>,
        until deadline: Deadline
    ) async throws(PodExecError) -> PodCommandResult {
        let result = await withTaskGroup(of: Void.self) { group in
            let input = command.standardInput ?? []
            group.addTask(executorPreference: socket.loop) { await write(input, to: socket.value, until: deadline) }
            let result: Result<PodCommandResult, PodExecError>
            do throws(PodExecError) {
                result = .success(try await read(socket.value, limit: command.outputLimit, until: deadline))
            } catch {
                result = .failure(error)
            }
            // A command need not read its input to the end.
            group.cancelAll()
            return result
        }
        return try result.get()
    }

    /// Sends the input. A failure shows on the reading side too, which is the one that reports: a command that has ended
    /// without reading its input has not failed.
    private static func write(_ input: [UInt8], to socket: WebSocket, until deadline: Deadline) async {
        var rest = input[...]
        while !rest.isEmpty {
            let piece = rest.prefix(inputPiece)
            rest = rest.dropFirst(piece.count)
            do throws(WebSocketError) {
                let message = [ExecStreams.Channel.standardInput.rawValue] + piece
                try await socket.send(.binary(message), until: deadline)
            } catch {
                return
            }
        }
    }

    private static func read(
        _ socket: WebSocket,
        limit: Int,
        until deadline: Deadline
    ) async throws(PodExecError) -> PodCommandResult {
        var streams = ExecStreams(limit: limit)
        var end = deadline
        while true {
            let message: WebSocketMessage?
            do throws(WebSocketError) {
                message = try await socket.receive(until: end)
            } catch {
                // Once the status is there, nothing is missing, however the connection ends.
                if streams.status != nil, error != .transport(.cancelled), let result = try streams.result() {
                    return result
                }
                throw PodExecError(error)
            }
            guard let message else {
                if let result = try streams.result() { return result }
                throw .connection(.closed)
            }
            let isFirstStatus = streams.status == nil
            try streams.take(message)
            if isFirstStatus, streams.status != nil { end = min(deadline, .after(grace)) }
        }
    }
}

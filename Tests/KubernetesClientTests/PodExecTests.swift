import HTTP
import Testing
import Transport

@testable import KubernetesClient

private struct Refusal: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var error: PodExecError
    var testDescription: String { "\(status) \(error.code)" }
}

private func status(_ message: String, _ code: Int) -> String {
    #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"\#(message)","code":\#(code)}"#
}

private let refusals: [Refusal] = [
    Refusal(status: 401, body: status("Unauthorized", 401), error: .unauthorized("Unauthorized")),
    Refusal(status: 403, body: status("pods is forbidden", 403), error: .forbidden("pods is forbidden")),
    Refusal(status: 404, body: status("pods not found", 404), error: .notFound("pods not found")),
    Refusal(
        status: 400,
        body: status("container x is not valid for pod y", 400),
        error: .notRunning("container x is not valid for pod y")
    ),
    Refusal(
        status: 500,
        body: "unable to upgrade connection: container not found (\"x\")\n",
        error: .notRunning("unable to upgrade connection: container not found (\"x\") ")
    ),
    Refusal(status: 502, body: "", error: .refused(status: 502, "no reason given")),
]

@Suite("Exec")
struct PodExecTests {
    private static let command = PodCommand(namespace: "mq", pod: "vmq-0", container: "vernemq", ["cat", "/x"])

    @Test("output, errors and exit code come back, and the credentials go along")
    func output() async throws {
        try await ExecServer.run(server: { request, socket in
            #expect(request.fields["Authorization"] == "Bearer t0ken")
            #expect(request.path == "/api/v1/namespaces/mq/pods/vmq-0/exec")
            try await socket.send(1, "")
            try await socket.send(1, "one ")
            try await socket.send(2, "oops")
            try await socket.send(1, "two")
            try await socket.send(
                3,
                #"{"status":"Failure","reason":"NonZeroExitCode","#
                    + #""details":{"causes":[{"reason":"ExitCode","message":"42"}]}}"#
            )
            // Output that was overtaken by the status is not lost.
            try await socket.send(1, "!")
            try await socket.close(until: .after(patience))
            _ = try await socket.receive(until: .after(patience))
        }) { server in
            let result = try await server.run(Self.command)
            #expect(result.exitCode == 42)
            #expect(String(decoding: result.standardOutput, as: UTF8.self) == "one two!")
            #expect(String(decoding: result.standardError, as: UTF8.self) == "oops")
        }
    }

    @Test("input goes out whole, also while output comes in")
    func input() async throws {
        let input = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await ExecServer.run(server: { request, socket in
            #expect(request.queryValue("stdin") == "true")
            var count = 0
            while count < input.count, let message = try await socket.receive(until: .after(patience)) {
                guard case .binary(let bytes) = message, bytes.first == 0 else {
                    Issue.record("\(message)")
                    return
                }
                count += bytes.count - 1
                try await socket.send(.binary([1] + bytes.dropFirst()), until: .after(patience))
            }
            try await socket.succeed()
        }) { server in
            var command = Self.command
            command.standardInput = input
            let result = try await server.run(command)
            #expect(result == PodCommandResult(standardOutput: input, exitCode: 0))
        }
    }

    @Test("a command that ends without reading its input has ended")
    func unreadInput() async throws {
        try await ExecServer.run(server: { _, socket in
            try await socket.send(3, #"{"status":"Success"}"#)
            socket.abort()
        }) { server in
            var command = Self.command
            command.standardInput = [UInt8](repeating: 0, count: 8 * 1024 * 1024)
            let result = try await server.run(command)
            #expect(result.exitCode == 0)
        }
    }

    @Test("a refusal is told apart by what can be done about it", arguments: refusals)
    private func refusal(_ given: Refusal) async throws {
        let answer =
            "HTTP/1.1 \(given.status) X\r\nContent-Length: \(given.body.utf8.count)\r\n\r\n\(given.body)"
        try await ExecServer.run(refusals: [answer], accepts: false) { server in
            await #expect(throws: given.error) { try await server.run(Self.command) }
        }
    }

    @Test("a credential that is refused is renewed once, and the server's path is kept")
    func renewal() async throws {
        let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
        try await ExecServer.run(
            refusals: [answer],
            server: { request, socket in
                #expect(request.path == "/proxy/api/v1/namespaces/mq/pods/vmq-0/exec")
                #expect(request.fields["Authorization"] == "Bearer t0ken")
                try await socket.succeed()
            }
        ) { server in
            let result = try await PodExec.run(
                Self.command,
                through: try server.connector(path: "/proxy"),
                until: .after(patience)
            )
            #expect(result.exitCode == 0)
        }
        try await ExecServer.run(refusals: [answer, answer], accepts: false) { server in
            await #expect(throws: PodExecError.unauthorized("no reason given")) {
                try await PodExec.run(Self.command, through: try server.connector(), until: .after(patience))
            }
        }
    }

    @Test("a connection that ends before the command is no success")
    func lostConnection() async throws {
        try await ExecServer.run(server: { _, socket in
            try await socket.send(1, "half")
            socket.abort()
        }) { server in
            await #expect(throws: PodExecError.connection(.violation(.endedWithoutClose))) {
                try await server.run(Self.command)
            }
        }
        try await ExecServer.run(server: { _, socket in
            try await socket.close(until: .after(patience))
        }) { server in
            await #expect(throws: PodExecError.connection(.closed)) { try await server.run(Self.command) }
        }
    }

    @Test("a deadline and a cancellation end the wait")
    func ends() async throws {
        try await ExecServer.run(server: { _, socket in
            _ = try? await socket.receive(until: .after(patience))
        }) { server in
            await #expect(throws: PodExecError.timedOut) {
                try await server.run(Self.command, within: .milliseconds(200))
            }
        }
        try await ExecServer.run(server: { _, socket in
            _ = try? await socket.receive(until: .after(patience))
        }) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: server.loop) {
                    await #expect(throws: PodExecError.cancelled) { try await server.run(Self.command) }
                }
                try await server.loop.sleep(for: .milliseconds(100))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("too much output ends the wait")
    func tooMuch() async throws {
        try await ExecServer.run(server: { _, socket in
            try await socket.send(2, "12345")
            _ = try? await socket.receive(until: .after(patience))
        }) { server in
            var command = Self.command
            command.outputLimit = 4
            await #expect(throws: PodExecError.outputTooLarge(stream: "standard error", limit: 4)) {
                try await server.run(command)
            }
        }
    }
}

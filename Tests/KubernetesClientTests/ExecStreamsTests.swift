import Document
import HTTP
import Testing

@testable import KubernetesClient

private struct Ending: Sendable, CustomTestStringConvertible {
    var status: String
    var result: Result<Int, PodExecError>
    var testDescription: String { status }
}

private let endings: [Ending] = [
    Ending(status: #"{"metadata":{},"status":"Success"}"#, result: .success(0)),
    Ending(
        status: #"{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: "#
            + #"exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#,
        result: .success(3)
    ),
    Ending(
        status: #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[]}}"#,
        result: .failure(.unexpected("a failure with the reason NonZeroExitCode and no exit code"))
    ),
    Ending(
        status: #"{"status":"Failure","reason":"NonZeroExitCode","#
            + #""details":{"causes":[{"reason":"ExitCode","message":"99999999999999999999"}]}}"#,
        result: .failure(.unexpected("a failure with the reason NonZeroExitCode and no exit code"))
    ),
    Ending(
        status: #"{"status":"Failure","reason":"InternalError","code":500,"message":"executable file not found"}"#,
        result: .failure(.notStarted("executable file not found"))
    ),
    Ending(
        status: #"{"status":"Failure","reason":"InternalError","code":500,"#
            + #""message":"container is in CONTAINER_EXITED state"}"#,
        result: .failure(.notRunning("container is in CONTAINER_EXITED state"))
    ),
    Ending(status: "node is gone\n", result: .failure(.unexpected("node is gone "))),
]

@Suite("Exec streams")
struct ExecStreamsTests {
    @Test("the status says how the command ended, in however many messages it comes", arguments: endings)
    private func status(_ given: Ending) {
        for size in [given.status.utf8.count, 7, 1] {
            var streams = ExecStreams(limit: 10)
            let outcome = Result { () throws(PodExecError) -> Int? in
                try streams.take(.binary([1]))
                try streams.take(.binary([1] + Array("out".utf8)))
                try streams.take(.binary([2] + Array("err".utf8)))
                var rest = Array(given.status.utf8)[...]
                while !rest.isEmpty {
                    try streams.take(.binary([3] + rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                let result = try streams.result()
                #expect(result?.standardOutput == Array("out".utf8))
                #expect(result?.standardError == Array("err".utf8))
                return result?.exitCode
            }
            #expect(outcome.map { $0 ?? -1 } == given.result)
        }
    }

    @Test("what is not of the protocol is refused")
    func unexpected() {
        for (message, what) in [
            (.text("x"), "a text message"), (.binary([]), "a message without a channel"),
            (.binary([0, 1]), "a message on channel 0"), (.binary([4]), "a message on channel 4"),
            (.binary([255, 1]), "a message on channel 255"),
        ] as [(WebSocketMessage, String)] {
            #expect(throws: PodExecError.unexpected(what)) {
                var streams = ExecStreams(limit: 10)
                try streams.take(message)
            }
        }
    }

    @Test("output is bounded, each stream on its own")
    func limits() throws {
        var streams = ExecStreams(limit: 4)
        try streams.take(.binary([1, 0, 0, 0, 0]))
        try streams.take(.binary([2, 0, 0, 0, 0]))
        #expect(throws: PodExecError.outputTooLarge(stream: "standard output", limit: 4)) {
            try streams.take(.binary([1, 0]))
        }
        #expect(throws: PodExecError.outputTooLarge(stream: "standard error", limit: 4)) {
            try streams.take(.binary([2, 0]))
        }
        #expect(try streams.result() == nil)
    }

    @Test("arguments are carried whatever they hold")
    func target() {
        let command = PodCommand(
            namespace: "mq",
            pod: "vmq-0",
            container: "vernemq",
            ["vmq-admin", "set", "a b&c=d%é\n"],
            standardInput: []
        )
        #expect(
            command.target == "/api/v1/namespaces/mq/pods/vmq-0/exec?command=vmq-admin&command=set"
                + "&command=a%20b%26c%3Dd%25%C3%A9%0A&container=vernemq&stdin=true&stdout=true&stderr=true"
        )
        #expect(!PodCommand(namespace: "a", pod: "b", ["c"]).target.contains("stdin"))
    }
}

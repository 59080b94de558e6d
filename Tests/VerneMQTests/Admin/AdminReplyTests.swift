import Document
import Testing
import VerneMQ

/// Answers as the transcripts of real brokers have them.
@Suite("Replies of vmq-admin")
struct AdminReplyTests {
    struct Failure: Sendable, CustomTestStringConvertible {
        var output = ""
        var error = ""
        var exitCode = 0
        var kind: String
        var testDescription: String { (output + error).prefix(40) + "" }
    }

    @Test("a table gives its rows, with whatever types they have")
    func table() throws {
        let reply = try AdminReply(
            output:
                #"{"table":[{"node":"VerneMQ@a","max_inflight_messages":20,"allow_anonymous":"off"}],"type":"table"}"#
                + "\n",
            exitCode: 0
        )
        #expect(reply.rows.first?["max_inflight_messages"] == 20)
        #expect(reply.rows.first?["allow_anonymous"] == "off")
    }

    @Test(
        "words that are no refusal are a text",
        arguments: ["Done\n", #"{"type":"text","text":"Done"}"#, #"[{"type":"text","text":"Done"}]"# + "\n"]
    )
    func text(output: String) throws {
        #expect(try AdminReply(output: output, exitCode: 0) == .text("Done"))
    }

    @Test("several keys set at once is one text")
    func set() throws {
        let output = "max_online_messages set to \"500\"\nmax_inflight_messages set to \"10\"\n"
        guard case .text(let text) = try AdminReply(output: output, exitCode: 0) else {
            Issue.record("no text")
            return
        }
        #expect(text.contains("max_inflight_messages set"))
    }

    @Test("no status is an empty table")
    func nothing() throws {
        #expect(try AdminReply(output: "[]\n", exitCode: 0) == .table([]))
    }

    @Test(
        "what went wrong is told apart, whatever the exit code says",
        arguments: [
            Failure(output: "Can't enable plugin: vmq_bridge due to already_enabled\n", kind: "refused"),
            Failure(
                output:
                    #"{"type":"alert","alert":[{"type":"text","text":"can't start listener due to '{already_started,<0.1.0>}'"}]}"#,
                kind: "refused"
            ),
            Failure(
                output: "Error transforming datatype for: max_inflight_messages\n\"abc\" cannot be converted",
                exitCode: 1,
                kind: "refused"
            ),
            Failure(output: "Unknown error: no_target_available\n", kind: "refused"),
            Failure(error: "Node 'VerneMQ@a' not responding to pings.\n", exitCode: 1, kind: "notReady"),
            Failure(error: "Error: Usage information not found for the given command\n", exitCode: 1, kind: "notReady"),
            Failure(error: "RPC to 'VerneMQ@a' failed: timeout\n", exitCode: 1, kind: "gaveUp"),
            Failure(
                error: "RPC to 'VerneMQ@a' failed: {'EXIT', {badarg, [{erlang, x}]}}\n",
                exitCode: 1,
                kind: "crashed"
            ),
            Failure(exitCode: 1, kind: "refused"),
            Failure(output: "{\"type\":\"lis", kind: "unexpected"),
            Failure(output: #"{"type":"other"}"#, kind: "unexpected"),
        ]
    )
    func failures(failure: Failure) {
        let fault = #expect(throws: AdminFault.self) {
            try AdminReply(output: failure.output, error: failure.error, exitCode: failure.exitCode)
        }
        let kind =
            switch fault {
            case .notReady?: "notReady"
            case .gaveUp?: "gaveUp"
            case .refused?: "refused"
            case .crashed?: "crashed"
            case .unexpected?: "unexpected"
            case nil: "none"
            }
        #expect(kind == failure.kind)
    }

    @Test("an alert behind other statuses is found")
    func alertInList() {
        let output = #"[{"type":"text","text":"so far"},{"type":"alert","alert":[{"type":"text","text":"no"}]}]"#
        #expect(throws: AdminFault.refused("no")) { try AdminReply(output: output, exitCode: 0) }
    }

    @Test("a text that is shown is one line of bounded length, without escape codes")
    func shown() {
        let noise = "Unknown variable: x\n\u{1B}[1mBold\u{1B}[0m\n" + String(repeating: "trace ", count: 200)
        do throws(AdminFault) {
            _ = try AdminReply(output: noise, exitCode: 1)
            Issue.record("it was taken")
        } catch {
            #expect(error.description.contains("Unknown variable: x Bold"))
            #expect(error.description.count < 400)
        }
    }

    @Test(
        "arguments that the script would split or expand are not safe",
        arguments: [("20", true), ("a/b:c,d=e.f", true), ("a b", false), ("*", false), ("", false), ("a\nb", false)]
    )
    func arguments(text: String, isSafe: Bool) {
        #expect(AdminArgument.isSafe(text) == isSafe)
    }
}

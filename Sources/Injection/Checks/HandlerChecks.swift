import Document
import VerneMQ

/// Checks the handlers that are chained with ours.
enum HandlerChecks {
    static func check(_ broker: BrokerContainer) -> [Finding] {
        let lifecycle = broker.value["lifecycle"]
        var findings: [Finding] = []
        for (field, handler) in [
            ("lifecycle.postStart", lifecycle?["postStart"]), ("lifecycle.preStop", lifecycle?["preStop"]),
            ("startupProbe", broker.value["startupProbe"]),
        ] {
            guard case .object(let members)? = handler else { continue }
            findings += check(members, at: "\(broker.path).\(field)")
        }
        let preStop = lifecycle?["preStop"]?["exec"]?["command"]?.arrayValue ?? []
        if let call = forbiddenCall(in: preStop) {
            findings.append(
                Finding(
                    .error,
                    path: "\(broker.path).lifecycle.preStop.exec.command",
                    value: call,
                    problem: "takes the broker away under the operator's own leave",
                    remedy: "leave it out: the operator makes brokers leave or stop as the case demands"
                )
            )
        }
        let postStart = lifecycle?["postStart"]?["exec"]?["command"]?.arrayValue ?? []
        if words(of: postStart).contains("cluster join") {
            findings.append(
                Finding(
                    .warning,
                    path: "\(broker.path).lifecycle.postStart.exec.command",
                    value: "cluster join",
                    problem:
                        "joins before the operator has seen which cluster is the right one, and a wrong join is final",
                    remedy: "leave it out: the operator joins"
                )
            )
        }
        return findings
    }

    /// Only the kinds that Kubernetes has are looked at; fields that it may get one day are nobody's business here.
    private static func check(_ handler: JSONObject, at path: String) -> [Finding] {
        let kinds = ["httpGet", "tcpSocket", "grpc", "sleep"].filter { handler[$0]?.isNull == false }
        guard kinds.isEmpty, handler["exec"]?.isNull == false else {
            let problem =
                kinds.isEmpty
                ? "has no exec handler" : "cannot be chained: it is of the kind \(kinds.joined(separator: ", "))"
            let remedy = "use exec, which the operator chains with its own, or remove it"
            return [Finding(.error, path: path, problem: problem, remedy: remedy)]
        }
        let command = handler["exec"]?["command"]?.arrayValue ?? []
        guard !command.isEmpty, command.allSatisfy({ $0.stringValue != nil }) else {
            let remedy = "must be a list of strings"
            return [Finding(.error, path: "\(path).exec.command", problem: "no command", remedy: remedy)]
        }
        return []
    }

    private static func forbiddenCall(in command: [JSONValue]) -> String? {
        let text = words(of: command)
        return ["cluster leave", "node stop", "vernemq stop"].first { text.contains($0) }
    }

    /// The command as one text with single spaces, so that arguments and shell text look alike.
    private static func words(of command: [JSONValue]) -> String {
        let text = command.compactMap(\.stringValue).joined(separator: " ")
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

public import HTTP
import Transport

/// Why it is not known how a command in a pod ended. The texts are the cluster's own; they never hold standard input.
public enum PodExecError: Error, Sendable, Hashable {
    /// The credentials are not good (401).
    case unauthorized(String)
    /// The right is missing (403): a WebSocket needs `get` on `pods/exec`, newer API servers ask for `create` as well.
    case forbidden(String)
    /// There is no such pod (404).
    case notFound(String)
    /// The pod or the container exists and does not run, or the pod has no such container.
    case notRunning(String)
    /// The container runs, and the command could not be started in it: no such program, say.
    case notStarted(String)
    /// The API server or the node refuses for another reason.
    case refused(status: Int, String)
    /// The command wrote more than it may, to the stream that is named. It may go on.
    case outputTooLarge(stream: String, limit: Int)
    /// The time was up. The command may go on: the protocol cannot end it.
    case timedOut
    /// The task was cancelled. The command may go on.
    case cancelled
    /// There is no connection to the API server, or nothing to show it.
    case access(AccessError)
    /// The connection failed, or ended before the command did.
    case connection(WebSocketError)
    /// What came over the connection is not `v4.channel.k8s.io`.
    case unexpected(String)
}

extension PodExecError {
    /// A short name out of a closed set, fit for metric labels and tests.
    public var code: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not-found"
        case .notRunning: "not-running"
        case .notStarted: "not-started"
        case .refused: "refused"
        case .outputTooLarge: "output-too-large"
        case .timedOut: "timed-out"
        case .cancelled: "cancelled"
        case .access: "access"
        case .connection: "connection"
        case .unexpected: "unexpected"
        }
    }
}

extension PodExecError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .unauthorized(let message): "the API server does not know us: \(message)"
        case .forbidden(let message):
            "not permitted, grant \"get\" and \"create\" on \"pods/exec\": \(message)"
        case .notFound(let message): "no such pod: \(message)"
        case .notRunning(let message): "the container does not run: \(message)"
        case .notStarted(let message): "the command could not be started: \(message)"
        case .refused(let status, let message): "refused with \(status): \(message)"
        case .outputTooLarge(let stream, let limit): "the command wrote more than \(limit) bytes to \(stream)"
        case .timedOut: "the command did not end in the time allowed; it may still run"
        case .cancelled: "the wait for the command was cancelled; it may still run"
        case .access(let error): error.description
        case .connection(let error): error.description
        case .unexpected(let what): "the answer is not v4.channel.k8s.io: \(what)"
        }
    }

    init(_ error: AccessError) {
        switch error {
        case .transport(.timedOut): self = .timedOut
        case .transport(.cancelled): self = .cancelled
        default: self = .access(error)
        }
    }

    /// What failed on the way. A time limit and a cancellation are the caller's own, wherever they struck.
    init(_ error: WebSocketError) {
        switch error {
        case .refused(let response): self.init(response)
        case .transport(.timedOut), .request(.transport(.timedOut)), .request(.notSent(.timedOut)): self = .timedOut
        case .transport(.cancelled), .request(.transport(.cancelled)), .request(.notSent(.cancelled)):
            self = .cancelled
        default: self = .connection(error)
        }
    }

    /// What the API server, or the node behind it, answers when it opens no WebSocket: a Status, or plain text.
    private init(_ response: HTTPResponse) {
        let message = ExecStatus(response.body)?.message ?? ExecStatus.plainText(response.body)
        switch response.status.code {
        case 401: self = .unauthorized(message)
        case 403: self = .forbidden(message)
        case _ where ExecStatus.saysNotRunning(message): self = .notRunning(message)
        case 404: self = .notFound(message)
        case let status: self = .refused(status: status, message)
        }
    }
}

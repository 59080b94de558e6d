import KubernetesClient
import VerneMQ

/// Why a command did not run in a broker's container, or did not do what it was for. The texts hold neither the command's
/// input nor its arguments.
enum BrokerExecError: Error, Sendable, Hashable {
    /// The operator may not run commands in pods of this namespace (403).
    case notPermitted(String)
    /// The pod is gone, stopping, replaced by another of its name, or not the set's any more: whatever was decided about it
    /// has to be decided anew.
    case gone(String)
    /// The pod is there, and the broker's container does not run, or not yet.
    case notRunning(String)
    /// The time was up. The command may still run.
    case timedOut
    /// The command could not be started: the image lacks it.
    case notStarted(String)
    /// The command ran, and failed.
    case failed(AdminFault)
    /// The API server or the node could not be asked, or their answer makes no sense.
    case unavailable(String)
    /// The task was cancelled. The command may still run.
    case cancelled
}

extension BrokerExecError {
    /// A short name out of a closed set, for metrics and logs.
    var code: String {
        switch self {
        case .notPermitted: "not-permitted"
        case .gone: "gone"
        case .notRunning: "not-running"
        case .timedOut: "timed-out"
        case .notStarted: "not-started"
        case .failed: "failed"
        case .unavailable: "unavailable"
        case .cancelled: "cancelled"
        }
    }

    /// Whether the same may well succeed a little later.
    var isTransient: Bool {
        switch self {
        case .gone, .notRunning, .timedOut, .unavailable, .cancelled: true
        case .failed(.notReady), .failed(.gaveUp): true
        case .notPermitted, .notStarted, .failed: false
        }
    }

    init(_ error: PodExecError) {
        switch error {
        case .forbidden(let text): self = .notPermitted(text)
        case .notFound(let text): self = .gone(text)
        case .notRunning(let text): self = .notRunning(text)
        case .notStarted(let text): self = .notStarted(text)
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        case .unauthorized, .refused, .outputTooLarge, .access, .connection, .unexpected:
            self = .unavailable(error.description)
        }
    }

    init(_ error: APIError) {
        switch error {
        case .forbidden(let status): self = .notPermitted(status.message)
        case .notFound(let status): self = .gone(status.message)
        case _ where error.isCancelled: self = .cancelled
        default: self = .unavailable("\(error)")
        }
    }
}

extension BrokerExecError: CustomStringConvertible {
    /// A clause for people.
    var description: String {
        switch self {
        case .notPermitted(let text): "not permitted: \(text)"
        case .gone(let text): text
        case .notRunning(let text): text
        case .timedOut: "the command did not end in the time allowed; it may still run"
        case .notStarted(let text): "the command cannot be started: \(text)"
        case .failed(let fault): fault.description
        case .unavailable(let text): text
        case .cancelled: "the wait for the command was cancelled"
        }
    }
}

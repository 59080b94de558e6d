import Document

/// The `v1 Status` that ends a command, or comes in place of one.
///
/// Source: `k8s.io/apimachinery/pkg/util/remotecommand` constants.go (`NonZeroExitCode`, `ExitCode`).
struct ExecStatus: Sendable, Hashable {
    var isSuccess: Bool
    var reason: String
    var message: String
    /// The exit code that the causes name.
    var exitCode: Int?

    /// What people are shown of a text that is no Status.
    private static let textLimit = 1024

    /// Reads a Status; nil when the bytes are none.
    init?(_ bytes: [UInt8]) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch { return nil }
        guard let status = value["status"]?.stringValue, ["Success", "Failure"].contains(status) else { return nil }
        isSuccess = status == "Success"
        reason = value["reason"]?.stringValue ?? ""
        message = value["message"]?.stringValue ?? ""
        let causes = value["details"]?["causes"]?.arrayValue ?? []
        exitCode =
            causes.first { $0["reason"]?.stringValue == "ExitCode" }?["message"]?.stringValue
            .flatMap { Int($0) }
    }

    /// How the command ended.
    func exit() throws(PodExecError) -> Int {
        if isSuccess { return 0 }
        if reason == "NonZeroExitCode" {
            guard let exitCode, (1...255).contains(exitCode) else {
                throw .unexpected("a failure with the reason NonZeroExitCode and no exit code")
            }
            return exitCode
        }
        throw Self.saysNotRunning(message) ? .notRunning(message) : .notStarted(message)
    }

    /// Whether a message speaks of a container that does not run. There is no reason or code for that: these are the
    /// words of API server, kubelet, containerd and CRI-O.
    static func saysNotRunning(_ message: String) -> Bool {
        let phrases = [
            "container not found", "is not valid for pod", "completed pod", "does not have a host assigned",
            "container is not running", "container is in CONTAINER_", "container not running", "is not running",
            "container is not created or running", "cannot exec in a stopped",
        ]
        return phrases.contains { message.contains($0) }
    }

    /// The beginning of a text, control characters replaced.
    static func plainText(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(textLimit), as: UTF8.self)
        let printable = text.map { $0.isNewline || $0 == "\0" ? " " : $0 }
        return printable.isEmpty ? "no reason given" : String(printable)
    }
}

import Document
import KubernetesClient
import Transport
import VerneMQ

/// Runs commands in brokers' containers. A protocol, so that tests put brokers of their own behind it.
protocol BrokerExec: Sendable {
    /// Runs one command and waits for its end.
    ///
    /// - Returns: what it wrote, and its exit code, whatever that is.
    /// - Throws: every reason for which it is not known how the command ended, or for which it never began.
    func run(_ command: BrokerCommand, in target: BrokerTarget) async throws(BrokerExecError) -> BrokerOutput
}

extension BrokerExec {
    /// Calls `vmq-admin` and reads its answer.
    ///
    /// - Throws: as ``run(_:in:)``, and `failed` where the broker says no, with whatever exit code.
    func admin(
        _ arguments: [String],
        in target: BrokerTarget,
        timeout: Duration = .seconds(75)
    ) async throws(BrokerExecError) -> AdminReply {
        let end = try await run(.admin(arguments, timeout: timeout), in: target)
        do throws(AdminFault) {
            return try AdminReply(output: end.output, error: end.error, exitCode: end.exitCode)
        } catch {
            throw .failed(error)
        }
    }
}

/// Runs them through the API server (`pods/exec`). Call it on the client's loop.
struct PodBrokerExec: BrokerExec {
    private let client: APIClient

    init(_ client: APIClient) {
        self.client = client
    }

    func run(_ command: BrokerCommand, in target: BrokerTarget) async throws(BrokerExecError) -> BrokerOutput {
        let deadline = Deadline.after(command.timeout)
        try await check(target)
        let result: PodCommandResult
        do throws(PodExecError) {
            result = try await PodExec.run(Self.podCommand(command, target), through: client.connector, until: deadline)
        } catch {
            throw BrokerExecError(error)
        }
        return BrokerOutput(
            output: String(decoding: result.standardOutput, as: UTF8.self),
            error: String(decoding: result.standardError, as: UTF8.self),
            exitCode: result.exitCode
        )
    }

    /// Exec goes by the pod's name, which may be another pod's by now; and not from a cache, which may be behind.
    private func check(_ target: BrokerTarget) async throws(BrokerExecError) {
        let key = ObjectKey(namespace: target.namespace, name: target.pod)
        let pod: JSONValue?
        do throws(APIError) { pod = try await client.find(.pods, key) } catch { throw BrokerExecError(error) }
        guard let pod else { throw .gone("there is no such pod any more") }
        if let difference = target.difference(to: pod) { throw difference }
    }

    private static func podCommand(_ command: BrokerCommand, _ target: BrokerTarget) -> PodCommand {
        guard let input = command.input else {
            return PodCommand(
                namespace: target.namespace,
                pod: target.pod,
                container: target.container,
                command.arguments
            )
        }
        return PodCommand(
            namespace: target.namespace,
            pod: target.pod,
            container: target.container,
            feeding: input,
            to: command.arguments
        )
    }
}

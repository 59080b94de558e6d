import Document
import HTTP
import Kubernetes
import KubernetesClient
import LiveConfiguration
import Membership
import Transport
import VerneMQ
import Workload

/// What brokers of one set said, and why others did not.
struct BrokerAnswers: Sendable {
    /// Bodies of `/status.json`, by node name.
    var bodies: [String: [UInt8]] = [:]
    /// Why there is none, as clauses, by node name.
    var silences: [String: String] = [:]
    /// Why no broker may be asked for its view, as a clause; nil if they may.
    var obstacle: String?
    /// What was seen of configurations, by the name of the pod.
    var looks: [String: ConfigurationLook] = [:]
    /// Why there is none, by the name of the pod.
    var unlooked: [String: BrokerExecError] = [:]
}

/// Asks the brokers of one set, with the rights of whoever asks: for their views by the API server's proxy (`pods/proxy`),
/// which works from anywhere, or where that is not permitted, or the API server does not reach the pod, by a command in the
/// pod; for their configuration by `vmq-admin` in the pod (`pods/exec`). Belongs to the loop of its client.
struct BrokerInquiry {
    let client: APIClient
    let exec: any BrokerExec
    let set: JSONValue
    let reader: ClusterReader

    /// How many brokers of one cluster are asked at the same time.
    private static let width = 8
    /// How long one broker may take to tell its view.
    private static let patience: Duration = .seconds(5)

    // MARK: Views

    private enum Told: Sendable {
        case body([UInt8])
        case silent(String)
        case forbidden(String)
    }

    /// Asks for views.
    ///
    /// - Parameter runsCommands: whether a command may be run in a pod where the proxy leads nowhere.
    func askViews(_ pods: [JSONValue], runsCommands: Bool, into answers: inout BrokerAnswers, now: Int64) async {
        let questions = reader.questions(pods, reader.pods(pods, now: now))
        let (client, exec, namespace, port) = (client, exec, reader.naming.namespace, reader.port)
        let targets = runsCommands ? targets(pods) : [:]
        let told = await sideBySide(questions, width: Self.width, on: client.loop) { question in
            let target = targets[question.pod]
            return await Self.ask(question, port: port, in: namespace, client, exec, target)
        }
        for (question, told) in zip(questions, told) {
            switch told {
            case .body(let bytes): answers.bodies[question.node] = bytes
            case .silent(let why): answers.silences[question.node] = why
            case .forbidden(let why): answers.obstacle = answers.obstacle ?? why
            }
        }
    }

    private static func ask(
        _ question: ClusterReader.Question,
        port: Int,
        in namespace: String,
        _ client: APIClient,
        _ exec: any BrokerExec,
        _ target: BrokerTarget?
    ) async -> Told {
        let path = ResourceType.pods.path(namespace: namespace, name: question.pod) + ":\(port)/proxy/status.json"
        let first: Told
        do throws(APIError) {
            return .body(try await client.raw(.get, path, until: .after(patience)).body)
        } catch {
            if case .forbidden(let status) = error {
                first = .forbidden(status.message)
            } else {
                first = .silent("no answer: \(error)")
            }
        }
        guard let target else { return first }
        let second: Told
        do throws(BrokerExecError) {
            let end = try await exec.run(.view(of: question.address, port: port, within: patience), in: target)
            guard end.exitCode != 0 else { return .body(Array(end.output.utf8)) }
            second = .silent("no answer: curl ended with \(end.exitCode)")
        } catch {
            if case .notPermitted(let text) = error {
                second = .forbidden(text)
            } else {
                second = .silent("no answer: \(error)")
            }
        }
        switch (first, second) {
        case (.forbidden(let one), .forbidden(let other)): return .forbidden("\(one); \(other)")
        case (.forbidden, _): return second
        default: return first
        }
    }

    // MARK: Configuration

    /// A broker to ask for its configuration, and what is wanted of it.
    struct Subject: Sendable {
        var look: BrokerLook
        var desired: DesiredConfiguration?
    }

    /// Which brokers can be asked for their configuration: those that are ready, as for the controllers. By the name of the
    /// pod.
    func subjects(_ pods: [JSONValue], _ wanted: LiveSettings?) -> [String: Subject] {
        let container = reader.set.container
        var subjects: [String: Subject] = [:]
        for pod in pods where pod.isReadyPod && !ObjectView(pod).isBeingDeleted {
            guard let target = BrokerTarget(pod, of: set, container: container) else { continue }
            let look = BrokerLook(exec: exec, target: target, container: pod.containerID(of: container))
            subjects[target.pod] = Subject(look: look, desired: wanted?.desired(for: pod, container: container))
        }
        return subjects
    }

    /// Asks one lot of brokers.
    func askConfiguration(_ subjects: [String: Subject]) async -> [String: Result<ConfigurationLook, BrokerExecError>] {
        let names = subjects.keys.sorted()
        let looks = await sideBySide(names.compactMap { subjects[$0] }, width: Self.width, on: client.loop) { subject in
            do throws(BrokerExecError) {
                return Result<ConfigurationLook, BrokerExecError>.success(
                    try await ConfigurationLook.take(subject.look, subject.desired)
                )
            } catch {
                return .failure(error)
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(names, looks))
    }

    private func targets(_ pods: [JSONValue]) -> [String: BrokerTarget] {
        let targets = pods.compactMap { BrokerTarget($0, of: set, container: reader.set.container) }
        return Dictionary(targets.map { ($0.pod, $0) }) { first, _ in first }
    }
}

extension BrokerCommand {
    /// Asks a broker for its view from within its container, as the hooks do.
    fileprivate static func view(of address: String, port: Int, within patience: Duration) -> BrokerCommand {
        let host = address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
        return BrokerCommand(
            [
                "curl", "-q", "-s", "-f", "--noproxy", "*", "--max-time", "\(patience.components.seconds)",
                "http://\(host):\(port)/status.json",
            ],
            timeout: patience + .seconds(5)
        )
    }
}

import Document
import Kubernetes
import KubernetesClient
import Membership
import Telemetry
import Transport

/// Looks at clusters: reads pods and claims from the API server, and asks every broker for its own view, a few at a time.
/// Belongs to the loop of its client.
final class ClusterObserver {
    /// A cluster as it was seen.
    struct Sight {
        var reader: ClusterReader
        var observation: ClusterObservation
        /// The StatefulSet that it rests on.
        var set: JSONValue
    }

    /// How many brokers of one cluster are asked at the same time.
    static let width = 16
    /// How long the brokers of one cluster may take together; whoever has not been asked by then is silent.
    static let patience: Duration = .seconds(60)

    private let client: APIClient
    private let probe: StatusProbe
    private let clock: @Sendable () -> Int64
    private let probes: MetricFamily<Counter>

    init(_ client: APIClient, metrics: MetricRegistry, clock: @escaping @Sendable () -> Int64) {
        self.client = client
        self.clock = clock
        probe = StatusProbe(on: client.loop)
        probes = metrics.counter(
            "vernemq_operator_broker_probes_total",
            help: "Brokers that were asked for their view of the cluster.",
            labels: ["outcome"]
        )
    }

    /// Looks at the cluster of a set.
    ///
    /// - Parameter claims: whether the claims of its data matter.
    func look(
        at set: JSONValue,
        _ reader: ClusterReader,
        pods objects: [JSONValue],
        claims isClaimed: Bool
    ) async throws(APIError) -> Sight {
        let claims = isClaimed ? try await self.claims(of: set, reader) : [:]
        let pods = reader.pods(objects, now: clock())
        let answers = await ask(reader.questions(objects, pods), port: reader.port)
        let observation = reader.observation(now: clock(), pods: pods, claims: claims, answers: answers)
        return Sight(reader: reader, observation: observation, set: set)
    }

    /// The claims of a set's data. They carry the labels that the set's pods are selected by (the StatefulSet controller
    /// gives them).
    func claims(of set: JSONValue, _ reader: ClusterReader) async throws(APIError) -> [Int: ObservedClaim] {
        guard reader.claimTemplate != nil else { return [:] }
        let labels = set["spec"]?["selector"]?["matchLabels"]?.objectValue ?? [:]
        let selector = labels.compactMap { name, value in value.stringValue.map { "\(name)=\($0)" } }
        let list = try await client.list(
            .persistentVolumeClaims,
            in: reader.naming.namespace,
            Selector(labels: selector.joined(separator: ","))
        )
        return reader.claims(list.items)
    }

    private func ask(_ questions: [ClusterReader.Question], port: Int) async -> [String: BrokerAnswer] {
        let deadline = Deadline.after(Self.patience)
        let loop = client.loop
        return await withTaskGroup(of: (String, BrokerAnswer, String).self) { [probe, probes] group in
            var answers: [String: BrokerAnswer] = [:]
            var rest = questions[...]
            var running = 0
            while !rest.isEmpty || running > 0 {
                if running < Self.width, let question = rest.popFirst() {
                    guard !deadline.isPast, !Task.isCancelled else {
                        answers[question.node] = .silent("there was no time left to ask it")
                        continue
                    }
                    running += 1
                    group.addTask(executorPreference: loop) {
                        let (answer, outcome) = await Self.ask(question, port: port, probe)
                        return (question.node, answer, outcome)
                    }
                } else if let (node, answer, outcome) = await group.next() {
                    running -= 1
                    answers[node] = answer
                    probes[outcome].increment()
                }
            }
            return answers
        }
    }

    private static func ask(
        _ question: ClusterReader.Question,
        port: Int,
        _ probe: StatusProbe
    ) async -> (BrokerAnswer, outcome: String) {
        do throws(StatusProbe.Failure) {
            let answer = ClusterReader.answer(
                try await probe.ask(question.address, port: port),
                of: question.node
            )
            if case .view = answer { return (answer, "answered") }
            return (answer, "unreadable")
        } catch {
            switch error {
            case .refused: return (.silent("connection refused at port \(port)"), "refused")
            case .unreachable(let why): return (.silent("no answer: \(why)"), "unreachable")
            case .status(let code): return (.silent("/status.json answers \(code)"), "status")
            }
        }
    }
}

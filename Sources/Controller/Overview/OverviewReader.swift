import Document
import HTTP
import Kubernetes
public import KubernetesClient
import Membership
import Telemetry
import Transport
import VerneMQ
import Workload

/// Reads how clusters stand, with the rights of whoever asks: objects from the API server, and brokers' views through its
/// proxy (`pods/proxy`), so that it works from anywhere. Belongs to the loop of its client.
public final class OverviewReader {
    /// What to look for.
    public struct Question: Sendable, Hashable {
        /// The namespace; nil for all.
        public var namespace: String?
        /// Names of `VerneMQ` resources or StatefulSets; empty for all.
        public var names: [String]
        /// Whether brokers are to be asked for their plugins, which takes a command in each broker's container.
        public var asksPlugins: Bool

        /// A question.
        public init(namespace: String? = nil, names: [String] = [], asksPlugins: Bool = false) {
            self.namespace = namespace
            self.names = names
            self.asksPlugins = asksPlugins
        }
    }

    /// What was found.
    public struct Answer: Sendable, Hashable {
        /// The clusters, by namespace and name.
        public var clusters: [ClusterOverview]
        /// Why something is missing, as sentences: names that nobody has, resources that may not be read.
        public var faults: [String]
    }

    private let client: APIClient
    private let exec: any BrokerExec
    private let clock: () -> Int64

    /// How many brokers of one cluster are asked at the same time.
    private static let width = 8
    /// How long one broker may take.
    private static let patience: Duration = .seconds(5)

    /// A reader that asks by a client.
    public convenience init(_ client: APIClient) {
        self.init(client, exec: PodBrokerExec(client)) { Int64(UTCTime.now.seconds) }
    }

    init(_ client: APIClient, exec: any BrokerExec, clock: @escaping () -> Int64) {
        self.client = client
        self.exec = exec
        self.clock = clock
    }

    /// Looks once.
    ///
    /// - Throws: where nothing at all can be told.
    public func read(_ question: Question) async throws(APIError) -> Answer {
        var faults: [String] = []
        var pairs = try await clusters(question, &faults)
        for name in question.names where !pairs.contains(where: { $0.isCalled(name) }) {
            // One without our label is none of ours, and it is asked for by name: say what is wrong with it.
            let key = ObjectKey(namespace: question.namespace, name: Self.bare(name))
            if question.namespace != nil, !name.hasPrefix("vernemq/"), let set = try await client.find(.statefulSets, key) {
                pairs.append(Pair(set: set, resource: nil))
            } else {
                faults.append("There is no cluster \(name)\(question.namespace.map { " in namespace \($0)" } ?? "").")
            }
        }
        if !question.names.isEmpty { pairs = pairs.filter { pair in question.names.contains { pair.isCalled($0) } } }
        var answer = Answer(clusters: [], faults: faults)
        for pair in pairs.sorted(by: { $0.key < $1.key }) {
            answer.clusters.append(try await overview(of: pair, asksPlugins: question.asksPlugins))
        }
        return answer
    }

    // MARK: Which clusters

    private struct Pair {
        var set: JSONValue
        var resource: JSONValue?

        var key: ObjectKey { ObjectKey(of: ObjectView(set)) ?? ObjectKey(name: "") }

        /// Whether a name that somebody has typed is its own: `k8s`, `vernemq/k8s`, `statefulset/vernemq-k8s`.
        func isCalled(_ name: String) -> Bool {
            let bare = OverviewReader.bare(name)
            let isResource = resource.flatMap { ObjectView($0).name } == bare && !name.hasPrefix("statefulset/")
            return isResource || (key.name == bare && !name.hasPrefix("vernemq/"))
        }
    }

    /// A name without the kind before it.
    private static func bare(_ name: String) -> String {
        name.split(separator: "/", maxSplits: 1).last.map(String.init) ?? name
    }

    private func clusters(_ question: Question, _ faults: inout [String]) async throws(APIError) -> [Pair] {
        let resources = try await resources(question, &faults)
        let label = Selector(labels: "\(Label.inject.name)=\(Label.enabled)")
        let sets = try await client.list(.statefulSets, in: question.namespace, label).items
        var pairs: [ObjectKey: Pair] = [:]
        for set in sets { if let key = ObjectKey(of: ObjectView(set)) { pairs[key] = Pair(set: set, resource: nil) } }
        for resource in resources {
            let cluster = ClusterResource(resource)
            let key = ObjectKey(namespace: cluster.namespace, name: cluster.statefulSetName)
            if pairs[key] != nil {
                pairs[key]?.resource = resource
            } else if let set = try await client.find(.statefulSets, key) {
                pairs[key] = Pair(set: set, resource: resource)
            } else {
                let name = ObjectKey(namespace: cluster.namespace, name: cluster.name)
                guard question.names.isEmpty || question.names.contains(where: { Self.bare($0) == cluster.name })
                else { continue }
                faults.append("VerneMQ \(name) has no StatefulSet \(cluster.statefulSetName) yet.")
            }
        }
        return Array(pairs.values)
    }

    private func resources(_ question: Question, _ faults: inout [String]) async throws(APIError) -> [JSONValue] {
        do throws(APIError) {
            return try await client.list(.verneMQs, in: question.namespace).items
        } catch {
            switch error {
            // A cluster without the resource definition has labelled StatefulSets all the same.
            case .notFound: return []
            case .forbidden(let status):
                faults.append("VerneMQ resources may not be read: \(status.message).")
                return []
            default: throw error
            }
        }
    }

    // MARK: One cluster

    private func overview(of pair: Pair, asksPlugins: Bool) async throws(APIError) -> ClusterOverview {
        var notes: [String] = []
        let pods = try await client.pods(of: pair.set)
        let claims = try await claims(of: pair.set, &notes)
        var answers = OverviewBuilder.Answers()
        do throws(ClusterReaderError) {
            let reader = try ClusterReader(pair.set)
            let observed = reader.pods(pods, now: clock())
            answers = await ask(reader.questions(pods, observed), reader)
            if asksPlugins { answers.plugins = await plugins(reader, pair.set, pods, &notes) }
        } catch {
            // The overview says what is wrong with the set.
        }
        let builder = OverviewBuilder(
            set: pair.set,
            resource: pair.resource,
            pods: pods,
            claims: claims,
            answers: answers,
            now: clock()
        )
        return builder.overview(notes: notes)
    }

    private func claims(of set: JSONValue, _ notes: inout [String]) async throws(APIError) -> [JSONValue]? {
        let labels = set["spec"]?["selector"]?["matchLabels"]?.objectValue ?? [:]
        let selector = labels.compactMap { name, value in value.stringValue.map { "\(name)=\($0)" } }
        do throws(APIError) {
            return try await client.list(
                .persistentVolumeClaims,
                in: ObjectView(set).namespace,
                Selector(labels: selector.joined(separator: ","))
            ).items
        } catch {
            guard case .forbidden(let status) = error else { throw error }
            notes.append("claims may not be read, so remedies are not told: \(status.message)")
            return nil
        }
    }

    private enum Told: Sendable {
        case body([UInt8])
        case silent(String)
        case forbidden(String)
    }

    private func ask(_ questions: [ClusterReader.Question], _ reader: ClusterReader) async -> OverviewBuilder.Answers {
        let (client, namespace, port) = (client, reader.naming.namespace, reader.port)
        var answers = OverviewBuilder.Answers()
        await withTaskGroup(of: (String, Told).self) { group in
            var rest = questions[...]
            func next() {
                guard let question = rest.popFirst() else { return }
                group.addTask(executorPreference: client.loop) {
                    (question.node, await Self.ask(question.pod, port: port, in: namespace, client))
                }
            }
            for _ in 0..<Self.width { next() }
            for await (node, told) in group {
                switch told {
                case .body(let bytes): answers.bodies[node] = bytes
                case .silent(let why): answers.silences[node] = why
                case .forbidden(let why): answers.obstacle = why
                }
                // Who may not ask one may not ask another.
                if answers.obstacle == nil { next() }
            }
        }
        return answers
    }

    private static func ask(_ pod: String, port: Int, in namespace: String, _ client: APIClient) async -> Told {
        let path = ResourceType.pods.path(namespace: namespace, name: pod) + ":\(port)/proxy/status.json"
        do throws(APIError) {
            return .body(try await client.raw(.get, path, until: .after(patience)).body)
        } catch {
            if case .forbidden(let status) = error { return .forbidden(status.message) }
            return .silent("no answer: \(error)")
        }
    }

    // MARK: Plugins

    private func plugins(
        _ reader: ClusterReader,
        _ set: JSONValue,
        _ pods: [JSONValue],
        _ notes: inout [String]
    ) async -> [String: [String]] {
        var plugins: [String: [String]] = [:]
        for pod in pods {
            guard let target = BrokerTarget(pod, of: set, container: reader.set.container),
                let ordinal = reader.naming.ordinal(ofPod: target.pod), target.difference(to: pod) == nil
            else { continue }
            do throws(BrokerExecError) {
                let reply = try await exec.admin(["plugin", "show", "--format=json"], in: target, timeout: .seconds(20))
                plugins[reader.naming.node(ordinal)] = reply.rows.compactMap { $0["Plugin"]?.stringValue }.sorted()
            } catch {
                notes.append("plugins of \(target.pod) are not known: \(error)")
                if case .notPermitted = error { break }
            }
        }
        return plugins
    }
}

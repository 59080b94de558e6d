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
        /// Whether commands may be run in brokers' containers, which asking for plugins and configuration takes.
        public var runsCommands: Bool

        /// A question.
        public init(namespace: String? = nil, names: [String] = [], runsCommands: Bool = true) {
            self.namespace = namespace
            self.names = names
            self.runsCommands = runsCommands
        }
    }

    /// What was found.
    public struct Answer: Sendable, Hashable {
        /// The clusters, by namespace and name.
        public var clusters: [ClusterOverview]
        /// Why something is missing, as sentences: names that nobody has, resources that may not be read.
        public var faults: [String]

        /// An answer from its parts.
        public init(clusters: [ClusterOverview] = [], faults: [String] = []) {
            self.clusters = clusters
            self.faults = faults
        }
    }

    private let client: APIClient
    private let exec: any BrokerExec
    private let clock: () -> Int64
    private let configurations = ConfigurationMemory()

    /// A reader that asks by a client.
    public convenience init(_ client: APIClient) {
        self.init(client, exec: HastyExec(base: PodBrokerExec(client))) { Int64(UTCTime.now.seconds) }
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
            let isSet = question.namespace != nil && !name.hasPrefix("vernemq/")
            if isSet, let set = try await client.find(.statefulSets, key) {
                pairs.append(Pair(set: set, resource: nil))
            } else {
                faults.append("There is no cluster \(name)\(question.namespace.map { " in namespace \($0)" } ?? "").")
            }
        }
        if !question.names.isEmpty { pairs = pairs.filter { pair in question.names.contains { pair.isCalled($0) } } }
        var answer = Answer(clusters: [], faults: faults)
        for pair in pairs.sorted(by: { $0.key < $1.key }) {
            do throws(APIError) {
                answer.clusters.append(try await overview(of: pair, runsCommands: question.runsCommands))
            } catch {
                // What may not be read of one says nothing of the others.
                guard case .forbidden(let status) = error else { throw error }
                answer.faults.append("StatefulSet \(pair.key) cannot be looked at: \(status.message).")
            }
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

    private func overview(of pair: Pair, runsCommands: Bool) async throws(APIError) -> ClusterOverview {
        let pods = try await client.pods(of: pair.set)
        let wanted = try await WantedConfiguration.read(of: pair.set, pair.resource, client)
        func builder(_ answers: BrokerAnswers) -> OverviewBuilder {
            OverviewBuilder(
                set: pair.set,
                resource: pair.resource,
                pods: pods,
                wanted: wanted,
                answers: answers,
                now: clock()
            )
        }
        let reader: ClusterReader
        do throws(ClusterReaderError) { reader = try ClusterReader(pair.set) } catch {
            return builder(BrokerAnswers()).overview(error)
        }
        let inquiry = BrokerInquiry(client: client, exec: exec, set: pair.set, reader: reader)
        var answers = BrokerAnswers()
        await inquiry.askViews(pods, runsCommands: runsCommands, into: &answers, now: clock())
        if runsCommands { await configurations.ask(inquiry, pods, wanted.settings, into: &answers) }
        let made = builder(answers)
        let judgement = made.judge(reader)
        // A cluster of which there is nothing to say is looked at without its claims.
        let isAboutClaims = MembershipRecord.read(pair.set).memory.isAboutClaims
        guard answers.obstacle == nil, !judgement.plan.findings.isEmpty || isAboutClaims else {
            return made.overview(reader, judgement, knowsClaims: true)
        }
        do throws(APIError) {
            let claims = try await client.claims(of: pair.set, reader)
            return made.overview(reader, made.judge(reader, claims: claims), knowsClaims: true)
        } catch {
            guard case .forbidden(let status) = error else { throw error }
            var overview = made.overview(reader, judgement, knowsClaims: false)
            overview.notes.append("claims may not be read, so remedies are not told: \(status.message)")
            return overview
        }
    }
}

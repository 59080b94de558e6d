import Document
import Kubernetes
import Membership
import VerneMQ
import Workload

/// Puts an overview together from what was read. It judges members as the controllers do, by the same planner.
struct OverviewBuilder {
    /// What was learned of brokers beyond their pods.
    struct Answers {
        /// Bodies of `/status.json`, by node name.
        var bodies: [String: [UInt8]] = [:]
        /// Why there is none, as clauses, by node name.
        var silences: [String: String] = [:]
        /// The names of enabled plugins, by node name.
        var plugins: [String: [String]] = [:]
        /// Why no broker could be asked at all, as a clause; nil if they could.
        var obstacle: String?
    }

    let set: JSONValue
    let resource: JSONValue?
    let pods: [JSONValue]
    /// Nil if they may not be read.
    let claims: [JSONValue]?
    let answers: Answers
    /// Seconds since 1970.
    let now: Int64

    /// The overview of the set's cluster.
    func overview(notes: [String]) -> ClusterOverview {
        let view = ObjectView(set)
        let reader: ClusterReader
        do throws(ClusterReaderError) { reader = try ClusterReader(set) } catch {
            var overview = frame(replicas: Int(clamping: set["spec"]?["replicas"]?.integerValue ?? 1), notes)
            overview.remarks.insert(ClusterOverview.Remark(error.reason, "\(error).".capitalizedFirst), at: 0)
            return overview
        }
        let observed = reader.pods(pods, now: now)
        var told = answers.bodies.mapValues { _ in BrokerAnswer.silent("") }
        for (node, body) in answers.bodies { told[node] = ClusterReader.answer(body, of: node) }
        for (node, why) in answers.silences { told[node] = .silent(why) }
        let observation = reader.observation(
            now: now,
            pods: observed,
            claims: reader.claims(claims ?? []),
            answers: told
        )
        let plan = MembershipPlanner().plan(observation, MembershipRecord.read(set).memory)
        var overview = frame(replicas: reader.set.replicas, notes)
        overview.brokers = observed.map { broker($0, observation, plan) }
        markDrift(&overview.brokers)
        guard answers.obstacle == nil else { return overview }
        // What brokers say now is newer than what the operator has written.
        overview.remarks.removeAll { $0.reason == Self.clustered(resource)?.reason }
        let findings = plan.findings.map { finding in
            ClusterOverview.Remark(
                finding.reason.rawValue,
                // Remedies name claims: without having seen them they would be wrong.
                claims == nil ? "\(finding.problem).".capitalizedFirst : finding.sentence
            )
        }
        overview.remarks.insert(contentsOf: findings, at: 0)
        if view.annotation(Annotation.pause.name) == "true" {
            overview.remarks.append(ClusterOverview.Remark("Paused", "The set says to leave it alone."))
        }
        return overview
    }

    private func frame(replicas: Int, _ notes: [String]) -> ClusterOverview {
        let view = ObjectView(set)
        var overview = ClusterOverview(
            namespace: view.namespace ?? "",
            statefulSet: view.name ?? "",
            resource: resource.flatMap { ObjectView($0).name },
            replicas: replicas,
            notes: notes
        )
        if let obstacle = answers.obstacle {
            overview.notes.append(
                "brokers were not asked, so this is what the operator has written: \(obstacle)"
            )
        }
        overview.remarks = conditions(of: resource)
        return overview
    }

    // MARK: What the operator has written

    private func conditions(of resource: JSONValue?) -> [ClusterOverview.Remark] {
        (resource?["status"]?["conditions"]?.arrayValue ?? []).compactMap { condition in
            guard let type = condition["type"]?.stringValue, let status = condition["status"]?.stringValue,
                let reason = condition["reason"]?.stringValue
            else { return nil }
            let good = Self.faults.contains(type) ? "False" : "True"
            // What is not known yet is nothing that is wrong.
            guard status != good, status != "Unknown" else { return nil }
            return ClusterOverview.Remark(reason, condition["message"]?.stringValue ?? type)
        }
    }

    /// Conditions that hold when something is not as it should be.
    private static let faults: Set<String> = ["UnmigratedState", "RestartRequired"]

    private static func clustered(_ resource: JSONValue?) -> (reason: String, status: String)? {
        let entry = resource?["status"]?["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == "Clustered" }
        guard let reason = entry?["reason"]?.stringValue, let status = entry?["status"]?.stringValue else { return nil }
        return (reason, status)
    }

    private func row(of pod: String) -> JSONValue? {
        resource?["status"]?["brokers"]?.arrayValue?.first { $0["name"]?.stringValue == pod }
    }

    // MARK: Brokers

    private func broker(
        _ pod: ObservedPod,
        _ observation: Membership.ClusterObservation,
        _ plan: MembershipPlan
    ) -> BrokerOverview {
        let node = observation.naming.node(pod.ordinal)
        let row = row(of: pod.name)
        var broker = BrokerOverview(pod: pod.name, node: node, isReady: pod.isReady)
        broker.version = row?["version"]?.stringValue
        broker.configurationDigest = row?["configurationDigest"]?.stringValue
        broker.restartRequired = row?["restartRequired"]?.arrayValue?.compactMap(\.stringValue)
        broker.message = row?["message"]?.stringValue
        broker.plugins = answers.plugins[node]
        guard answers.obstacle == nil else {
            broker.membership = row?["membership"]?.stringValue ?? broker.membership
            return broker
        }
        let standing = plan.standings[node]
        broker.membership = (standing?.place ?? .unknown).rawValue
        broker.sees = standing?.view?.members
        broker.listedBy = observation.pods.map { ($0, observation.naming.node($0.ordinal)) }
            .filter { observation.view(of: $0.1)?.lists(node) == true }.map(\.0.name)
        broker.version = standing?.view?.version ?? broker.version
        broker.listeners = answers.bodies[node].flatMap { Self.listeners($0, of: node) }
        switch observation.answers[node] {
        case .silent(let why): broker.message = broker.message ?? why
        case .unreadable(let error): broker.message = "\(error)"
        case .view, nil: break
        }
        return broker
    }

    private static func listeners(_ body: [UInt8], of node: String) -> [BrokerListener]? {
        do throws(JSONError) {
            return BrokerListener.read(try JSONValue(parsing: body, limits: BrokerView.limits), of: node)
        } catch {
            return nil  // the broker's message says so already
        }
    }

    /// Holds each broker's configuration against that of most. With as many of one as of another, nobody is right.
    private func markDrift(_ brokers: inout [BrokerOverview]) {
        var counts: [String: Int] = [:]
        for digest in brokers.compactMap(\.configurationDigest) { counts[digest, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        let common = counts.filter { $0.value == most }.keys
        for index in brokers.indices {
            guard let digest = brokers[index].configurationDigest else { continue }
            brokers[index].hasDrifted = common.count > 1 || !common.contains(digest)
        }
    }
}

extension String {
    /// With a capital at the beginning.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

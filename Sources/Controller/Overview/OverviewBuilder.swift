import Document
import Kubernetes
import LiveConfiguration
import Membership
import Workload

/// Puts an overview together from what was read. It judges members as the controllers do, by the same planner, and asks
/// nobody anything.
struct OverviewBuilder {
    let set: JSONValue
    let resource: JSONValue?
    let pods: [JSONValue]
    let wanted: WantedConfiguration
    let answers: BrokerAnswers
    /// Seconds since 1970.
    let now: Int64

    /// What the planner makes of it all.
    struct Judgement {
        var observation: Membership.ClusterObservation
        var plan: MembershipPlan
    }

    /// Judges the members.
    ///
    /// - Parameter claims: the claims of their data; they matter for remedies only.
    func judge(_ reader: ClusterReader, claims: [Int: ObservedClaim] = [:]) -> Judgement {
        var told: [String: BrokerAnswer] = [:]
        for (node, body) in answers.bodies { told[node] = ClusterReader.answer(body, of: node) }
        for (node, why) in answers.silences { told[node] = .silent(why) }
        let observed = reader.pods(pods, now: now)
        let observation = reader.observation(now: now, pods: observed, claims: claims, answers: told)
        let plan = MembershipPlanner().plan(observation, MembershipRecord.read(set).memory)
        return Judgement(observation: observation, plan: plan)
    }

    /// The overview of a set that has no members to look after.
    func overview(_ error: ClusterReaderError) -> ClusterOverview {
        var overview = frame(replicas: Int(clamping: set["spec"]?["replicas"]?.integerValue ?? 1))
        overview.ready = Int(clamping: set["status"]?["readyReplicas"]?.integerValue ?? 0)
        let sentences = MembershipReport(error).conditions.map { ClusterOverview.Remark($0.reason, $0.sentence) }
        overview.remarks = sentences + OverviewConditions(resource).remarks(without: ["Clustered", "RestartRequired"])
        return overview
    }

    /// The overview of the set's cluster.
    ///
    /// - Parameter knowsClaims: whether the judgement rests on the claims too, so that its remedies can be told.
    func overview(_ reader: ClusterReader, _ judgement: Judgement, knowsClaims: Bool) -> ClusterOverview {
        var overview = frame(replicas: reader.set.replicas)
        let template = set["spec"]?["template"] ?? .null
        overview.configurationDigest = wanted.settings?.desired(for: template, container: reader.set.container).digest
        overview.brokers = judgement.observation.pods.map { broker($0, judgement, overview.configurationDigest) }
        overview.ready = overview.brokers.count { $0.isReady }
        overview.remarks = remarks(on: overview, judgement.plan, knowsClaims: knowsClaims)
        if let obstacle = answers.obstacle {
            overview.notes.append("brokers may not be asked, so members are as the operator has written: \(obstacle)")
        } else if judgement.plan.findings.isEmpty,
            let clustered = judgement.plan.conditions.first(where: { $0.type == "Clustered" }),
            clustered.status == .unknown
        {
            overview.notes.append("members: \(clustered.message)")
        }
        overview.notes += unlookedNotes
        if reader.set.isPaused || resource.map({ ClusterResource($0).isPaused }) == true {
            overview.notes.append("the annotation pause tells the operator to leave it alone")
        }
        return overview
    }

    private func frame(replicas: Int) -> ClusterOverview {
        let view = ObjectView(set)
        var overview = ClusterOverview(
            namespace: view.namespace ?? "",
            statefulSet: view.name ?? "",
            resource: resource.flatMap { ObjectView($0).name },
            replicas: replicas,
            isConfigured: wanted.isLookedAfter
        )
        if let generation = resource.flatMap({ ClusterResource($0).generation }),
            resource?["status"]?["observedGeneration"]?.integerValue ?? 0 < generation
        {
            overview.notes.append("the operator has not looked at the newest version of the resource yet")
        }
        if let obstacle = wanted.obstacle { overview.notes.append("drift is not known: \(obstacle)") }
        return overview
    }

    // MARK: Brokers

    private func broker(_ pod: ObservedPod, _ judgement: Judgement, _ digest: String?) -> BrokerOverview {
        let observation = judgement.observation
        let node = observation.naming.node(pod.ordinal)
        let row = resource?["status"]?["brokers"]?.arrayValue?.first { $0["name"]?.stringValue == pod.name }
        var broker = BrokerOverview(pod: pod.name, node: node, isReady: pod.isReady)
        broker.host = pods.first { ObjectView($0).uid == pod.uid }?["spec"]?["nodeName"]?.stringValue
        broker.version = row?["version"]?.stringValue
        broker.message = row?["message"]?.stringValue
        configure(&broker, row, digest)
        guard answers.obstacle == nil else {
            broker.membership = row?["membership"]?.stringValue ?? broker.membership
            broker.seesCount = row?["members"]?.integerValue.map { Int(clamping: $0) }
            broker.listedByCount = row?["listedBy"]?.integerValue.map { Int(clamping: $0) }
            return broker
        }
        let standing = judgement.plan.standings[node]
        broker.membership = (standing?.place ?? .unknown).rawValue
        broker.sees = standing?.view?.members
        broker.seesCount = broker.sees?.count
        let tellers = observation.pods.filter { observation.view(of: observation.naming.node($0.ordinal)) != nil }
        if !tellers.isEmpty {
            let listedBy = tellers.filter { teller in
                observation.view(of: observation.naming.node(teller.ordinal))?.lists(node) == true
            }
            broker.listedBy = listedBy.map(\.name)
            broker.listedByCount = listedBy.count
        }
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

    // MARK: Configuration

    /// What a broker says when it is asked is newer than what the operator has written.
    private func configure(_ broker: inout BrokerOverview, _ row: JSONValue?, _ digest: String?) {
        let written = row?["configurationDigest"]?.stringValue
        broker.configurationDigest = written
        broker.restartRequired = row?["restartRequired"]?.arrayValue?.compactMap(\.stringValue)
        let look = answers.looks[broker.pod]
        broker.plugins = look?.plugins
        guard let seen = look?.comparison else {
            if let written, let digest { broker.hasDrifted = written != digest }
            return
        }
        broker.differences = seen.differences
        broker.hasDrifted = !seen.differences.isEmpty
        broker.restartRequired = seen.restartRequired
        if seen.differences.isEmpty, seen.faults.isEmpty { broker.configurationDigest = seen.digest }
        if !seen.faults.isEmpty { broker.message = seen.faults.joined(separator: "; ") }
    }

    /// Why brokers could not be asked for their configuration, each reason once. What is not permitted names the pod, and is
    /// not permitted for the others either.
    private var unlookedNotes: [String] {
        let pods = answers.unlooked.keys.sorted()
        let lots = Dictionary(grouping: pods) { pod -> String in
            guard let error = answers.unlooked[pod] else { return "" }
            if case .notPermitted = error { return error.code }
            return error.description
        }
        return lots.values.sorted { ($0.first ?? "") < ($1.first ?? "") }.map { pods in
            let why = pods.first.flatMap { answers.unlooked[$0]?.description } ?? ""
            return "plugins and configuration of \(pods.joined(separator: ", ")) could not be asked for: \(why)"
        }
    }
}

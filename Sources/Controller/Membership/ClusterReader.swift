public import Document
import Injection
import Kubernetes
import KubernetesClient
public import Membership
import VerneMQ

/// Reads what the API server stores about a labelled StatefulSet, and what its brokers answer, into the words of the
/// membership planner. It does no I/O, and nothing that it is given makes it fail but a set that cannot be looked after.
///
/// Where something is missing or makes no sense, it reads what makes the planner wait rather than act.
public struct ClusterReader: Sendable {
    /// How brokers are called.
    public let naming: NodeNaming
    /// The set.
    public let set: ObservedSet
    /// The port of the brokers' HTTP listener.
    public let port: Int
    /// The name of the claim template that the brokers' data is on; nil where the data dies with its pod.
    public let claimTemplate: String?

    /// Reads a StatefulSet.
    ///
    /// - Parameter statefulSet: the object as it is stored.
    /// - Throws: why there are no members of it to look after.
    public init(_ statefulSet: JSONValue) throws(ClusterReaderError) {
        let view = ObjectView(statefulSet)
        guard let name = view.name, !name.isEmpty, let namespace = view.namespace, let uid = view.uid, !uid.isEmpty
        else { throw .notStored }
        let state = InjectionState(of: statefulSet)
        guard state.isInjected else { throw .notInjected }
        guard let container = state.broker?["name"]?.stringValue else { throw .noBroker }
        let spec = statefulSet["spec"]
        let replicas = spec?["replicas"]?.unlessNothing.map { $0.integerValue ?? .max } ?? 1
        guard (0...Int64(BrokerView.mostMembers)).contains(replicas) else { throw .tooLarge(replicas) }
        let start = spec?["ordinals"]?["start"]?.unlessNothing.map { $0.integerValue ?? -1 } ?? 0
        guard (0...Int64(Int32.max)).contains(start) else { throw .badStart(start) }
        naming = NodeNaming(
            set: name,
            service: spec?["serviceName"]?.stringValue ?? "",
            namespace: namespace,
            domain: view.annotation(Annotation.clusterDomain.name) ?? "cluster.local"
        )
        // A status that says nothing is one of before the last change.
        set = ObservedSet(
            uid: uid,
            replicas: Int(replicas),
            start: Int(start),
            generation: statefulSet["metadata"]?["generation"]?.integerValue ?? 1,
            observedGeneration: statefulSet["status"]?["observedGeneration"]?.integerValue ?? 0,
            updateRevision: statefulSet["status"]?["updateRevision"]?.stringValue ?? "",
            strategy: Self.strategy(spec?["updateStrategy"]),
            container: container,
            isBeingDeleted: view.isBeingDeleted,
            isPaused: view.annotation(Annotation.pause.name) == "true"
        )
        port = ListenerEnvironment.http(in: state.broker?["env"]?.arrayValue ?? []).port
        claimTemplate = state.dataClaim
    }

    /// A strategy that is not known counts as one that replaces pods.
    private static func strategy(_ value: JSONValue?) -> ObservedSet.UpdateStrategy {
        if value?["type"]?.stringValue == "OnDelete" { return .onDelete }
        let partition = value?["rollingUpdate"]?["partition"]?.integerValue ?? 0
        return .rolling(partition: Int(clamping: max(0, partition)))
    }

    // MARK: Pods

    /// The pods that the set controls, by ordinal. Others are left out, whatever their names.
    ///
    /// - Parameter now: the moment, which stands for times that cannot be read: so the pod counts as young.
    public func pods(_ objects: [JSONValue], now: Int64) -> [ObservedPod] {
        var pods: [Int: ObservedPod] = [:]
        for object in objects {
            guard let pod = pod(object, now: now) else { continue }
            pods[pod.ordinal] = pod
        }
        return pods.values.sorted { $0.ordinal < $1.ordinal }
    }

    private func pod(_ object: JSONValue, now: Int64) -> ObservedPod? {
        let view = ObjectView(object)
        let owners = object["metadata"]?["ownerReferences"]?.arrayValue ?? []
        guard let name = view.name, let ordinal = naming.ordinal(ofPod: name), let uid = view.uid, !uid.isEmpty,
            owners.contains(where: { $0["uid"]?.stringValue == set.uid && $0["controller"]?.boolValue == true })
        else { return nil }
        let ready = (object["status"]?["conditions"]?.arrayValue ?? []).first { $0["type"]?.stringValue == "Ready" }
        return ObservedPod(
            name: name,
            ordinal: ordinal,
            uid: uid,
            // A pod without the label is of no template that is known.
            revision: view.label("controller-revision-hash") ?? "?",
            created: Self.time(object["metadata"]?["creationTimestamp"]) ?? now,
            isReady: ready?["status"]?.stringValue == "True" && !view.isBeingDeleted,
            readinessChanged: ready.map { Self.time($0["lastTransitionTime"]) ?? now },
            isTerminating: view.isBeingDeleted,
            container: container(of: object)
        )
    }

    private func container(of object: JSONValue) -> ObservedPod.Container {
        let statuses = object["status"]?["containerStatuses"]?.arrayValue ?? []
        let state = statuses.first { $0["name"]?.stringValue == set.container }?["state"]
        if let running = state?["running"]?.unlessNothing {
            return .running(since: Self.time(running["startedAt"]))
        }
        if let ended = state?["terminated"]?.unlessNothing {
            return .ended(exitCode: Int(clamping: ended["exitCode"]?.integerValue ?? -1))
        }
        return .waiting(reason: String((state?["waiting"]?["reason"]?.stringValue ?? "Pending").prefix(64)))
    }

    private static func time(_ value: JSONValue?) -> Int64? {
        value?.stringValue.flatMap { Timestamp($0) }.map { Int64($0.seconds) }
    }

    // MARK: Claims

    /// The claims of the brokers' data, by ordinal.
    public func claims(_ objects: [JSONValue]) -> [Int: ObservedClaim] {
        guard let claimTemplate else { return [:] }
        var claims: [Int: ObservedClaim] = [:]
        for object in objects {
            let view = ObjectView(object)
            guard let name = view.name, name.hasPrefix(claimTemplate + "-"), view.namespace == naming.namespace,
                let ordinal = naming.ordinal(ofPod: String(name.dropFirst(claimTemplate.count + 1)))
            else { continue }
            claims[ordinal] = ObservedClaim(name: name, uid: view.uid ?? "")
        }
        return claims
    }

    // MARK: Brokers

    /// A broker to ask.
    public struct Question: Sendable, Hashable {
        /// Its node name.
        public var node: String
        /// Its pod.
        public var pod: String
        /// The pod's address.
        public var address: String
    }

    /// Which brokers can be asked: those of all pods that have an address and whose container runs. Those that stop are
    /// asked too: what they still are belongs to the picture.
    public func questions(_ objects: [JSONValue], _ pods: [ObservedPod]) -> [Question] {
        var addresses: [String: String] = [:]
        for object in objects {
            guard let uid = ObjectView(object).uid, let address = object["status"]?["podIP"]?.stringValue,
                !address.isEmpty
            else { continue }
            addresses[uid] = address
        }
        return pods.compactMap { pod in
            guard case .running = pod.container, let address = addresses[pod.uid] else { return nil }
            return Question(node: naming.node(pod.ordinal), pod: pod.name, address: address)
        }
    }

    /// What a body of `/status.json` says.
    public static func answer(_ body: [UInt8], of node: String) -> BrokerAnswer {
        do throws(BrokerViewError) {
            return .view(try BrokerView(parsing: body, of: node))
        } catch {
            return .unreadable(error)
        }
    }

    /// Everything at one moment.
    ///
    /// - Parameters:
    ///   - now: the moment, in seconds since 1970.
    ///   - pods: what ``pods(_:now:)`` has read.
    ///   - claims: what ``claims(_:)`` has read.
    ///   - answers: what brokers said, by node name; whoever was not asked because he has no address, or does not run,
    ///     is silent for that reason.
    public func observation(
        now: Int64,
        pods: [ObservedPod],
        claims: [Int: ObservedClaim] = [:],
        answers: [String: BrokerAnswer]
    ) -> ClusterObservation {
        var answers = answers
        for pod in pods where answers[naming.node(pod.ordinal)] == nil {
            let why =
                switch pod.container {
                case .running: "it has no address"
                case .waiting(let reason): "its container does not run: \(reason)"
                case .ended(let code): "its container has ended with \(code)"
                }
            answers[naming.node(pod.ordinal)] = .silent(why)
        }
        return ClusterObservation(now: now, naming: naming, set: set, pods: pods, claims: claims, answers: answers)
    }
}

/// Why there are no members of a StatefulSet to look after.
public enum ClusterReaderError: Error, Sendable, Hashable {
    /// It is no object of an API server's: it lacks a name, a namespace or a UID.
    case notStored
    /// It carries no injection: its brokers have names of their own, and do not look for each other.
    case notInjected
    /// It is not clear which container is the broker's.
    case noBroker
    /// It wants more brokers than any cluster has.
    case tooLarge(Int64)
    /// Its first ordinal is none.
    case badStart(Int64)
}

extension ClusterReaderError: CustomStringConvertible {
    /// What is wrong and what to do, as a clause.
    public var description: String {
        switch self {
        case .notStored: "the set has no name, namespace or UID: read it from the API server"
        case .notInjected:
            "the set is not injected, so its brokers do not look for each other: see the condition Injected"
        case .noBroker:
            "it is not clear which container is the broker's: name it in the annotation \(Annotation.container.name)"
        case .tooLarge(let replicas):
            "\(replicas) brokers are wanted, and no cluster has more than \(BrokerView.mostMembers): scale it down"
        case .badStart(let start): "spec.ordinals.start is \(start): it must be at least 0"
        }
    }

    /// A reason for a condition.
    public var reason: String {
        switch self {
        case .notStored: "NotStored"
        case .notInjected: "NotInjected"
        case .noBroker: "BrokerUnknown"
        case .tooLarge: "TooManyBrokers"
        case .badStart: "InvalidOrdinals"
        }
    }
}

extension JSONValue {
    /// The value; nil for null, which counts as absent.
    fileprivate var unlessNothing: JSONValue? {
        // A bare nil beside a value would be the null of JSON.
        if isNull { Optional.none } else { self }
    }
}

public import Document

/// What one broker says of itself and its cluster: its part of `GET /status.json`, which needs no credentials.
///
/// VerneMQ answers an array with one object, keyed by node name, one member for every node that it reaches; each has
/// `mystatus`, an array with one object from node name to whether that node runs. The view is a cache that VerneMQ refreshes
/// every ten seconds, so it may be that old.
public struct BrokerView: Sendable, Hashable {
    /// The node that was asked.
    public let node: String
    /// Its members by name, itself among them, and whether it thinks that they run.
    public let members: [String: Bool]
    /// Its version; nil if it does not say.
    public var version: String?
    /// Sessions, messages to keep and subscriptions that it knows of: 0 on a broker that nobody has used.
    public var load: Int64
    /// Whether it has MQTT listeners and all of them are suspended (what `cluster leave` without `-k` does).
    public var isSuspended: Bool

    /// A view from its parts.
    public init(
        node: String,
        members: [String: Bool],
        version: String? = nil,
        load: Int64 = 0,
        isSuspended: Bool = false
    ) {
        self.node = node
        self.members = members
        self.version = version
        self.load = load
        self.isSuspended = isSuspended
    }

    /// The names of the members.
    public var names: Set<String> { Set(members.keys) }

    /// Whether it knows nobody but itself.
    public var isAlone: Bool { members.count == 1 }

    /// Whether it lists a node.
    public func lists(_ name: String) -> Bool { members[name] != nil }
}

/// Why an answer to `GET /status.json` is no view.
public enum BrokerViewError: Error, Sendable, Hashable {
    /// It is not JSON.
    case notJSON(JSONError)
    /// It is JSON of another shape: where, and what should be there.
    case unexpectedShape(path: String, expected: String)
    /// The broker calls itself something else than its pod's name demands.
    case otherNode(found: String, expected: String)
    /// It has no view yet: it does not list itself (for a moment after its start).
    case notListed(String)
    /// More members than any cluster has; the names of a hostile answer are not kept.
    case tooManyMembers(Int)
}

extension BrokerViewError: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .notJSON(let error): "/status.json is not JSON: \(error)"
        case .unexpectedShape(let path, let expected): "/status.json has no \(expected) at \(path)"
        case .otherNode(let found, let expected): "the broker calls itself \(found), not \(expected)"
        case .notListed(let node): "\(node) does not list itself yet"
        case .tooManyMembers(let count): "/status.json names \(count) members, more than \(BrokerView.mostMembers)"
        }
    }
}

extension BrokerView {
    /// The most members that a view may have.
    public static let mostMembers = 1000

    /// The longest answer that is read: 1000 nodes at the length of a real one's entry.
    public static let limits = JSONLimits(depth: 16, bytes: 2 * 1024 * 1024)

    /// Reads the answer of the broker of one pod.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - node: the node name that the pod's broker must have.
    public init(parsing bytes: [UInt8], of node: String) throws(BrokerViewError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes, limits: Self.limits)
        } catch {
            throw .notJSON(error)
        }
        guard let nodes = document[0]?.objectValue else {
            throw .unexpectedShape(path: "/0", expected: "object of nodes")
        }
        guard let status = nodes[node] else {
            guard let found = nodes.keys.first else { throw .notListed(node) }
            throw .otherNode(found: String(found.prefix(200)), expected: node)
        }
        try self.init(status, of: node)
    }

    private init(_ status: JSONValue, of node: String) throws(BrokerViewError) {
        guard let rows = status["mystatus"]?.arrayValue else {
            throw .unexpectedShape(path: "/0/\(node)/mystatus", expected: "array")
        }
        var members: [String: Bool] = [:]
        for row in rows {
            guard let row = row.objectValue else {
                throw .unexpectedShape(path: "/0/\(node)/mystatus", expected: "object from node to truth value")
            }
            guard row.count + members.count <= Self.mostMembers else {
                throw .tooManyMembers(row.count + members.count)
            }
            for (name, running) in row {
                guard let running = running.boolValue else {
                    throw .unexpectedShape(path: "/0/\(node)/mystatus/0/\(name.prefix(200))", expected: "truth value")
                }
                members[name] = running
            }
        }
        guard members[node] != nil else { throw .notListed(node) }
        var load: Int64 = 0
        for key in ["num_online", "num_offline", "num_retained", "num_subscriptions"] {
            let (sum, isTooMuch) = load.addingReportingOverflow(max(0, status[key]?.integerValue ?? 0))
            load = isTooMuch ? .max : sum
        }
        let listeners = (status["listeners"]?.arrayValue ?? []).filter {
            Self.clientListeners.contains($0["type"]?.stringValue ?? "")
        }
        self.init(
            node: node,
            members: members,
            version: status["version"]?.stringValue.map { String($0.prefix(64)) },
            load: load,
            isSuspended: !listeners.isEmpty && listeners.allSatisfy { $0["status"]?.stringValue == "suspended" }
        )
    }

    private static let clientListeners: Set<String> = [
        "mqtt", "mqtts", "mqttws", "mqttwss", "tcp", "ssl", "ws", "wss",
    ]
}

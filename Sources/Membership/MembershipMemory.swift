public import Document

/// What the planner must remember from one look to the next: a few times and names, kept as an annotation or in a status.
///
/// It is written **before** an action is carried out. Whatever moment the operator dies at, the next one reads either the
/// old memory (nothing was done) or the new one (something was done or not: the views tell, and after
/// ``MembershipPolicy/verify`` it is planned again). Without any memory all waiting times begin anew, which is safe.
public struct MembershipMemory: Sendable, Hashable {
    /// An action whose result has not shown yet.
    public struct Pending: Sendable, Hashable {
        /// The node that it is about.
        public var node: String
        /// Whether it is a join; else it is the removal of a dead member.
        public var isJoin: Bool
        /// When it was planned.
        public var at: Int64

        /// An action under way.
        public init(node: String, isJoin: Bool, at: Int64) {
            self.node = node
            self.isJoin = isJoin
            self.at = at
        }
    }

    /// The UID of the set that all this is about.
    public var set: String = ""
    /// Since when each finding holds, by ``MembershipFinding/key``.
    public var since: [String: Int64] = [:]
    /// The action whose result is awaited.
    public var pending: Pending?
    /// When the last action showed its result.
    public var acted: Int64?
    /// The node that ran the last removal. Further ones go through it too, so that at most one node at a time has no cluster
    /// state on its disk.
    public var executor: String?
    /// How often the removal of a member was tried, by node.
    public var tries: [String: Int] = [:]
    /// Members that were removed although their messages had not moved: node, and the UID of the claim that still has them.
    public var unmigrated: [String: String] = [:]
    /// Lone brokers that were asked to join: node, and the UID of the pod.
    public var joined: [String: String] = [:]

    /// No memory: everything begins now.
    public init() {}
}

/// Why text is no memory.
public struct MembershipMemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what to do, as a clause.
    public let description: String
}

extension MembershipMemory {
    private static let version: Int64 = 1

    /// The memory as compact JSON; the same memory gives the same bytes.
    public var json: JSONValue {
        var object: JSONObject = ["v": .integer(Self.version), "set": .string(set)]
        func put<Value>(_ key: String, _ table: [String: Value], _ render: (Value) -> JSONValue) {
            guard !table.isEmpty else { return }
            var rows = JSONObject()
            for (name, value) in table.sorted(by: { $0.key < $1.key }) { rows[name] = render(value) }
            object[key] = .object(rows)
        }
        put("since", since) { .integer($0) }
        put("tries", tries) { .integer(Int64($0)) }
        put("unmigrated", unmigrated) { .string($0) }
        put("joined", joined) { .string($0) }
        if let acted { object["acted"] = .integer(acted) }
        if let executor { object["executor"] = .string(executor) }
        if let pending {
            object["pending"] = [
                "node": .string(pending.node), "join": .bool(pending.isJoin), "at": .integer(pending.at),
            ]
        }
        return .object(object)
    }

    /// Reads what ``json`` has written.
    ///
    /// - Throws: if it is something else; going on with an empty memory is safe then.
    public init(_ json: JSONValue) throws(MembershipMemoryError) {
        guard json["v"]?.integerValue == Self.version, let set = json["set"]?.stringValue else {
            throw MembershipMemoryError(
                description: "not a membership memory of version \(Self.version): remove it, waiting times begin anew"
            )
        }
        self.init()
        self.set = set
        since = try Self.table("since", in: json) { $0.integerValue }
        tries = try Self.table("tries", in: json) { $0.integerValue.flatMap { Int(exactly: $0) } }
        unmigrated = try Self.table("unmigrated", in: json) { $0.stringValue }
        joined = try Self.table("joined", in: json) { $0.stringValue }
        acted = json["acted"]?.integerValue
        executor = json["executor"]?.stringValue
        if let pending = json["pending"] {
            guard let node = pending["node"]?.stringValue, let isJoin = pending["join"]?.boolValue,
                let at = pending["at"]?.integerValue
            else { throw MembershipMemoryError(description: "`pending` is damaged: remove the memory") }
            self.pending = Pending(node: node, isJoin: isJoin, at: at)
        }
    }

    private static func table<Value>(
        _ key: String,
        in json: JSONValue,
        _ read: (JSONValue) -> Value?
    ) throws(MembershipMemoryError) -> [String: Value] {
        guard let member = json[key] else { return [:] }
        guard let rows = member.objectValue, rows.count <= BrokerView.mostMembers * 2 else {
            throw MembershipMemoryError(description: "`\(key)` is damaged: remove the memory")
        }
        var table: [String: Value] = [:]
        for (name, value) in rows {
            guard let value = read(value) else {
                throw MembershipMemoryError(description: "`\(key)` is damaged: remove the memory")
            }
            table[name] = value
        }
        return table
    }
}

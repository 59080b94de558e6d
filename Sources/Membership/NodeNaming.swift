/// How the brokers of one StatefulSet are called: `VerneMQ@<set>-<ordinal>.<service>.<namespace>.svc.<domain>`.
public struct NodeNaming: Sendable, Hashable {
    /// The name of the StatefulSet.
    public let set: String
    /// Its namespace.
    public let namespace: String
    /// What follows a pod's name: `.<service>.<namespace>.svc.<domain>`.
    public let suffix: String

    /// The naming of a set.
    ///
    /// - Parameters:
    ///   - set: `metadata.name` of the StatefulSet.
    ///   - service: its `spec.serviceName`.
    ///   - namespace: its namespace.
    ///   - domain: the cluster's DNS domain.
    public init(set: String, service: String, namespace: String, domain: String = "cluster.local") {
        self.set = set
        self.namespace = namespace
        suffix = ".\(service).\(namespace).svc.\(domain)"
    }

    /// The pod of an ordinal.
    public func pod(_ ordinal: Int) -> String { "\(set)-\(ordinal)" }

    /// The node of an ordinal.
    public func node(_ ordinal: Int) -> String { "VerneMQ@\(set)-\(ordinal)\(suffix)" }

    /// The ordinal of a pod's name; nil if it is not a name that this set gives.
    public func ordinal(ofPod name: String) -> Int? {
        guard name.hasPrefix(set + "-") else { return nil }
        let digits = name.dropFirst(set.count + 1)
        // As the controller writes them: digits without a leading zero, so that one pod has one name.
        guard !digits.isEmpty, digits.utf8.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits == "0" || digits.first != "0"
        else { return nil }
        return Int(digits)
    }

    /// The ordinal of a node's name; nil if no pod of this set is called so.
    public func ordinal(ofNode name: String) -> Int? {
        let prefix = "VerneMQ@"
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return ordinal(ofPod: String(name.dropFirst(prefix.count).dropLast(suffix.count)))
    }

    /// A node's name as people read it: its pod's for nodes of this set, the whole name for others.
    public func short(_ node: String) -> String {
        ordinal(ofNode: node).map(pod) ?? node
    }

    /// Names as people read them, in the order of ordinals: `vernemq-0, vernemq-1 and vernemq-10`.
    public func short(_ nodes: some Sequence<String>) -> String {
        let names = nodes.sorted { precedes($0, $1) }.map { short($0) }
        guard let last = names.last, names.count > 1 else { return names.first ?? "nobody" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The order of nodes: by ordinal, those of other sets last.
    public func precedes(_ one: String, _ other: String) -> Bool {
        switch (ordinal(ofNode: one), ordinal(ofNode: other)) {
        case (let one?, let other?): one < other
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): one < other
        }
    }
}

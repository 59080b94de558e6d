/// Who knows whom, by the brokers' own views.
///
/// Nodes that list each other form a group; the group that is taken for *the* cluster is the largest, among equals the one
/// with more pods that are Ready, then the one with the lowest ordinal. Everybody else is judged from its side.
struct ClusterPicture {
    let observation: ClusterObservation
    /// The views of the brokers that answered, by node.
    let views: [String: BrokerView]
    /// The nodes of the cluster that answered; empty if nobody did.
    let main: Set<String>
    /// What the views of those list, all together.
    let members: Set<String>
    /// Groups of two or more beside it, and single brokers whose companions are all silent.
    let splits: [Set<String>]
    /// Brokers that list members which do not list them.
    let zombies: [String]
    /// Brokers that know only themselves and that nobody lists.
    let lone: [String]
    /// Brokers that know only themselves, while members list them.
    let forgetful: [String]

    init(_ observation: ClusterObservation) {
        self.observation = observation
        var views: [String: BrokerView] = [:]
        for (node, answer) in observation.answers {
            if case .view(let view) = answer { views[node] = view }
        }
        self.views = views
        var groups = Self.groups(of: views)
        groups.sort { Self.outranks($0, $1, in: observation) }
        let main = groups.first ?? []
        self.main = main
        var members: Set<String> = []
        for node in main { members.formUnion(views[node]?.names ?? []) }
        self.members = members

        var splits: [Set<String>] = []
        var zombies: [String] = []
        var lone: [String] = []
        var forgetful: [String] = []
        for group in groups.dropFirst() {
            guard group.count == 1, let node = group.first, let view = views[node] else {
                splits.append(group)
                continue
            }
            if view.isAlone {
                if members.contains(node) { forgetful.append(node) } else { lone.append(node) }
            } else if view.members.keys.contains(where: { $0 != node && views[$0] != nil }) {
                // Whoever of its list answers does not list it: else they would be one group.
                zombies.append(node)
            } else {
                splits.append(group)
            }
        }
        self.splits = splits
        self.zombies = zombies
        self.lone = lone
        self.forgetful = forgetful
    }

    /// The connected parts of "each lists the other".
    private static func groups(of views: [String: BrokerView]) -> [Set<String>] {
        var rest = Set(views.keys)
        var groups: [Set<String>] = []
        while let first = rest.popFirst() {
            var group: Set<String> = [first]
            var open = [first]
            while let node = open.popLast() {
                for other in views[node]?.members.keys ?? [:].keys
                where rest.contains(other) && views[other]?.lists(node) == true {
                    rest.remove(other)
                    group.insert(other)
                    open.append(other)
                }
            }
            groups.append(group)
        }
        return groups
    }

    private static func outranks(_ one: Set<String>, _ other: Set<String>, in observation: ClusterObservation) -> Bool {
        if one.count != other.count { return one.count > other.count }
        let ready = { (group: Set<String>) in group.count { observation.pod(of: $0)?.isReady == true } }
        if ready(one) != ready(other) { return ready(one) > ready(other) }
        let first = { (group: Set<String>) in group.min { observation.naming.precedes($0, $1) } ?? "" }
        return observation.naming.precedes(first(one), first(other))
    }

    /// Nodes in the order of ordinals.
    func sorted(_ nodes: some Sequence<String>) -> [String] {
        nodes.sorted { observation.naming.precedes($0, $1) }
    }

    /// Members that belong to the set by name, that it does not want, and for which there is no pod.
    var ghosts: [String] {
        sorted(
            members.filter {
                observation.naming.ordinal(ofNode: $0) != nil && !observation.wants($0)
                    && observation.pod(of: $0) == nil
            }
        )
    }

    /// Members that are not called as pods of this set are.
    var foreign: [String] { members.filter { observation.naming.ordinal(ofNode: $0) == nil }.sorted() }

    /// Members of which every view of the cluster says that they do not run; ghosts are not counted.
    var down: [String] {
        let ghosts = Set(ghosts)
        return sorted(members.filter { !ghosts.contains($0) && isDown($0) })
    }

    /// Whether every view of the cluster says that a member does not run.
    func isDown(_ member: String) -> Bool {
        !main.contains(member) && main.allSatisfy { views[$0]?.members[member] != true }
    }

    /// Whether the views of the cluster are one: the same members, and the same word on which of them run.
    var isAgreed: Bool { disagreement == nil }

    /// What the views of the cluster do not agree on, as a clause.
    var disagreement: String? {
        for node in sorted(main) {
            guard let view = views[node], let missed = sorted(members.subtracting(view.names)).first else { continue }
            return "\(observation.naming.short(node)) does not list \(observation.naming.short(missed))"
        }
        for member in sorted(members) {
            let says = sorted(main).filter { views[$0]?.members[member] == true }
            let denies = sorted(main).filter { $0 != member && views[$0]?.members[member] == false }
            if let one = says.first, let other = denies.first {
                let name = observation.naming.short
                return "\(name(one)) says that \(name(member)) runs, \(name(other)) that it does not"
            }
        }
        return nil
    }
}

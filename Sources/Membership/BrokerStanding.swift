/// Where one broker stands: what it says of itself, and what the others say of it.
public struct BrokerStanding: Sendable, Hashable {
    /// Where that is.
    public enum Place: String, Sendable, Hashable, CaseIterable {
        /// It belongs to the cluster: it and other members list each other.
        case member = "Member"
        /// It knows nobody but itself.
        case alone = "Alone"
        /// It belongs to another cluster than the others, or takes itself for a member and is none.
        case outside = "Outside"
        /// It does not tell.
        case unknown = "Unknown"
    }

    /// Where it stands.
    public var place: Place
    /// Its own view; nil if it does not tell.
    public var view: BrokerView?
    /// In how many views of the cluster it is a member, its own included.
    public var listedBy: Int

    /// A standing from its parts.
    public init(_ place: Place, view: BrokerView? = nil, listedBy: Int = 0) {
        self.place = place
        self.view = view
        self.listedBy = listedBy
    }
}

extension ClusterPicture {
    /// Where each broker that has a pod stands, by node name.
    var standings: [String: BrokerStanding] {
        var standings: [String: BrokerStanding] = [:]
        for pod in observation.pods {
            let node = observation.naming.node(pod.ordinal)
            standings[node] = BrokerStanding(
                place(of: node),
                view: views[node],
                listedBy: main.count { views[$0]?.lists(node) == true }
            )
        }
        return standings
    }

    private func place(of node: String) -> BrokerStanding.Place {
        guard let view = views[node] else { return .unknown }
        if view.isAlone { return .alone }
        return main.contains(node) ? .member : .outside
    }
}

/// What one node has on its disk: its membership, its history and the queues that it stores.
public struct DiskState: Sendable, Equatable {
    /// Tells this state from every other, wherever its files are moved.
    public let id: Int
    /// The node that wrote it.
    public let owner: String
    /// `swc_meta/cluster_state`; nil once the node has left, or has run the leave of a dead member (a defect of VerneMQ's).
    public var membership: Membership?
    /// Whether anything was ever written: it was in a cluster of two or more, had an API key, a session, a retained message.
    /// Such a node cannot join (`non_empty_node`), ever.
    public var touched = false
    /// Persistent sessions stored here, by client, with the number of messages that wait in them.
    public var queues: [String: Int] = [:]
    /// Whether the storage that held it is gone for good (an emptyDir whose pod ended).
    public var destroyed = false

    init(id: Int, owner: String) {
        self.id = id
        self.owner = owner
    }
}

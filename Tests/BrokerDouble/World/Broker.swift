/// One running broker: a process that serves a disk state under a node name at an address.
public struct Broker: Sendable {
    /// How far it has come.
    public enum Phase: Sendable, Equatable {
        /// The process runs; nothing answers yet.
        case starting
        /// HTTP answers, and a little later vmq-admin.
        case up
        /// `node stop`: the applications are stopped, the process stays.
        case stopped
    }

    /// What its MQTT listeners do.
    public enum Listeners: String, Sendable {
        /// They take clients.
        case running
        /// `cluster leave` without `-k`.
        case suspended
        /// `cluster leave -k`: gone.
        case absent
    }

    /// Its node name.
    public let name: String
    /// Its address.
    public let address: String
    /// The disk state that it serves.
    public let disk: Int
    /// When its process began.
    public let began: Double
    /// How far it has come.
    public internal(set) var phase = Phase.starting
    /// What it knows in memory; the disk may know less.
    public internal(set) var membership: Membership
    /// The members as `cluster show` and `/status.json` give them: a cache.
    public internal(set) var view: Set<String>
    /// What its MQTT listeners do.
    public internal(set) var listeners = Listeners.running
    /// What it runs with.
    public var configuration: RunningConfiguration
    /// Clients that are connected.
    public var clients = 0

    var nextRefresh: Double
    var nextGossip: Double
    var ends: Double?
    /// Whether it has left; its process ends soon.
    public internal(set) var hasLeft = false
}

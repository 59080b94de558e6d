public import VerneMQ

/// How the controllers run.
public struct ControllerSettings: Sendable {
    /// The version of the operator, which goes into every injection's ledger.
    public var version: String
    /// The namespace whose objects they look after; nil for all.
    public var namespace: String?
    /// How many objects are worked on at the same time, of each kind.
    public var workers: Int
    /// How often everything is looked at again though nothing is known to have changed.
    public var resync: Duration
    /// How long a broker runs before it is restarted for its settings (`restartPolicy: Rolling`): kubelet may have started
    /// it with the boot Secret as it was before, and it lets a container wait longer and longer that ends again and again.
    public var minimumUptime: Duration
    /// Where plugins may come from.
    public var pluginPolicy: PluginPolicy

    /// Puts settings together.
    public init(
        version: String,
        namespace: String? = nil,
        workers: Int = 4,
        resync: Duration = .seconds(300),
        minimumUptime: Duration = .seconds(600),
        pluginPolicy: PluginPolicy = .unrestricted
    ) {
        self.version = version
        self.namespace = namespace
        self.workers = workers
        self.resync = resync
        self.minimumUptime = minimumUptime
        self.pluginPolicy = pluginPolicy
    }

    /// When an object is looked at next if nothing happens: spread, so that not all of them come at once.
    var nextLook: Duration { resync * Double.random(in: 0.9...1.1) }
}

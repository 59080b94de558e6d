import Document
public import VerneMQ

/// The configuration that one broker should run with, put together from the settings, from what stands in its own
/// environment, and from the defaults. A function of those: no I/O, no clock.
public struct DesiredConfiguration: Sendable, Hashable {
    /// A key that can be changed in a running broker.
    struct LiveKey: Sendable, Hashable {
        var value: String
        /// Whether somebody has written the value; else it is the default.
        var isWritten: Bool
        var rule: ConfigurationRule
    }

    /// Keys that can be changed in a running broker, all that are looked after.
    let live: [String: LiveKey]
    /// Defaults of keys that are looked after only where the broker, or its record, says that they were once set.
    let fallbacks: [String: LiveKey]
    /// Keys that a running broker does not take, with digests of their values.
    let restart: [String: String]
    /// The listeners that are wanted, by address.
    let listeners: [String: DesiredListener]
    /// Those that the broker opens although nothing in the boot Secret says so, by address.
    let ownListeners: [String: DesiredListener]
    /// The plugins that something is said about, and those that run by default.
    let plugins: [String: DesiredPlugin]
    /// Keys that are not to be touched, because their values are not known or not valid.
    let excluded: Set<String>
    /// Plugins that the broker's environment switches: they are not to be touched.
    let fixedPlugins: Set<String>
    /// Plugins that the broker's environment and the image's defaults start.
    let ownPlugins: [String: DesiredPlugin]
    /// Whether all that the broker starts with is known here.
    let isComplete: Bool
    /// What it starts with, for the boot Secret.
    public let record: BootRecord
    /// What it is, in short, without secrets.
    public let digest: String

    /// The keys whose values are to be asked for.
    ///
    /// - Parameter state: what is known of the broker, for keys that were set once.
    public func keys(for state: BrokerState) -> [String] {
        let once = state.record.keys.union(state.boot?.keys.keys.map { $0 } ?? [])
        return live.keys.sorted() + fallbacks.keys.filter { once.contains($0) && live[$0] == nil }.sorted()
    }

    /// Files whose content matters: those that TLS listeners read.
    public var files: [String] {
        Set(listeners.values.flatMap { $0.certificateFiles + $0.authorityFiles }).sorted()
    }
}

/// Where a broker's settings come from besides the operator.
public struct BrokerSurroundings: Sendable, Hashable {
    /// The settings of its own environment.
    public var environment: [Setting]
    /// Keys of its environment whose values are not known here.
    public var unknownKeys: Set<String>
    /// The VerneMQ release.
    public var version: VerneMQVersion
    /// The address on which the image opens listeners, nil if it is not known.
    public var address: String?
    /// Whether nothing else can have a say in what the broker starts with.
    public var isComplete: Bool
    /// Whether the official image starts it, which opens listeners by itself.
    public var usesOfficialImage: Bool

    /// Describes them.
    public init(
        environment: [Setting] = [],
        unknownKeys: Set<String> = [],
        version: VerneMQVersion,
        address: String? = nil,
        isComplete: Bool = true,
        usesOfficialImage: Bool = true
    ) {
        self.environment = environment
        self.unknownKeys = unknownKeys
        self.version = version
        self.address = address
        self.isComplete = isComplete
        self.usesOfficialImage = usesOfficialImage
    }
}

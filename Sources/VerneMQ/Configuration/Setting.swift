/// One setting of a broker as somebody wrote it: a key of `vernemq.conf`, the value, and where each of them stands.
///
/// All sources of settings (a resource's `spec.config` and `spec.vmqConfig`, a `vernemq.conf`, `DOCKER_VERNEMQ_…`
/// variables) are brought into this form, so that one validator judges them all and can speak of collisions between them.
public struct Setting: Sendable, Hashable {
    /// Which kind of source a setting comes from; a later one of the same broker beats an earlier one only where VerneMQ
    /// itself says so, else two sources that name one key are a conflict.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// `spec.config.configs`, `spec.config.listeners` or `spec.config.plugins` of a VerneMQ resource.
        case resource
        /// `spec.vmqConfig` of a VerneMQ resource.
        case bootConfiguration
        /// A `vernemq.conf`, in a ConfigMap or in a file.
        case file
        /// A `DOCKER_VERNEMQ_…` variable of the broker's container.
        case environment
    }

    /// The name as it stands in the source, with its names filled in: `listener.tcp.default`.
    public var key: String
    /// The value as VerneMQ gets to see it, without quotes.
    public var value: String
    /// What findings about the name give as their path: `spec.config.configs[2].name`, `data[vernemq.conf]:12:1`.
    public var keyPath: String
    /// What findings about the value give as their path: `spec.config.configs[2].value`, `data[vernemq.conf]:12:24`.
    public var valuePath: String
    /// Where it comes from.
    public var source: Source

    /// Makes a setting from its parts; `keyPath` and `valuePath` are the same where name and value stand in one place.
    public init(_ key: String, _ value: String, keyPath: String, valuePath: String? = nil, source: Source) {
        self.key = key
        self.value = value
        self.keyPath = keyPath
        self.valuePath = valuePath ?? keyPath
        self.source = source
    }
}

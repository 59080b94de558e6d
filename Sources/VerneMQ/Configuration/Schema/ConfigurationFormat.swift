/// What values must look like beyond their type, where VerneMQ reads more out of a text than its schema says.
public enum ConfigurationFormat: String, Sendable, Hashable, CaseIterable {
    /// `never` or `client`, or a number with s, h, d, w, m (four weeks) or y behind it.
    case expiry
    /// Three sizes with commas between them, brackets optional: `4096,16384,32768`.
    case bufferSizes
    /// MQTT versions with commas between them, brackets optional: `3,4,5`.
    case protocolVersions
    /// Names of plugins with commas between them, brackets optional.
    case pluginList
    /// Names of modules in brackets, with commas between them.
    case moduleList
    /// Names of modules with commas between them, brackets optional.
    case moduleNames
    /// Names of cipher suites with colons between them.
    case ciphers
    /// Names of curves with commas between them, brackets optional.
    case curves
    /// TLS versions with commas between them and no spaces.
    case tlsVersions
    /// A list in Erlang's notation.
    case erlangList
    /// A host and a port: `mqtt.example.com:1883`.
    case hostAndPort
    /// What a bridge carries: `PATTERN [out|in|both] [0|1|2] [retain] [LOCAL REMOTE]`.
    case bridgeTopic
    /// IP addresses with semicolons between them.
    case addressList
    /// One character.
    case character
    /// `NAME@HOST`.
    case nodeName
    /// A number of bytes that is a multiple of eight.
    case stackSize
    /// An IPv4 or IPv6 address.
    case ipAddress
}

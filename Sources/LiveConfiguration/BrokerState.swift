public import Document

/// What one broker shows of its configuration.
public struct BrokerState: Sendable, Hashable {
    /// A listener as `vmq-admin listener show` has it.
    public struct Listener: Sendable, Hashable {
        /// `mqtt`, `mqttws`, …
        public var type: String
        /// `ADDRESS:PORT`.
        public var address: String

        /// A listener.
        public init(type: String, address: String) {
            self.type = type
            self.address = address
        }
    }

    /// The values of keys, as `vmq-admin show` prints them. Keys that the broker does not know are missing.
    public var values: [String: JSONValue] = [:]
    /// Its listeners.
    public var listeners: [Listener] = []
    /// The plugins that it shows. One without hooks may run unseen.
    public var plugins: Set<String> = []
    /// With what it has started, nil if that is not known: before there was anything to start with.
    public var boot: BootRecord?
    /// What the operator has done to it.
    public var record: LiveRecord
    /// Checksums of files in its container; those that are missing are.
    public var files: [String: String] = [:]
    /// What its container lacks that files are compared with; nil if nothing.
    public var lackingTool: String?

    /// What is known of a broker of which nothing is known yet.
    public init(container: String) {
        record = LiveRecord(container: container)
    }

    /// Takes the rows of `vmq-admin show K … --format=json`.
    public mutating func take(values rows: [JSONObject]) {
        for row in rows { for (key, value) in row where key != "node" { values[key] = value } }
    }

    /// Takes the rows of `vmq-admin listener show --format=json`.
    public mutating func take(listeners rows: [JSONObject]) {
        listeners = rows.compactMap { row in
            guard let type = row["type"]?.stringValue, let address = row["address"]?.stringValue else { return nil }
            // A text in the transcripts; a number would do as well.
            let port = row["port"]?.stringValue ?? row["port"]?.integerValue.map(String.init) ?? ""
            return Listener(type: type, address: "\(address):\(port)")
        }
    }

    /// Takes the rows of `vmq-admin plugin show --format=json`.
    public mutating func take(plugins rows: [JSONObject]) {
        plugins = Set(rows.compactMap { $0["Plugin"]?.stringValue })
    }
}

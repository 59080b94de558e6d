public import Document

/// A listener as its broker tells it.
public struct BrokerListener: Sendable, Hashable {
    /// `mqtt`, `mqtts`, `http` and so on.
    public var type: String
    /// Its address and port.
    public var address: String
    /// `running`, `suspended` and so on.
    public var status: String

    /// A listener from its parts.
    public init(type: String, address: String, status: String) {
        self.type = type
        self.address = address
        self.status = status
    }

    /// The listeners in an answer to `GET /status.json`; nil if there is nothing of that kind in it. What an entry lacks is
    /// told as `?`.
    public static func read(_ answer: JSONValue, of node: String) -> [BrokerListener]? {
        answer[0]?[node]?["listeners"]?.arrayValue?.map { entry in
            func text(_ name: String) -> String {
                let value = entry[name]
                return value?.stringValue ?? value?.integerValue.map(String.init) ?? "?"
            }
            let host = text("ip").contains(":") ? "[\(text("ip"))]" : text("ip")
            return BrokerListener(type: text("type"), address: "\(host):\(text("port"))", status: text("status"))
        }
    }
}

import Document

/// What an HTTP request meets.
public enum HTTPOutcome: Sendable, Equatable {
    /// Nobody listens there.
    case refused
    /// Nothing comes back.
    case silence
    /// An answer.
    case answer(status: Int, body: String)
}

extension World {
    /// `GET path` on a broker's HTTP listener, asked from an address.
    public func http(_ path: String, at address: String, from origin: String) -> HTTPOutcome {
        guard let broker = brokers[address], broker.phase == .up else { return .refused }
        if let asker = brokers[origin]?.name, severed.contains([asker, broker.name]) { return .silence }
        switch path {
        case "/health/ping":
            return .answer(status: 200, body: "{\"status\":\"OK\"}")
        case "/health":
            return broker.listeners == .suspended
                ? .answer(
                    status: 503,
                    body: "{\"status\":\"DOWN\",\"reasons\":[\"Listeners are not ready: [mqttws,mqtt]\"]}"
                )
                : .answer(status: 200, body: "{\"status\":\"OK\"}")
        case "/status.json":
            return .answer(status: 200, body: statusDocument(of: broker).serializedString())
        default:
            return .answer(status: 404, body: "")
        }
    }

    /// The document of the node that is asked, with the members that run beside it, itself first.
    private func statusDocument(of broker: Broker) -> JSONValue {
        var nodes: JSONObject = [:]
        nodes[broker.name] = status(of: broker)
        for row in report(of: broker) where row.running && row.node != broker.name {
            if let other = self.broker(named: row.node) { nodes[row.node] = status(of: other) }
        }
        return [.object(nodes)]
    }

    private func status(of broker: Broker) -> JSONValue {
        var view: JSONObject = [:]
        for row in report(of: broker) { view[row.node] = .bool(row.running) }
        let offline = disks[broker.disk]?.queues.count ?? 0
        var listeners: [JSONValue] = [
            ["type": "http", "status": "running", "ip": .string(broker.address), "port": 8888, "max_conns": 10000]
        ]
        if broker.listeners != .absent {
            listeners.insert(
                [
                    "type": "mqtt", "status": .string(broker.listeners.rawValue), "ip": .string(broker.address),
                    "port": 1883, "mountpoint": [], "max_conns": 10000,
                ],
                at: 0
            )
        }
        return [
            "num_online": .integer(Int64(broker.clients)), "num_offline": .integer(Int64(offline)), "msg_in": 0,
            "msg_out": 0, "num_subscriptions": .integer(Int64(offline)), "num_retained": 0, "version": "2.2.0",
            "mystatus": [.object(view)], "listeners": .array(listeners),
        ]
    }
}

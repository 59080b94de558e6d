import Document
import VerneMQ

/// A port that clients connect to.
struct ListenerPort: Sendable, Hashable {
    /// What is spoken there: `mqtt`, `mqtts`, `ws` or `wss`.
    var protocolName: String
    /// The TCP port.
    var port: Int64

    /// The name in the Service. It does not depend on other listeners, so that one that comes or goes renames nobody.
    var name: String {
        switch (protocolName, port) {
        case ("mqtt", 1883), ("mqtts", 8883), ("ws", 8080), ("wss", 8443): protocolName
        default: "\(protocolName)-\(port)"
        }
    }
}

/// Finds the ports that clients connect to: the listeners of `spec.config`, those that settings and variables open, and
/// those that the official image opens by itself where nothing else is said.
enum ListenerPorts {
    static func all(_ resource: ClusterResource, settings: [Setting], environment: [JSONValue]) -> [ListenerPort] {
        let written = written(settings: settings, environment: environment)
        var ports = resource.spec("config")?["listeners"]?.arrayValue?.compactMap(port(of:)) ?? []
        ports += written.compactMap { key, value in port(key: key, address: value) }
        let defaults: [(key: String, port: ListenerPort)] = [
            ("listener.tcp.default", ListenerPort(protocolName: "mqtt", port: 1883)),
            ("listener.ws.default", ListenerPort(protocolName: "ws", port: 8080)),
        ]
        ports += defaults.filter { entry in !written.contains { $0.key == entry.key } }.map(\.port)
        var seen: Set<Int64> = []
        return ports.filter { seen.insert($0.port).inserted }.sorted { $0.port < $1.port }
    }

    /// Listeners that are opened at start, with their addresses.
    private static func written(settings: [Setting], environment: [JSONValue]) -> [(key: String, value: String)] {
        let ownKeys = settings.map { ($0.key, $0.value) }
        let variables = environment.compactMap { variable -> (String, String)? in
            guard let name = variable["name"]?.stringValue, name.hasPrefix(BootVariable.prefix),
                let value = variable["value"]?.stringValue
            else { return nil }
            return (BootVariable.imageReading(of: name), value)
        }
        return (ownKeys + variables).filter { $0.0.hasPrefix("listener.") }.map { (key: $0.0, value: $0.1) }
    }

    private static func port(of listener: JSONValue) -> ListenerPort? {
        guard let port = listener["port"]?.integerValue, (1...65535).contains(port),
            !isLoopback(listener["address"]?.stringValue ?? "")
        else { return nil }
        let isWebSocket = listener["websocket"]?.boolValue == true
        let isEncrypted = listener["tlsConfig"]?.objectValue != nil
        return ListenerPort(protocolName: name(isWebSocket: isWebSocket, isEncrypted: isEncrypted), port: port)
    }

    /// `listener.<kind>.<name> = ADDRESS:PORT`; keys with more parts are options of a listener.
    private static func port(key: String, address: String) -> ListenerPort? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let colon = address.lastIndex(of: ":"),
            let port = Int64(address[address.index(after: colon)...]), (1...65535).contains(port),
            !isLoopback(String(address[..<colon]))
        else { return nil }
        switch parts[1] {
        case "tcp": return ListenerPort(protocolName: "mqtt", port: port)
        case "ssl": return ListenerPort(protocolName: "mqtts", port: port)
        case "ws": return ListenerPort(protocolName: "ws", port: port)
        case "wss": return ListenerPort(protocolName: "wss", port: port)
        default: return nil
        }
    }

    private static func name(isWebSocket: Bool, isEncrypted: Bool) -> String {
        switch (isWebSocket, isEncrypted) {
        case (false, false): "mqtt"
        case (false, true): "mqtts"
        case (true, false): "ws"
        case (true, true): "wss"
        }
    }

    private static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "localhost" || address == "::1" || address == "[::1]"
    }
}

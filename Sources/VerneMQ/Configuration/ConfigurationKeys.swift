/// A key below `listener.`, taken apart.
public struct ListenerKey: Sendable, Hashable {
    /// The transports of listeners. MQTT over TCP, TLS, WebSocket and TLS WebSocket; between brokers; HTTP.
    public static let transports = ["tcp", "ssl", "ws", "wss", "vmq", "vmqs", "http", "https"]
    /// Transports that need a certificate.
    public static let secureTransports: Set<String> = ["ssl", "wss", "vmqs", "https"]
    /// Transports of MQTT clients.
    public static let clientTransports: Set<String> = ["tcp", "ssl", "ws", "wss"]

    /// `tcp`, or nil for an option of all listeners.
    public var transport: String?
    /// The listener's own name, nil for an option of all listeners of the transport.
    public var name: String?
    /// The option, with dots where it has several parts; nil in the line that gives the listener its address.
    public var option: String?

    /// Nil if the key is none of a listener.
    public init?(_ key: String) {
        self.init(key, options: ConfigurationSchema.shared.optionNames)
    }

    init?(_ key: String, options: Set<String>) {
        guard key.hasPrefix("listener.") else { return nil }
        let segments = key.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard segments.count > 1 else { return nil }
        guard Self.transports.contains(segments[1]) else {
            option = segments.dropFirst().joined(separator: ".")
            return
        }
        transport = segments[1]
        guard segments.count > 2 else { return nil }
        if segments.count == 3, options.contains(segments[2]) || segments[2] == "proxy_protocol_use_cn_as_username" {
            option = segments[2]
        } else {
            name = segments[2]
            option = segments.count > 3 ? segments[3] : nil
        }
    }

    /// Transport and name with a dot between them, nil for an option of more than one listener.
    public var listener: String? {
        guard let transport, let name else { return nil }
        return "\(transport).\(name)"
    }
}

/// A key below `plugins.`, taken apart.
public struct PluginKey: Sendable, Hashable {
    /// Plugins that the broker brings.
    public static let bundled = [
        "vmq_acl", "vmq_passwd", "vmq_diversity", "vmq_webhooks", "vmq_bridge", "vmq_http_pub", "vmq_web_ui",
        "vmq_mqtt5_demo_plugin",
    ]
    /// Parts of the broker itself that are plugins by their nature; switching one of them takes the broker apart.
    public static let system: Set<String> = [
        "vmq_swc", "vmq_plumtree", "vmq_generic_msg_store", "vmq_server", "vmq_plugin", "vmq_commons",
    ]

    /// The application.
    public var name: String
    /// `path` or `priority`, nil in the line that switches the plugin.
    public var option: String?

    /// Nil if the key is none of a plugin's.
    public init?(_ key: String) {
        guard key.hasPrefix("plugins.") else { return nil }
        let segments = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(segments.count) else { return nil }
        name = segments[1]
        option = segments.count > 2 ? segments[2] : nil
    }

    /// The value of `plugins.NAME` where the configuration has none.
    public static func isOnByDefault(_ name: String) -> String {
        name == "vmq_acl" || name == "vmq_passwd" ? "on" : "off"
    }
}

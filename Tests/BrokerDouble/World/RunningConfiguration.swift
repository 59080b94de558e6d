import Document
public import VerneMQ

/// The configuration of a running broker, and the commands of `vmq-admin` that show and change it: with the texts, the exit
/// codes and the quirks of the transcripts.
public struct RunningConfiguration: Sendable, Equatable {
    /// A listener.
    public struct Listener: Sendable, Equatable {
        /// `mqtt`, `mqttws`, …
        public var type: String
        /// Where it listens.
        public var address: String
        /// Its port.
        public var port: String
        /// Its mountpoint.
        public var mountpoint = ""
        /// The most connections.
        public var maximum = "10000"
        /// Whether it was stopped without `-k`.
        public var isSuspended = false
        /// How it was started by command, in the order of its flags; empty for one of the configuration.
        public var flags: [String] = []
        /// Tells it from one that was at this place before.
        public var number = 0
    }

    /// The values of keys, as they are written.
    public private(set) var values: [String: String] = [:]
    /// The listeners.
    public private(set) var listeners: [Listener] = []
    /// The plugins that run.
    public private(set) var plugins: Set<String> = []
    /// How often the cache of certificates was cleared.
    public private(set) var clearings = 0
    /// Plugins whose start crashes the plugin manager.
    public var crashing: Set<String> = []

    private let node: String
    private let version: VerneMQVersion
    private var count = 0

    /// Starts with settings, those of the image's own included.
    public init(
        _ settings: [String: String] = [:],
        node: String,
        address: String,
        version: VerneMQVersion = VerneMQVersion(2, 0, 1)
    ) {
        self.node = node
        self.version = version
        for rule in ConfigurationSchema.shared.rules where rule.liveEffect(in: version) != nil && !rule.hasWildcards {
            values[rule.pattern] = rule.defaultValue(in: version) ?? ""
        }
        plugins = ["vmq_acl", "vmq_passwd"]
        var open = [
            "listener.tcp.default": "\(address):1883", "listener.ws.default": "\(address):8080",
            "listener.vmq.clustering": "\(address):44053", "listener.http.metrics": "\(address):8888",
        ]
        for (key, value) in settings {
            let parts = key.split(separator: ".").map(String.init)
            if parts.count == 3, parts[0] == "listener", value.contains(":") { open[key] = value }
            if parts.count == 2, parts[0] == "plugins" {
                if value == "on" { plugins.insert(parts[1]) } else { plugins.remove(parts[1]) }
            }
            values[key] = value
        }
        let types = ["tcp": "mqtt", "ssl": "mqtts", "ws": "mqttws", "wss": "mqttwss"]
        for (key, value) in open.sorted(by: { $0.key < $1.key }) {
            let transport = String(key.split(separator: ".")[1])
            guard let colon = value.lastIndex(of: ":") else { continue }
            add(
                Listener(
                    type: types[transport] ?? transport,
                    address: String(value[..<colon]),
                    port: String(value[value.index(after: colon)...]),
                    mountpoint: settings["\(key).mountpoint"] ?? "",
                    maximum: settings["\(key).max_connections"] ?? settings["listener.max_connections"] ?? "10000"
                )
            )
        }
    }

    private mutating func add(_ listener: Listener) {
        count += 1
        var listener = listener
        listener.number = count
        listeners.append(listener)
    }

    /// `vmq-admin …`; nil for a command that is not about the configuration.
    public mutating func admin(_ arguments: [String]) -> AdminReply? {
        // The script passes on what it was given without quotes.
        let words = arguments.flatMap { $0.split(separator: " ").map(String.init) }
        let isJSON = words.contains("--format=json")
        switch words.first {
        case "set": return set(words.dropFirst().filter { !$0.hasPrefix("--") }, isJSON: isJSON)
        case "show": return show(words.dropFirst().filter { !$0.hasPrefix("--") })
        case "listener": return listener(Array(words.dropFirst()), isJSON: isJSON)
        case "plugin": return plugin(Array(words.dropFirst()))
        case "tls" where words.dropFirst().first == "clear-pem-cache":
            clearings += 1
            return crash("badarg, [{vmq_cli_json_writer, write, 1, []}]")
        default: return nil
        }
    }

    // MARK: Keys

    private mutating func set(_ words: [String], isJSON: Bool) -> AdminReply {
        var changes: [(String, String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                return AdminReply(output: "Usage: vmq-admin set <variable>=<value> ...\n", exit: 1)
            }
            changes.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        for (key, value) in changes {
            guard let rule = ConfigurationSchema.shared.rule(named: key), rule.liveEffect(in: version) != nil,
                rule.requiredPlugin.map(plugins.contains) ?? true
            else {
                return AdminReply(
                    output: "Unknown variable: \(key)\n=ERROR REPORT==== no setting with that name.\n",
                    exit: 1
                )
            }
            let type = rule.type(in: version)
            let isWord = type.words.contains(value)
            let isForm = type.forms.contains { $0 != .integer } || (type.forms.contains(.integer) && Int(value) != nil)
            guard isWord || isForm else {
                let text = "Error transforming datatype for: \(key)\n\"\(value)\" cannot be converted to a(n) integer\n"
                return AdminReply(output: text, exit: 1)
            }
        }
        for (key, value) in changes { values[key] = value }
        guard !isJSON else { return crash("badarg, [{erlang, iolist_to_binary, []}]") }
        return AdminReply(output: changes.reversed().map { "\($0.0) set to \"\($0.1)\"\n" }.joined())
    }

    private func show(_ keys: [String]) -> AdminReply {
        let unknown = keys.filter { key in
            guard let rule = ConfigurationSchema.shared.rule(named: key), !rule.hasWildcards else { return true }
            return !(rule.requiredPlugin.map(plugins.contains) ?? true) || values[key] == nil
        }
        guard unknown.isEmpty else {
            return AdminReply(output: "Invalid config keys: \(unknown.joined(separator: " ")) \n", exit: 1)
        }
        var row: JSONValue = ["node": .string(node)]
        for key in keys { row[key] = Self.translated(values[key] ?? "", key) }
        return table([row])
    }

    /// The value after its translation.
    private static func translated(_ value: String, _ key: String) -> JSONValue {
        if let number = Int64(value) { return .integer(number) }
        guard ConfigurationSchema.shared.rule(named: key)?.format == .expiry else { return .string(value) }
        let factors = ["s": 1, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = value.last, let number = Int64(value.dropLast()), let factor = factors[String(unit)] else {
            return .integer(0)
        }
        return .integer(number * Int64(factor))
    }

    // MARK: Listeners

    private mutating func listener(_ words: [String], isJSON: Bool) -> AdminReply? {
        guard let command = words.first else { return nil }
        if command == "show" {
            return table(
                listeners.map { listener in
                    [
                        "type": .string(listener.type), "status": listener.isSuspended ? "suspended" : "running",
                        "address": .string(listener.address), "port": .string(listener.port),
                        "mountpoint": .string(listener.mountpoint),
                        "max_conns": Int64(listener.maximum).map { .integer($0) } ?? .string(listener.maximum),
                        "active_conns": 0, "all_conns": 0,
                    ]
                }
            )
        }
        func argument(_ name: String) -> String? {
            words.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard let address = argument("address"), let port = argument("port") else {
            return AdminReply(output: "Usage: vmq-admin listener \(command)\n")
        }
        let index = listeners.firstIndex { $0.address == address && $0.port == port }
        switch command {
        case "start":
            guard index == nil else {
                return AdminReply(output: "can't start listener due to '{already_started,<0.5543.0>}'\n")
            }
            guard !listeners.contains(where: { $0.port == port && ($0.address == "0.0.0.0" || address == "0.0.0.0") })
            else { return AdminReply(output: "can't start listener due to '{listen_error, eaddrinuse}'\n") }
            let flags = words.dropFirst().filter { $0.hasPrefix("--") }
            let isSecure = flags.contains("--ssl")
            let isWebSocket = flags.contains("--websocket")
            if flags.contains(where: { $0 == "--require_certificate=on" }) { return crash("function_clause, []") }
            add(
                Listener(
                    type: isWebSocket ? (isSecure ? "mqttwss" : "mqttws") : (isSecure ? "mqtts" : "mqtt"),
                    address: address,
                    port: port,
                    mountpoint: flags.first { $0.hasPrefix("--mountpoint=") }.map { String($0.dropFirst(13)) } ?? "",
                    maximum: flags.first { $0.hasPrefix("--max_connections=") }.map { String($0.dropFirst(18)) }
                        ?? "infinity",
                    flags: Array(flags)
                )
            )
        case "stop", "restart":
            guard let index else { return crash("badarg, [{ets, lookup_element, []}]") }
            listeners[index].isSuspended = command == "stop"
        case "delete": if let index { listeners.remove(at: index) }
        default: return nil
        }
        return AdminReply(output: "Done\n")
    }

    // MARK: Plugins

    /// Plugins without visible hooks.
    private static let unseen: Set<String> = ["vmq_bridge", "vmq_http_pub", "vmq_web_ui"]

    private mutating func plugin(_ words: [String]) -> AdminReply? {
        guard let command = words.first else { return nil }
        if command == "show" {
            return table(
                plugins.subtracting(Self.unseen).sorted().map { name in
                    [
                        "Plugin": .string(name), "Type": "application", "Hook(s)": "on_register\n",
                        "M:F/A": .string("\(name):on_register/3\n"),
                    ]
                }
            )
        }
        let name = words.first { $0.hasPrefix("--name=") }.map { String($0.dropFirst(7)) } ?? ""
        switch command {
        case "enable":
            guard !name.isEmpty else { return AdminReply(output: "Incomplete plugin specification\n") }
            if crashing.contains(name) {
                // The manager restarts with an empty list; what ran goes with the next change.
                return crash("{{badmatch, {error, x}}, [{vmq_plugin_mgr, start_plugin, 1, []}]}")
            }
            let isBundled = PluginKey.bundled.contains(name) || words.contains { $0.hasPrefix("--path=") }
            guard isBundled else {
                return AdminReply(output: "Can't enable plugin: \(name) due to plugin_not_found\n")
            }
            guard plugins.insert(name).inserted else {
                return AdminReply(output: "Can't enable plugin: \(name) due to already_enabled\n")
            }
        case "disable":
            guard plugins.remove(name) != nil else {
                return AdminReply(output: "Can't disable plugin: \(name) due to plugin_not_found\n")
            }
        default: return nil
        }
        return AdminReply(output: "Done\n")
    }

    // MARK: Texts

    private func table(_ rows: [JSONValue]) -> AdminReply {
        let value: JSONValue = ["table": .array(rows), "type": "table"]
        return AdminReply(output: value.serializedString() + "\n")
    }

    private func crash(_ reason: String) -> AdminReply {
        .failure("RPC to '\(node)' failed: {'EXIT', {\(reason)}}")
    }

    /// Changes a key behind everybody's back.
    public mutating func drift(_ key: String, _ value: String) { values[key] = value }
}

/// One step to bring a broker to its configuration.
public enum LiveAction: Sendable, Hashable {
    /// Sets keys, all in one call.
    case set([KeyValue])
    /// Starts a plugin.
    case enable(DesiredPlugin)
    /// Stops one.
    case disable(String)
    /// Runs a command that the user has for a plugin.
    case hook(plugin: String, PluginHooks.Stage, PluginHooks.Command)
    /// Notes that the commands for a plugin that runs have been run.
    case noteStarted(plugin: String, PluginHooks)
    /// Ends a listener and its sessions.
    case deleteListener(address: String)
    /// Starts one.
    case startListener(DesiredListener)
    /// Has new handshakes read certificates that have changed.
    case clearCertificates
    /// Notes the content of files as read.
    case noteFiles([String: String])

    /// A key with its new value.
    public struct KeyValue: Sendable, Hashable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: String

        /// A key with a value.
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The arguments of `vmq-admin`; nil for what is no call of it.
    public var arguments: [String]? {
        switch self {
        case .set(let pairs): ["set"] + pairs.map { "\($0.key)=\($0.value)" }
        case .enable(let plugin):
            ["plugin", "enable", "--name=\(plugin.name)"] + (plugin.path.map { ["--path=\($0)"] } ?? [])
        case .disable(let name): ["plugin", "disable", "--name=\(name)"]
        case .deleteListener(let address):
            Place(address).map { ["listener", "delete", "address=\($0.host)", "port=\($0.port)"] }
        case .startListener(let listener): ["listener", "start"] + listener.arguments
        case .clearCertificates: ["tls", "clear-pem-cache"]
        case .hook, .noteStarted, .noteFiles: nil
        }
    }

    /// A word for metrics and logs, out of a closed set.
    public var code: String {
        switch self {
        case .set: "set"
        case .enable: "enable"
        case .disable: "disable"
        case .hook: "hook"
        case .noteStarted, .noteFiles: "note"
        case .deleteListener: "delete-listener"
        case .startListener: "start-listener"
        case .clearCertificates: "clear-certificates"
        }
    }

    /// What it is about, for people: names, never values.
    public var subject: String {
        switch self {
        case .set(let pairs): pairs.map(\.key).joined(separator: ", ")
        case .enable(let plugin): "plugin \(plugin.name)"
        case .disable(let name): "plugin \(name)"
        case .hook(let plugin, let stage, _): "\(stage.rawValue) of plugin \(plugin)"
        case .noteStarted(let plugin, _): "plugin \(plugin)"
        case .deleteListener(let address): "listener \(address)"
        case .startListener(let listener): "listener \(listener.name)"
        case .clearCertificates, .noteFiles: "certificates"
        }
    }
}

extension LiveRecord {
    /// Notes a step that has been done.
    public mutating func note(_ action: LiveAction) {
        switch action {
        case .set(let pairs): keys.formUnion(pairs.map(\.key))
        case .enable(let plugin):
            plugins[plugin.name] = plugin.digest
            stops[plugin.name] = plugin.hooks
        case .disable(let name):
            plugins[name] = ""
            started[name] = nil
            stops[name] = nil
        case .noteStarted(let name, let hooks):
            started[name] = hooks.startDigest
            stops[name] = hooks
        case .deleteListener(let address): listeners[address] = ""
        case .startListener(let listener): listeners[listener.address] = listener.digest
        case .noteFiles(let sums): files.merge(sums) { $1 }
        case .hook, .clearCertificates: break
        }
    }
}

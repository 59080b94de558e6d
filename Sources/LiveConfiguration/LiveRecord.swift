public import Document
import VerneMQ

/// What the operator has done to a broker that the broker does not show: kept in a file of the broker's container, which
/// ends with the container as everything done to it does.
public struct LiveRecord: Sendable, Hashable {
    /// The container that it is about. Another's is worthless.
    public var container: String
    /// Keys that were ever set.
    public var keys: Set<String> = []
    /// Digests of the listeners that were started, by address; the empty text for one that was deleted.
    public var listeners: [String: String] = [:]
    /// Plugins that were switched, with what is settled when they start; the empty text for one that was stopped.
    public var plugins: [String: String] = [:]
    /// The commands that were run once a plugin ran.
    public var started: [String: String] = [:]
    /// The commands for the end of plugins that run.
    public var stops: [String: PluginHooks] = [:]
    /// Checksums of the files that TLS listeners read, as they were when they were read.
    public var files: [String: String] = [:]
    /// What the broker shows for a value that it took and shows in another form, by key.
    public var shown: [String: Shown] = [:]
    /// Whether the plugin manager has crashed: another start or stop of a plugin would take all hooks away.
    public var hasCrashed = false

    /// A value, and what is shown for it.
    public struct Shown: Sendable, Hashable {
        /// The value as it was set.
        public var value: String
        /// The value as it was shown afterwards.
        public var text: String
    }

    /// Notes what the broker shows for a value that it has just taken, where that is not the value and not what it showed
    /// before.
    public mutating func note(_ pair: LiveAction.KeyValue, before: JSONValue?, after: JSONValue?) {
        guard let after, before != after, let rule = ConfigurationSchema.shared.rule(named: pair.key),
            !LiveValue.isSame(pair.value, after, rule)
        else { return }
        shown[pair.key] = Shown(value: pair.value, text: LiveValue.text(of: after))
    }

    /// A record of nothing.
    public init(container: String) {
        self.container = container
    }

    /// Reads what ``text`` wrote; of another container, or of none, it is a record of nothing.
    public init(_ text: String, container: String) {
        self.init(container: container)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: Array(text.utf8)) } catch { return }
        guard value["container"]?.stringValue == container else { return }
        keys = Set((value["keys"]?.arrayValue ?? []).compactMap(\.stringValue))
        listeners = Self.texts(value["listeners"])
        plugins = Self.texts(value["plugins"])
        started = Self.texts(value["started"])
        files = Self.texts(value["files"])
        for (key, entry) in value["shown"]?.objectValue ?? [:] {
            guard let value = entry[0]?.stringValue, let text = entry[1]?.stringValue else { continue }
            shown[key] = Shown(value: value, text: text)
        }
        hasCrashed = value["crashed"]?.boolValue ?? false
        for (name, hooks) in value["stops"]?.objectValue ?? [:] { stops[name] = PluginHooks(hooks) }
    }

    /// The content of the file.
    public var text: String {
        func sorted(_ texts: [String: String]) -> JSONValue {
            .strings(texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
        var stops = JSONObject()
        for (name, hooks) in self.stops.sorted(by: { $0.key < $1.key }) { stops[name] = hooks.value }
        var shown = JSONObject()
        for (key, entry) in self.shown.sorted(by: { $0.key < $1.key }) {
            shown[key] = .array([.string(entry.value), .string(entry.text)])
        }
        let value: JSONValue = [
            "container": .string(container), "keys": .array(keys.sorted().map(JSONValue.string)),
            "listeners": sorted(listeners), "plugins": sorted(plugins), "started": sorted(started),
            "files": sorted(files), "stops": .object(stops), "shown": .object(shown), "crashed": .bool(hasCrashed),
        ]
        return value.serializedString()
    }

    private static func texts(_ value: JSONValue?) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, text) in value?.objectValue ?? [:] { texts[name] = text.stringValue ?? "" }
        return texts
    }
}

extension PluginHooks {
    /// Reads the commands out of an entry of `spec.config.plugins`, or what ``value`` wrote.
    public init(_ plugin: JSONValue) {
        for stage in Stage.allCases {
            let commands = (plugin[stage.rawValue]?.arrayValue ?? []).compactMap { entry -> Command? in
                guard let text = entry["cmd"]?.stringValue, !text.isEmpty else { return nil }
                let timeout = entry["timeoutSeconds"]?.integerValue ?? 0
                return Command(text, timeout: timeout > 0 ? Int(min(timeout, 3600)) : 5)
            }
            if !commands.isEmpty { self.commands[stage] = commands }
        }
    }

    var value: JSONValue {
        var object = JSONObject()
        for stage in Stage.allCases where !self[stage].isEmpty {
            object[stage.rawValue] = .array(
                self[stage].map { ["cmd": .string($0.text), "timeoutSeconds": .integer(Int64($0.timeout))] }
            )
        }
        return .object(object)
    }
}

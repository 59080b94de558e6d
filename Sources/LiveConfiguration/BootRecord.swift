import Document

/// Which configuration a broker has started with: a digest for each key, in a variable of the boot Secret. The variable is
/// in the container as it was when the container started, so it tells what only another start would change.
public struct BootRecord: Sendable, Hashable {
    /// The variable's name. The official image makes no setting of it.
    public static let variable = "VMQ_OPERATOR_CONFIGURATION"

    /// Digests by key. Those of secrets too: who reads them reads the secrets beside them.
    public internal(set) var keys: [String: String] = [:]
    /// The addresses of listeners, by `tcp.default` and the like.
    public internal(set) var listeners: [String: String] = [:]

    /// A record of nothing.
    public init() {}

    /// Reads the variable's value; nil where it is none.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: Array(text.utf8)) } catch { return nil }
        guard let keys = value["keys"]?.objectValue, let listeners = value["listeners"]?.objectValue else { return nil }
        for (name, digest) in keys { self.keys[name] = digest.stringValue ?? "" }
        for (name, address) in listeners { self.listeners[name] = address.stringValue ?? "" }
    }

    /// The variable's value: the same bytes for the same record.
    public var text: String {
        let value: JSONValue = [
            "keys": .strings(keys.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
            "listeners": .strings(listeners.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
        ]
        return value.serializedString()
    }
}

extension JSONValue {
    /// An object of texts.
    static func strings(_ pairs: [(String, String)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in pairs { object[name] = .string(value) }
        return .object(object)
    }
}

import Document

/// One entry of `status.conditions` (`metav1.Condition`), without its times.
struct Condition: Sendable, Hashable {
    /// What a condition is about.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case ready = "Ready"
        case injected = "Injected"
        case clustered = "Clustered"
        case unmigratedState = "UnmigratedState"
        case configurationApplied = "ConfigurationApplied"
        case restartRequired = "RestartRequired"
        case pluginsBuilt = "PluginsBuilt"
    }

    /// Whether it holds.
    enum Status: String, Sendable, Hashable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    var kind: Kind
    var status: Status
    /// In camel case, for programs.
    var reason: String
    /// For people.
    var message: String

    init(_ kind: Kind, _ status: Status, _ reason: String, _ message: String, limit: Int = Self.limit) {
        self.kind = kind
        self.status = status
        self.reason = reason
        self.message = message.count <= limit ? message : message.prefix(limit - 1) + "…"
    }

    /// The API allows 32 768 characters; nobody reads so many.
    static let limit = 1024

    /// The entry. The time of the last transition is that of the entry before where the status is the same.
    func entry(previous: JSONValue?, generation: Int64?, now: String) -> JSONValue {
        var since = now
        if previous?["status"]?.stringValue == status.rawValue, let time = previous?["lastTransitionTime"]?.stringValue
        {
            since = time
        }
        return .members([
            ("type", .string(kind.rawValue)),
            ("status", .string(status.rawValue)),
            ("reason", .string(reason)),
            ("message", .string(message)),
            ("lastTransitionTime", .string(since)),
            ("observedGeneration", generation.map(JSONValue.integer)),
        ])
    }
}

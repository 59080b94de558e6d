import Document

/// What the operator has written of a cluster into the status of its resource.
struct OverviewConditions {
    private let entries: [JSONValue]

    /// Reads them; there are none without a resource.
    init(_ resource: JSONValue?) {
        entries = resource?["status"]?["conditions"]?.arrayValue ?? []
    }

    /// Those that say that something is not as it should be, by the value that says so. Others may stand beside them, which
    /// are somebody else's.
    private static let wrong = [
        "Ready": "False", "Injected": "False", "Clustered": "False", "UnmigratedState": "True",
        "ConfigurationApplied": "False", "RestartRequired": "True", "PluginsBuilt": "False",
    ]

    /// What is said of one type: `True`, `False` or `Unknown`; nil for nothing.
    func status(of type: String) -> String? {
        entries.first { $0["type"]?.stringValue == type }?["status"]?.stringValue
    }

    /// What is not as it should be. What is not known yet is nothing that is wrong.
    ///
    /// - Parameter types: what is known better.
    func remarks(without types: Set<String>) -> [ClusterOverview.Remark] {
        entries.compactMap { entry in
            guard let type = entry["type"]?.stringValue, !types.contains(type), let wrong = Self.wrong[type],
                entry["status"]?.stringValue == wrong, let reason = entry["reason"]?.stringValue,
                // As it was asked for.
                reason != "ScaledToZero"
            else { return nil }
            return ClusterOverview.Remark(reason, entry["message"]?.stringValue ?? type)
        }
    }
}

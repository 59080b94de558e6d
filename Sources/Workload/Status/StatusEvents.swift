public import Document

/// An event to record on a resource.
public struct StatusEvent: Sendable, Hashable {
    /// How an event is shown.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Things go as they should.
        case normal = "Normal"
        /// Somebody should look.
        case warning = "Warning"
    }

    /// How it is shown.
    public let type: Kind
    /// In camel case.
    public let reason: String
    /// A sentence.
    public let message: String

    /// Makes an event from its parts.
    public init(_ type: Kind, _ reason: String, _ message: String) {
        self.type = type
        self.reason = reason
        self.message = message
    }
}

/// Which events a change of status is worth: one for each condition whose status or reason changed. A message that alone
/// changes (two of three, then one of three) is in the status for whoever wants to know, and is no event.
public enum StatusEvents {
    /// The events, in the order of the conditions, none twice.
    ///
    /// - Parameters:
    ///   - previous: the status before, nil if there was none.
    ///   - status: the status now.
    public static func make(from previous: JSONValue?, to status: JSONValue) -> [StatusEvent] {
        let before = previous?["conditions"]?.arrayValue ?? []
        var seen: Set<StatusEvent> = []
        return (status["conditions"]?.arrayValue ?? []).compactMap { condition in
            guard let type = condition["type"]?.stringValue, let value = condition["status"]?.stringValue,
                let reason = condition["reason"]?.stringValue, !reason.isEmpty
            else { return nil }
            let old = before.first { $0["type"]?.stringValue == type }
            let isSame = old?["status"]?.stringValue == value && old?["reason"]?.stringValue == reason
            // What is not known yet is no news.
            guard !isSame, value != Condition.Status.unknown.rawValue else { return nil }
            let isGood = (value == Condition.Status.yes.rawValue) != isBadWhenTrue(type)
            // Nothing was wrong before, as far as anybody knew, and nothing is now.
            if old == nil, isGood, type != Condition.Kind.ready.rawValue { return nil }
            let message = condition["message"]?.stringValue ?? ""
            let event = StatusEvent(isGood ? .normal : .warning, reason, message)
            return seen.insert(event).inserted ? event : nil
        }
    }

    private static func isBadWhenTrue(_ type: String) -> Bool {
        type == Condition.Kind.restartRequired.rawValue || type == "UnmigratedState"
    }
}

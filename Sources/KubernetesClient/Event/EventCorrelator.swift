public import Document
public import Kubernetes
public import Transport

/// Whether an event is good or bad news.
public enum EventType: String, Sendable, Hashable, CaseIterable {
    /// Something went as it should.
    case normal = "Normal"
    /// Somebody should look.
    case warning = "Warning"
}

/// The object that an event is about (`v1 ObjectReference`).
public struct EventSubject: Sendable, Hashable {
    /// Its kind.
    public var kind: ResourceKind
    /// Its namespace; nil for objects that stand in none.
    public var namespace: String?
    /// Its name.
    public var name: String
    /// Its uid, by which `kubectl describe` finds the event; empty where it is not known.
    public var uid: String

    /// Names an object.
    public init(kind: ResourceKind, namespace: String?, name: String, uid: String = "") {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }

    /// The object itself; nil unless it has a kind and a name.
    public init?(_ object: JSONValue) {
        let view = ObjectView(object)
        guard let kind = view.kind, let name = view.name else { return nil }
        self.init(kind: kind, namespace: view.namespace, name: name, uid: view.uid ?? "")
    }

    var jsonValue: JSONValue {
        var reference: JSONObject = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "name": .string(name),
        ]
        if let namespace { reference["namespace"] = .string(namespace) }
        if !uid.isEmpty { reference["uid"] = .string(uid) }
        return .object(reference)
    }
}

/// Something worth telling about an object.
public struct EventNote: Sendable, Hashable {
    /// What it is about.
    public var subject: EventSubject
    /// Good or bad news.
    public var type: EventType
    /// One word in camel case, out of a closed set.
    public var reason: String
    /// A sentence for people, at most 1024 bytes; what is longer is cut.
    public var message: String

    /// Describes what happened.
    public init(_ subject: EventSubject, _ type: EventType, reason: String, message: String) {
        self.subject = subject
        self.type = type
        self.reason = reason
        self.message = message
    }
}

/// Turns what happens into as few events as tell it: the same again only counts, many alike become one, and an object that
/// will not be quiet is heard now and then. Without I/O and without a clock.
///
/// Source: `k8s.io/client-go/tools/record`, whose numbers these are.
public struct EventCorrelator: Sendable {
    /// What to do about something that happened.
    public enum Outcome: Sendable, Hashable {
        /// Make an event of that name.
        case create(name: String, note: EventNote, first: Timestamp)
        /// The event of that name has happened again.
        case update(name: String, note: EventNote, first: Timestamp, count: Int64)
        /// Nothing: there has been too much about this object.
        case drop
    }

    private struct Series: Sendable {
        var name: String
        var first: Timestamp
        var count: Int64
        var last: Deadline
    }

    private struct Group: Sendable {
        var messages: Set<String> = []
        var last: Deadline
    }

    private struct GroupKey: Hashable, Sendable {
        var subject: EventSubject
        var type: EventType
        var reason: String
    }

    private var series: [EventNote: Series] = [:]
    private var groups: [GroupKey: Group] = [:]
    private var budgets: [EventSubject: (bucket: TokenBucket, last: Deadline)] = [:]

    /// How many different messages of one reason an object may have before they become one event.
    private static let similarLimit = 10
    /// After what silence things begin anew.
    private static let memory: Duration = .seconds(600)
    private static let burst = 25
    private static let rate = 1.0 / 300
    /// How many of each are remembered.
    private static let capacity = 4096
    private static let messageLimit = 1024

    /// A correlator that has heard nothing.
    public init() {}

    /// Decides about something that happened.
    ///
    /// - Parameters:
    ///   - note: what happened.
    ///   - now: the moment.
    ///   - time: the same moment on the calendar.
    public mutating func take(_ note: EventNote, now: Deadline, time: Timestamp) -> Outcome {
        forget(now)
        var note = note
        note.message = note.message.cut(to: Self.messageLimit)
        guard spend(note.subject, now) else { return .drop }
        let key = aggregated(&note, now)
        if var known = series[key] {
            known.count += 1
            known.last = now
            series[key] = known
            return .update(name: known.name, note: note, first: known.first, count: known.count)
        }
        let suffix = UInt64(clamping: time.seconds) &* 1_000_000 &+ UInt64(clamping: time.microseconds)
        let base = note.subject.name.cut(to: 200)
        let name = "\(base).\(String(suffix, radix: 16))\(String(UInt16.random(in: .min ... .max), radix: 16))"
        series[key] = Series(name: name, first: time, count: 1, last: now)
        return .create(name: name, note: note, first: time)
    }

    /// Takes note that an event is not there any more (events live for an hour), or never came to be.
    public mutating func lost(_ name: String) {
        for (key, known) in series where known.name == name { series[key] = nil }
    }

    /// The note that stands for this one: itself, or the one for all of its reason.
    private mutating func aggregated(_ note: inout EventNote, _ now: Deadline) -> EventNote {
        let key = GroupKey(subject: note.subject, type: note.type, reason: note.reason)
        var group = groups[key] ?? Group(last: now)
        if group.last.duration(to: now) >= Self.memory { group.messages = [] }
        if group.messages.count <= Self.similarLimit { group.messages.insert(note.message) }
        group.last = now
        groups[key] = group
        guard group.messages.count > Self.similarLimit else { return note }
        note.message = "(combined from similar events): \(note.message)".cut(to: Self.messageLimit)
        var all = note
        all.message = "(combined)"
        return all
    }

    private mutating func spend(_ subject: EventSubject, _ now: Deadline) -> Bool {
        var bucket = budgets[subject]?.bucket ?? TokenBucket(rate: Self.rate, burst: Self.burst, now: now)
        let isAllowed = bucket.take(now: now) == nil
        budgets[subject] = (bucket, now)
        return isAllowed
    }

    private mutating func forget(_ now: Deadline) {
        let limit = Self.capacity
        guard series.count >= limit || groups.count >= limit || budgets.count >= limit else { return }
        func isFresh(_ last: Deadline) -> Bool { last.duration(to: now) < Self.memory }
        series = series.filter { isFresh($0.value.last) }
        groups = groups.filter { isFresh($0.value.last) }
        budgets = budgets.filter { isFresh($0.value.last) }
        // A flood of objects within ten minutes: better to begin anew than to grow.
        if series.count >= limit { series = [:] }
        if groups.count >= limit { groups = [:] }
        if budgets.count >= limit { budgets = [:] }
    }
}

extension String {
    /// The beginning of the text, whole characters only.
    func cut(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var text = ""
        var count = 0
        for character in self {
            count += character.utf8.count
            if count > bytes - 3 { break }
            text.append(character)
        }
        return text + "…"
    }
}

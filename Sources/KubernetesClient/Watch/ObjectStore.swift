public import Document
import Kubernetes

/// What a store was told and did not know.
public struct ObjectChange: Sendable, Hashable {
    /// The object's name.
    public var key: ObjectKey
    /// The object as it was; nil if it was not there.
    public var old: JSONValue?
    /// The object as it is; nil if it is gone.
    public var new: JSONValue?
}

/// Names for what an object can be found by: the name of its owner, of a ConfigMap that it mentions, and so on.
public typealias Indexer = @Sendable (JSONValue) -> [String]

/// Objects of one resource by name, and by whatever else they are looked for: a value without I/O.
///
/// A new list replaces the content in one step when it is complete; until then the old content stands.
public struct ObjectStore: Sendable {
    private var objects: [ObjectKey: JSONValue] = [:]
    private var incoming: [ObjectKey: JSONValue]?
    private let indexers: [String: Indexer]
    private var indices: [String: [String: Set<ObjectKey>]]

    /// Whether a complete list has been taken in.
    public private(set) var isSynced = false

    /// An empty store.
    public init(indexers: [String: Indexer] = [:]) {
        self.indexers = indexers
        indices = indexers.mapValues { _ in [:] }
    }

    /// How many objects there are.
    public var count: Int { objects.count }

    /// All names, in no order.
    public var keys: some Collection<ObjectKey> { objects.keys }

    /// All objects, in no order.
    public var values: some Collection<JSONValue> { objects.values }

    /// The object of that name.
    public subscript(key: ObjectKey) -> JSONValue? { objects[key] }

    /// The names of objects that an index holds under a value, in order.
    public func keys(in index: String, under value: String) -> [ObjectKey] {
        (indices[index]?[value] ?? []).sorted()
    }

    /// Takes in what a watcher has seen.
    ///
    /// - Returns: what has changed by that. Objects of the same uid and resourceVersion have not.
    public mutating func take(_ output: WatcherOutput) -> [ObjectChange] {
        switch output {
        case .initializing:
            incoming = [:]
            return []
        case .page(let items):
            for item in items {
                if let key = ObjectKey(of: ObjectView(item)) { incoming?[key] = item }
            }
            return []
        case .initialized:
            let complete = incoming ?? [:]
            incoming = nil
            isSynced = true
            return swap(in: complete)
        case .applied(let object):
            guard let key = ObjectKey(of: ObjectView(object)) else { return [] }
            return set(key, object).map { [$0] } ?? []
        case .deleted(let object):
            guard let key = ObjectKey(of: ObjectView(object)) else { return [] }
            return set(key, nil).map { [$0] } ?? []
        }
    }

    private mutating func swap(in complete: [ObjectKey: JSONValue]) -> [ObjectChange] {
        var changes: [ObjectChange] = []
        for key in Array(objects.keys) where complete[key] == nil {
            if let change = set(key, nil) { changes.append(change) }
        }
        for (key, object) in complete {
            if let change = set(key, object) { changes.append(change) }
        }
        return changes
    }

    private mutating func set(_ key: ObjectKey, _ new: JSONValue?) -> ObjectChange? {
        let old = objects[key]
        if let old, let new, Self.isSameVersion(old, new) { return nil }
        if old == nil, new == nil { return nil }
        for (name, indexer) in indexers {
            for value in old.map(indexer) ?? [] { remove(key, from: name, under: value) }
            for value in new.map(indexer) ?? [] { indices[name]?[value, default: []].insert(key) }
        }
        objects[key] = new
        return ObjectChange(key: key, old: old, new: new)
    }

    private mutating func remove(_ key: ObjectKey, from index: String, under value: String) {
        indices[index]?[value]?.remove(key)
        if indices[index]?[value]?.isEmpty == true { indices[index]?[value] = nil }
    }

    private static func isSameVersion(_ left: JSONValue, _ right: JSONValue) -> Bool {
        let (left, right) = (ObjectView(left), ObjectView(right))
        guard let version = left.resourceVersion else { return false }
        return version == right.resourceVersion && left.uid == right.uid
    }
}

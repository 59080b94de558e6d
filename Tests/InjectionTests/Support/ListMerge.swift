import Document

/// Merges what a client has changed in its manifest into a live object, lists of objects by their keys. Entries that the
/// client does not know end up anywhere between his own, whose order is that of his manifest: clients and servers of
/// different versions order them differently, and nobody may rely on it.
struct ListMerge {
    var isServerSide: Bool
    var generator: SeededGenerator

    private static let keys: [String: String] = [
        "containers": "name", "initContainers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath",
        "ports": "containerPort",
    ]

    mutating func merge(_ live: JSONValue, previous: JSONValue, next: JSONValue) -> JSONValue {
        guard case .object(var result) = live, case .object(let wanted) = next else { return next }
        let before = previous.objectValue ?? [:]
        for (name, value) in before where wanted[name] == nil {
            let leavesRest = isServerSide && (name == "lifecycle" || name == "startupProbe")
            result[name] = leavesRest ? result[name].flatMap { removeOwned(value, from: $0) } : nil
        }
        for (name, value) in wanted {
            guard let member = result[name] else {
                result[name] = value
                continue
            }
            if let key = Self.keys[name], case .array(let elements) = value, case .array(let present) = member {
                result[name] = .array(mergeList(present, previous: before[name]?.arrayValue ?? [], next: elements, key))
            } else {
                result[name] = merge(member, previous: before[name] ?? .null, next: value)
            }
        }
        return .object(result)
    }

    private mutating func mergeList(
        _ live: [JSONValue],
        previous: [JSONValue],
        next: [JSONValue],
        _ key: String
    ) -> [JSONValue] {
        let names = next.compactMap { $0[key] }
        let gone = previous.compactMap { $0[key] }.filter { !names.contains($0) }
        var result = next.map { entry in
            guard let present = live.first(where: { $0[key] == entry[key] }) else { return entry }
            let before = previous.first { $0[key] == entry[key] } ?? .null
            return merge(present, previous: before, next: entry)
        }
        let foreign = live.filter { entry in
            entry[key].map { !names.contains($0) && !gone.contains($0) } ?? true
        }
        for entry in foreign {
            result.insert(entry, at: Int.random(in: 0...result.count, using: &generator))
        }
        return result
    }

    /// Takes the fields that the client has set out of a live value and leaves what somebody else has set there, even if
    /// it makes no sense alone.
    private func removeOwned(_ owned: JSONValue, from live: JSONValue) -> JSONValue? {
        guard case .object(let members) = owned, case .object(var result) = live else { return nil }
        for (name, value) in members {
            result[name] = result[name].flatMap { removeOwned(value, from: $0) }
        }
        return .object(result)
    }
}

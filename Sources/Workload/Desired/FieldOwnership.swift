public import Document

extension DesiredObject {
    /// The configuration without the fields that another manager owns and holds at another value: what somebody scales,
    /// edits or applies beside the operator stays as he wants it, and an apply without force meets no conflict.
    ///
    /// - Parameter observed: the object as it is stored, with its `managedFields`.
    /// - Returns: what to apply, and the paths that were given up.
    public func yielding(to observed: JSONValue) -> (object: DesiredObject, yielded: [String]) {
        var object = self
        var yielded: [String] = []
        for entry in observed["metadata"]?["managedFields"]?.arrayValue ?? [] {
            let isOurs =
                entry["manager"]?.stringValue == Self.fieldManager && entry["operation"]?.stringValue == "Apply"
            guard !isOurs, entry["subresource"]?.stringValue != "status", let fields = entry["fieldsV1"] else {
                continue
            }
            object.configuration =
                Self.without(fields, object.configuration, observed, at: "", yielded: &yielded) ?? [:]
        }
        return (object, yielded.sorted())
    }

    /// - Parameters:
    ///   - fields: what the other manager owns here, in the form of `fieldsV1` (structured-merge-diff): members by
    ///     `f:<name>`, elements by `k:<their key as JSON>`, nothing further inside for a whole value.
    ///   - wanted: what we want here.
    ///   - stored: what is here.
    /// - Returns: what to go on wanting, nil for nothing.
    private static func without(
        _ fields: JSONValue,
        _ wanted: JSONValue,
        _ stored: JSONValue?,
        at path: String,
        yielded: inout [String]
    ) -> JSONValue? {
        guard case .object(let owned) = fields else { return wanted }
        if !owned.contains(where: { $0.key != "." }), !path.isEmpty {
            // A container that is owned as such, its content not: everybody may add to it.
            if owned.contains("."), wanted.objectValue != nil || wanted.arrayValue != nil { return wanted }
            guard let stored, !stored.isEquivalent(to: wanted) else { return wanted }
            yielded.append(path)
            return nil
        }
        switch wanted {
        case .object(let members):
            var result = JSONObject()
            for (name, value) in members {
                guard let inner = owned["f:" + name] else {
                    result[name] = value
                    continue
                }
                let place = path.isEmpty ? name : "\(path).\(name)"
                result[name] = without(inner, value, stored?[name], at: place, yielded: &yielded)
            }
            return .object(result)
        case .array(let elements):
            let keys = owned.compactMap { member in key(member.key).map { ($0, member.value) } }
            return .array(
                elements.compactMap { element in
                    guard let (key, inner) = keys.first(where: { matches(element, $0.0) }) else { return element }
                    let other = stored?.arrayValue?.first { matches($0, key) }
                    let name = key.first { _ in true }.map { $0.value.stringValue ?? $0.value.description } ?? ""
                    return without(inner, element, other, at: "\(path)[\(name)]", yielded: &yielded)
                }
            )
        default:
            return wanted
        }
    }

    /// The key of an element: `k:{"containerPort":1883,"protocol":"TCP"}`.
    private static func key(_ name: String) -> JSONObject? {
        guard name.hasPrefix("k:") else { return nil }
        do {
            return try JSONValue(parsing: String(name.dropFirst(2))).objectValue
        } catch {
            return nil  // no key that we know: nothing is given up for it, and the server says if there is a conflict
        }
    }

    private static func matches(_ element: JSONValue, _ key: JSONObject) -> Bool {
        key.allSatisfy { name, value in element[name] == value }
    }
}

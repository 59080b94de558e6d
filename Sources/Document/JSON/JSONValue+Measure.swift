extension JSONValue {
    /// How many containers stand inside each other, counted no further than one beyond the limit.
    func depth(limit: Int) -> Int {
        let children: [JSONValue]
        switch self {
        case .array(let elements): children = elements
        case .object(let object): children = object.values
        default: return 0
        }
        guard limit > 0 else { return 1 }
        var deepest = 0
        for child in children {
            deepest = max(deepest, child.depth(limit: limit - 1))
            if deepest >= limit { break }
        }
        return deepest + 1
    }

    /// The length of the compact text without what escapes add, counted no further than just beyond the limit.
    func approximateSize(limit: Int) -> Int {
        switch self {
        case .null: return 4
        case .bool(let value): return value ? 4 : 5
        case .integer(let value): return String(value).utf8.count
        case .number(let text): return text.utf8.count
        case .string(let text): return text.utf8.count + 2
        case .array(let elements):
            var size = 2
            for element in elements where size <= limit {
                size += 1 + element.approximateSize(limit: limit - size)
            }
            return size
        case .object(let object):
            var size = 2
            for member in object.members where size <= limit {
                size += member.key.utf8.count + 4 + member.value.approximateSize(limit: limit - size)
            }
            return size
        }
    }

    /// The compact text, shortened for messages.
    var excerpt: String {
        guard approximateSize(limit: 80) > 80 else { return serializedString() }
        switch self {
        case .string(let text): return JSONValue.string(text.prefix(60) + "…").serializedString()
        case .array(let elements): return "an array of \(elements.count)"
        case .object(let object): return "an object of \(object.count) members"
        default: return "\(serializedString().prefix(60))…"
        }
    }
}

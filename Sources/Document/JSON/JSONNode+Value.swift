extension JSONNode {
    /// Builds the ordered tree of this value and all that is in it.
    public func value() -> JSONValue {
        var builder = TreeBuilder(bytes: storage.bytes, tokens: storage.tokens, index: index)
        return builder.next()
    }
}

/// Walks the tokens once from front to back, which is the order of the tree.
private struct TreeBuilder {
    let bytes: [UInt8]
    let tokens: [JSONToken]
    var index: Int

    /// The value at the index, which moves on behind it. Recursion is bounded: the scanner has counted the depth.
    mutating func next() -> JSONValue {
        let token = tokens[index]
        index += 1
        switch token.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .string: return .string(JSONText.string(of: token, in: bytes))
        case .number:
            if token.isMarked, let integer = JSONText.integer(token.range, of: bytes) { return .integer(integer) }
            return .number(JSONText.plain(token.range, of: bytes))
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(token.count)
            while index < Int(token.next) { elements.append(next()) }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(token.count)
            while index < Int(token.next) {
                let key = JSONText.string(of: tokens[index], in: bytes)
                index += 1
                members.append(JSONObject.Member(key: key, value: next()))
            }
            return .object(JSONObject(uniqueMembers: members))
        }
    }
}

extension JSONValue {
    /// Parses a JSON document.
    ///
    /// - Throws: ``JSONError`` for the first thing that is wrong.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self = try JSONTape(parsing: bytes, limits: limits).root.value()
    }

    /// Parses a JSON document.
    ///
    /// - Throws: ``JSONError`` for the first thing that is wrong.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

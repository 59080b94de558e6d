/// One value of a ``JSONTape``, by reference: it keeps the document alive, and costs nothing to pass on.
public struct JSONNode: Sendable {
    let storage: JSONTape.Storage
    let index: Int

    /// Every index comes from the tape that the scanner built.
    var token: JSONToken { storage.tokens[index] }

    /// What this value is.
    public var kind: JSONKind {
        switch token.kind {
        case .null: .null
        case .true, .false: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { token.kind == .null }

    /// The truth value, nil if this is not one.
    public var bool: Bool? {
        switch token.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The integer, nil if this is not a number that is written as an integer of at most 64 bits.
    public var integer: Int64? {
        let token = token
        guard token.kind == .number, token.isMarked else { return nil }
        return JSONText.integer(token.range, of: storage.bytes)
    }

    /// The text of the number as it stands in the document, nil if this is no number.
    public var number: String? {
        let token = token
        guard token.kind == .number else { return nil }
        return JSONText.plain(token.range, of: storage.bytes)
    }

    /// The string with its escapes resolved, nil if this is not one.
    public var string: String? {
        let token = token
        return token.kind == .string ? JSONText.string(of: token, in: storage.bytes) : nil
    }

    /// Whether this is that string; makes no copy.
    public func isString(_ text: String) -> Bool {
        let token = token
        return token.kind == .string && storage.string(token, is: text)
    }

    /// How many elements an array or members an object has; 0 for all else.
    public var count: Int { token.count }

    /// Where the value stands in the document, brackets and quotes included.
    public var range: Range<Int> {
        let range = token.range
        return token.kind == .string ? range.lowerBound - 1..<range.upperBound + 1 : range
    }

    /// The bytes of the value as they stand in the document, brackets and quotes included.
    public var bytes: ArraySlice<UInt8> { storage.bytes[range] }

    /// The member of that name, nil if this is no object or has none.
    public subscript(key: String) -> JSONNode? {
        guard token.kind == .object else { return nil }
        let end = Int(token.next)
        var name = index + 1
        while name < end {
            if storage.string(storage.tokens[name], is: key) { return JSONNode(storage: storage, index: name + 1) }
            name = Int(storage.tokens[name + 1].next)
        }
        return nil
    }

    /// The element at that index, nil if this is no array or has none. Walks there from the first one: to see all of them,
    /// use ``elements``.
    public subscript(position: Int) -> JSONNode? {
        guard token.kind == .array, (0..<count).contains(position) else { return nil }
        var element = index + 1
        for _ in 0..<position { element = Int(storage.tokens[element].next) }
        return JSONNode(storage: storage, index: element)
    }

    /// The value at a pointer below this one (RFC 6901), nil if there is none.
    public subscript(pointer: JSONPointer) -> JSONNode? {
        var node = self
        for token in pointer.tokens {
            let child =
                node.kind == .array ? JSONPointer.index(token).flatMap { node[$0] } : node[token]
            guard let child else { return nil }
            node = child
        }
        return node
    }

    /// The elements in order; none if this is no array.
    public var elements: JSONElements { JSONElements(node: self) }

    /// The members in order; none if this is no object.
    public var members: JSONMembers { JSONMembers(node: self) }
}

/// The elements of an array of a tape.
public struct JSONElements: Sequence, Sendable {
    let node: JSONNode

    /// Walks the elements.
    public struct Iterator: IteratorProtocol {
        let storage: JSONTape.Storage
        var position: Int
        let end: Int

        /// The next element.
        public mutating func next() -> JSONNode? {
            guard position < end else { return nil }
            defer { position = Int(storage.tokens[position].next) }
            return JSONNode(storage: storage, index: position)
        }
    }

    /// Walks the elements.
    public func makeIterator() -> Iterator {
        let isArray = node.token.kind == .array
        return Iterator(storage: node.storage, position: node.index + 1, end: isArray ? Int(node.token.next) : 0)
    }

    /// How many elements there are.
    public var underestimatedCount: Int { node.token.kind == .array ? node.count : 0 }
}

/// The members of an object of a tape.
public struct JSONMembers: Sequence, Sendable {
    let node: JSONNode

    /// Walks the members.
    public struct Iterator: IteratorProtocol {
        let storage: JSONTape.Storage
        var position: Int
        let end: Int

        /// The next member.
        public mutating func next() -> (key: String, value: JSONNode)? {
            guard position < end else { return nil }
            let key = JSONText.string(of: storage.tokens[position], in: storage.bytes)
            defer { position = Int(storage.tokens[position + 1].next) }
            return (key, JSONNode(storage: storage, index: position + 1))
        }
    }

    /// Walks the members.
    public func makeIterator() -> Iterator {
        let isObject = node.token.kind == .object
        return Iterator(storage: node.storage, position: node.index + 1, end: isObject ? Int(node.token.next) : 0)
    }

    /// How many members there are.
    public var underestimatedCount: Int { node.token.kind == .object ? node.count : 0 }
}

extension JSONTape.Storage {
    /// Whether a string token stands for that text.
    func string(_ token: JSONToken, is text: String) -> Bool {
        if token.isMarked { return JSONText.string(of: token, in: bytes).hasSameBytes(as: text) }
        let range = token.range
        guard range.count == text.utf8.count else { return false }
        var index = range.lowerBound
        for byte in text.utf8 {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}

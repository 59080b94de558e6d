/// The members of a JSON object: unique names, in order.
///
/// Look-up is linear, which is the fastest thing for the handful of members that objects have, and slow for thousands of
/// them: code that looks up many members of an object of unknown size should walk it instead.
public struct JSONObject: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        var key: String
        var value: JSONValue

        static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }
    }

    var members: [Member]

    /// An object without members.
    public init() {
        members = []
    }

    /// The caller has made sure that no two names are the same.
    init(uniqueMembers members: [Member]) {
        self.members = members
    }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The names in order.
    public var keys: [String] { members.map(\.key) }

    /// The values in order.
    public var values: [JSONValue] { members.map(\.value) }

    /// The value of the member of that name. Setting nil removes it; a new value stays in the place of the old one; a new
    /// member goes to the end.
    public subscript(key: String) -> JSONValue? {
        get {
            index(forKey: key).map { members[$0].value }
        }
        set {
            switch (index(forKey: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Where the member of that name stands, nil if there is none.
    public func index(forKey key: String) -> Int? {
        members.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    /// Whether there is a member of that name.
    public func contains(_ key: String) -> Bool {
        index(forKey: key) != nil
    }

    /// The member at that place, nil if there is none.
    public func member(at index: Int) -> (key: String, value: JSONValue)? {
        guard members.indices.contains(index) else { return nil }
        return (members[index].key, members[index].value)
    }

    /// Removes a member and returns its value, nil if there was none.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        index(forKey: key).map { members.remove(at: $0).value }
    }

    /// Puts a member at a place of its own choosing: an existing member of that name is moved there. Places beyond either
    /// end mean that end.
    public mutating func insert(_ value: JSONValue, forKey key: String, at index: Int) {
        removeValue(forKey: key)
        members.insert(Member(key: key, value: value), at: Swift.min(Swift.max(index, 0), members.count))
    }

    /// Changes the value of a member in place, without copying it; nothing happens if there is none.
    public mutating func update<Failure: Error>(
        _ key: String,
        _ change: (inout JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard let index = index(forKey: key) else { return }
        try change(&members[index].value)
    }

    /// The members that satisfy a condition, in their order.
    public func filter(_ isIncluded: ((key: String, value: JSONValue)) -> Bool) -> JSONObject {
        JSONObject(uniqueMembers: members.filter { isIncluded(($0.key, $0.value)) })
    }
}

extension JSONObject: Sequence {
    /// Walks the members in order.
    public struct Iterator: IteratorProtocol {
        var base: Array<Member>.Iterator

        /// The next member.
        public mutating func next() -> (key: String, value: JSONValue)? {
            base.next().map { ($0.key, $0.value) }
        }
    }

    /// Walks the members in order.
    public func makeIterator() -> Iterator {
        Iterator(base: members.makeIterator())
    }

    /// How many members there are.
    public var underestimatedCount: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in the order of the literal; of members of one name the last value stands, at the place of the first.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self.init()
        for (key, value) in members { self[key] = value }
    }
}

extension JSONObject: CustomStringConvertible {
    /// The compact JSON text.
    public var description: String { JSONValue.object(self).serializedString() }
}

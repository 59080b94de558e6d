extension JSONValue {
    /// Whether both values mean the same: members in whatever order, numbers by their exact value however written
    /// (`1`, `1.0`, `10e-1`), everything else as `==` has it. This is the equality of RFC 6902 §4.6.
    public func isEquivalent(to other: JSONValue) -> Bool {
        isEqual(to: other, numbers: .byMeaning)
    }

    /// How numbers are compared.
    enum NumberComparison {
        case byText, byMeaning
    }

    /// Compares without regard to the order of members.
    func isEqual(to other: JSONValue, numbers: NumberComparison) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            left.count == right.count
                && (left.isSameStorage(as: right)
                    || zip(left, right).allSatisfy { $0.isEqual(to: $1, numbers: numbers) })
        case (.object(let left), .object(let right)):
            left.isEqual(to: right, numbers: numbers)
        case (.number(let left), .number(let right)):
            left.hasSameBytes(as: right) || numbers == .byMeaning && Self.mean(left, right)
        case (.number(let text), .integer(let integer)), (.integer(let integer), .number(let text)):
            numbers == .byMeaning && Self.mean(text, String(integer))
        default: self == other
        }
    }

    private static func mean(_ left: String, _ right: String) -> Bool {
        guard let left = ExactNumber(left), let right = ExactNumber(right) else { return false }
        return left == right
    }
}

extension JSONObject {
    func isEqual(to other: JSONObject, numbers: JSONValue.NumberComparison) -> Bool {
        guard count == other.count else { return false }
        if members.isSameStorage(as: other.members) { return true }
        var lookup = MemberLookup(other)
        for member in members {
            guard let place = lookup.index(forKey: member.key),
                member.value.isEqual(to: other.members[place].value, numbers: numbers)
            else { return false }
        }
        return true
    }
}

/// Look-up of many members of one object, mostly in their order: first at the place after the last one found, then
/// linearly, and in large objects by a dictionary that is made when it is first needed.
struct MemberLookup {
    private let object: JSONObject
    private var places: [ByteKey: Int]?
    private var next = 0

    init(_ object: JSONObject) {
        self.object = object
    }

    mutating func index(forKey key: String) -> Int? {
        let place = find(key)
        if let place { next = place + 1 }
        return place
    }

    private mutating func find(_ key: String) -> Int? {
        if next < object.count, object.members[next].key.hasSameBytes(as: key) { return next }
        guard object.count > 16 else { return object.index(forKey: key) }
        let places = self.places ?? makePlaces()
        self.places = places
        return places[ByteKey(key)]
    }

    private func makePlaces() -> [ByteKey: Int] {
        let pairs = object.members.enumerated().map { (ByteKey($1.key), $0) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

extension Array {
    /// Whether both are one buffer, as copies are that nobody has changed: equal without a look at the elements.
    func isSameStorage(as other: [Element]) -> Bool {
        unsafe withUnsafeBufferPointer { left in
            unsafe other.withUnsafeBufferPointer { right in
                unsafe left.baseAddress == right.baseAddress && left.count == right.count
            }
        }
    }
}

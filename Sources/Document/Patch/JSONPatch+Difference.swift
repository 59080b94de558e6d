extension JSONPatch {
    /// A small patch that makes one value of another.
    ///
    /// What is promised of `apply(difference(from: a, to: b), to: a)`:
    /// - It differs from `b` in nothing but the order of members: number texts and string bytes are the same.
    /// - It is `b` to the letter, order of members included, if in every object that both have the common members stand in
    ///   the same order and the new ones behind them. A patch cannot say more: RFC 6902 knows no order of members. New
    ///   members are added in their order, which ``apply(to:limits:)`` keeps.
    /// - Two values that differ only in the order of members give an empty patch.
    ///
    /// Only what differs is touched, by `add`, `remove`, `replace`, and `move` for elements of lists. Elements are paired
    /// by their `name` where all have one, as Kubernetes does, otherwise by the longest common subsequence. A list, and an
    /// object of which nothing stays, is replaced as a whole where that is shorter. The same values always give the same
    /// patch.
    ///
    /// - Parameter base: where both values stand in the document to patch; the paths begin with it.
    public static func difference(
        from old: JSONValue,
        to new: JSONValue,
        at base: JSONPointer = .root
    ) -> JSONPatch {
        var builder = DifferenceBuilder(path: base.tokens)
        builder.compare(old, new)
        return JSONPatch(builder.operations)
    }
}

/// Walks two trees side by side and notes what differs.
struct DifferenceBuilder {
    private(set) var operations: [PatchOperation] = []
    private var path: [String]

    init(path: [String]) {
        self.path = path
    }

    /// Notes the differences of two values that stand at the current path. Returns whether anything of the old one stays.
    @discardableResult
    mutating func compare(_ old: JSONValue, _ new: JSONValue) -> Bool {
        let first = operations.count
        switch (old, new) {
        case (.object(let oldObject), .object(let newObject)):
            let isAnythingKept = compareMembers(oldObject, newObject)
            if !isAnythingKept { replaceIfShorter(with: new, insteadOf: first) }
            return isAnythingKept
        case (.array(let oldElements), .array(let newElements)):
            return compareElements(oldElements, newElements)
        default:
            guard old != new else { return true }
            operations.append(.replace(path: here, value: new))
            return false
        }
    }

    var here: JSONPointer { JSONPointer(tokens: path) }

    mutating func append(_ operation: PatchOperation) {
        operations.append(operation)
    }

    /// Does something one step further down.
    mutating func descend<Result>(_ step: String, _ body: (inout DifferenceBuilder) -> Result) -> Result {
        path.append(step)
        defer { path.removeLast() }
        return body(&self)
    }

    // MARK: Objects

    private mutating func compareMembers(_ old: JSONObject, _ new: JSONObject) -> Bool {
        if old.members.isSameStorage(as: new.members) { return true }
        var isAnythingKept = false
        var inNew = MemberLookup(new)
        for member in old.members {
            if let place = inNew.index(forKey: member.key) {
                let value = new.members[place].value
                let isKept = descend(member.key) { $0.compare(member.value, value) }
                isAnythingKept = isAnythingKept || isKept
            } else {
                operations.append(.remove(path: here.appending(member.key)))
            }
        }
        var inOld = MemberLookup(old)
        for member in new.members where inOld.index(forKey: member.key) == nil {
            operations.append(.add(path: here.appending(member.key), value: member.value))
        }
        return isAnythingKept || old.isEmpty && new.isEmpty
    }

    // MARK: Wholesale

    /// Replaces the operations from that one on by one that sets the whole value, where that is shorter. Returns whether it
    /// has.
    @discardableResult
    mutating func replaceIfShorter(with new: JSONValue, insteadOf first: Int) -> Bool {
        guard operations.count > first else { return false }
        let whole = PatchOperation.replace(path: here, value: new)
        let size = operations[first...].reduce(0) { $0 + $1.approximateSize(limit: .max) }
        guard whole.approximateSize(limit: size) < size else { return false }
        operations.removeSubrange(first...)
        operations.append(whole)
        return true
    }
}

extension PatchOperation {
    /// The length of the compact text without what escapes add, counted no further than just beyond the limit.
    func approximateSize(limit: Int) -> Int {
        let frame = #"{"op":"","path":""},"#.utf8.count + name.utf8.count + path.approximateSize
        switch self {
        case .add(_, let value), .replace(_, let value), .test(_, let value):
            return frame + #","value":"#.utf8.count + value.approximateSize(limit: max(limit - frame, 0))
        case .move(let from, _), .copy(let from, _):
            return frame + #","from":"""#.utf8.count + from.approximateSize
        case .remove:
            return frame
        }
    }
}

extension JSONPointer {
    /// The length of the text form without what escapes add.
    var approximateSize: Int { tokens.reduce(0) { $0 + $1.utf8.count + 1 } }
}

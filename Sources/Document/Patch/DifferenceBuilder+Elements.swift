extension DifferenceBuilder {
    /// Notes the differences of two lists that stand at the current path. Returns whether any element stays.
    mutating func compareElements(_ old: [JSONValue], _ new: [JSONValue]) -> Bool {
        if old.isSameStorage(as: new) { return true }
        let first = operations.count
        let prefix = zip(old, new).prefix { $0.isEqual(to: $1, numbers: .byText) }.count
        let shorter = min(old.count, new.count) - prefix
        let suffix = zip(old.reversed(), new.reversed()).prefix(shorter)
            .prefix { $0.isEqual(to: $1, numbers: .byText) }.count
        var pairing = ElementPairing(
            old: Array(old[prefix..<old.count - suffix]),
            new: Array(new[prefix..<new.count - suffix])
        )
        pairing.find()
        removeUnpaired(pairing, from: prefix)
        arrange(pairing, from: prefix)
        var isAnythingKept = prefix + suffix > 0 || old.isEmpty && new.isEmpty
        for (place, source) in pairing.sources.enumerated() {
            guard let source else { continue }
            let isKept = compare(pairing.old[source], pairing.new[place], at: prefix + place, pairing.isGuess[place])
            isAnythingKept = isAnythingKept || isKept
        }
        // A list is one thing: rewriting it whole is no more than the many steps, where it is shorter.
        return replaceIfShorter(with: .array(new), insteadOf: first) ? false : isAnythingKept
    }

    /// Elements that go, from the last to the first, so that the indices of the others hold.
    private mutating func removeUnpaired(_ pairing: ElementPairing, from offset: Int) {
        let kept = Set(pairing.sources.compactMap(\.self))
        for index in pairing.old.indices.reversed() where !kept.contains(index) {
            append(.remove(path: here.appending(offset + index)))
        }
    }

    /// Elements that come or move, in their new order: what stands before the cursor is as it will be, except for elements
    /// that are still to move away.
    private mutating func arrange(_ pairing: ElementPairing, from offset: Int) {
        var list: [Int?] = pairing.hasMoves ? pairing.sources.compactMap(\.self).sorted() : []
        var cursor = 0
        for (place, source) in pairing.sources.enumerated() {
            guard pairing.hasMoves else {
                if source == nil { append(.add(path: here.appending(offset + place), value: pairing.new[place])) }
                continue
            }
            while cursor < list.count, let waiting = list[cursor], pairing.isMoving.contains(waiting) { cursor += 1 }
            if let source, pairing.isMoving.contains(source) {
                guard let from = list.firstIndex(of: source) else { continue }
                list.remove(at: from)
                if from < cursor { cursor -= 1 }
                list.insert(nil, at: cursor)
                if from != cursor {
                    append(.move(from: here.appending(offset + from), path: here.appending(offset + cursor)))
                }
            } else if source == nil {
                append(.add(path: here.appending(offset + cursor), value: pairing.new[place]))
                list.insert(nil, at: cursor)
            }
            cursor += 1
        }
    }

    /// - Parameter isGuess: nothing says that the two are one element, they only stand in the same gap: setting the new one
    ///   whole is as good, and is done where it is shorter.
    private mutating func compare(
        _ old: JSONValue,
        _ new: JSONValue,
        at index: Int,
        _ isGuess: Bool
    ) -> Bool {
        descend(String(index)) { builder in
            let first = builder.operations.count
            let isKept = builder.compare(old, new)
            guard isKept, isGuess else { return isKept }
            return !builder.replaceIfShorter(with: new, insteadOf: first)
        }
    }
}

/// Which element of a new list comes from which of the old one.
struct ElementPairing {
    let old: [JSONValue]
    let new: [JSONValue]
    /// For each new element the index of the old one that it comes from, nil if it is new.
    private(set) var sources: [Int?]
    /// For each new element whether its source is only a guess.
    private(set) var isGuess: [Bool]
    /// Old elements that have to move: the others stay in their order.
    private(set) var isMoving: Set<Int> = []

    var hasMoves: Bool { !isMoving.isEmpty }

    init(old: [JSONValue], new: [JSONValue]) {
        self.old = old
        self.new = new
        sources = Array(repeating: nil, count: new.count)
        isGuess = Array(repeating: false, count: new.count)
    }

    mutating func find() {
        guard !old.isEmpty, !new.isEmpty else { return }
        if let oldNames = Self.names(of: old), let newNames = Self.names(of: new) {
            pairByName(oldNames, newNames)
        } else {
            pairByEquality()
        }
        pairGaps()
    }

    // MARK: By name

    /// The `name` of each element, nil unless all have one and no two the same.
    private static func names(of elements: [JSONValue]) -> [ByteKey]? {
        var names: [ByteKey] = []
        for element in elements {
            guard let name = element["name"]?.stringValue else { return nil }
            names.append(ByteKey(name))
        }
        return Set(names).count == names.count ? names : nil
    }

    private mutating func pairByName(_ oldNames: [ByteKey], _ newNames: [ByteKey]) {
        let indices = Dictionary(zip(oldNames, oldNames.indices), uniquingKeysWith: { first, _ in first })
        sources = newNames.map { indices[$0] }
        let paired = sources.compactMap(\.self)
        let staying = Set(Self.longestRisingSubsequence(paired))
        // Each move costs a search through the list: where very many would be needed, elements come and go instead.
        let moving = paired.filter { !staying.contains($0) }
        if moving.count <= Self.mostMoves {
            isMoving = Set(moving)
        } else {
            sources = sources.map { source in source.flatMap { staying.contains($0) ? $0 : nil } }
        }
    }

    private static let mostMoves = 256

    /// By patience sorting: piles with rising tops, each entry linked to the top of the pile before.
    private static func longestRisingSubsequence(_ values: [Int]) -> [Int] {
        var tops: [Int] = []  // positions in values
        var before: [Int?] = []
        for (position, value) in values.enumerated() {
            var (low, high) = (0, tops.count)
            while low < high {
                let middle = (low + high) / 2
                if values[tops[middle]] < value { low = middle + 1 } else { high = middle }
            }
            before.append(low > 0 ? tops[low - 1] : nil)
            if low < tops.count { tops[low] = position } else { tops.append(position) }
        }
        var rising: [Int] = []
        var position = tops.last
        while let current = position {
            rising.append(values[current])
            position = before[current]
        }
        return rising.reversed()
    }

    // MARK: By equality

    private mutating func pairByEquality() {
        var numbers: [UnorderedKey: Int] = [:]
        func number(_ value: JSONValue) -> Int {
            let key = UnorderedKey(value: value)
            if let known = numbers[key] { return known }
            numbers[key] = numbers.count
            return numbers.count - 1
        }
        for (source, place) in Alignment.pairs(old.map(number), new.map(number)) { sources[place] = source }
    }

    /// Between two elements that stay, what went and what came are paired in their order.
    private mutating func pairGaps() {
        let paired = Set(sources.compactMap(\.self))
        var place = 0
        var source = 0
        while place < new.count {
            if let known = sources[place] {
                if !isMoving.contains(known) { source = max(source, known + 1) }
                place += 1
                continue
            }
            let end = new[place...].indices.first { index in
                sources[index].map { !isMoving.contains($0) } ?? false
            }
            let limit = end.flatMap { sources[$0] } ?? old.count
            var candidates = (source..<max(source, limit)).filter { !paired.contains($0) }[...]
            for index in place..<(end ?? new.count) where sources[index] == nil {
                guard let candidate = candidates.popFirst() else { break }
                sources[index] = candidate
                isGuess[index] = true
            }
            place = end ?? new.count
        }
    }
}

/// A value as a dictionary key that ignores the order of members.
private struct UnorderedKey: Hashable {
    let value: JSONValue

    static func == (left: UnorderedKey, right: UnorderedKey) -> Bool {
        left.value.isEqual(to: right.value, numbers: .byText)
    }

    func hash(into hasher: inout Hasher) {
        Self.hash(value, into: &hasher)
    }

    private static func hash(_ value: JSONValue, into hasher: inout Hasher) {
        switch value {
        case .object(let object):
            // A sum does not depend on the order of the members.
            var sum = object.count
            for member in object.members {
                var own = Hasher()
                own.combine(member.key)
                hash(member.value, into: &own)
                sum &+= own.finalize()
            }
            hasher.combine(sum)
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { hash(element, into: &hasher) }
        default: hasher.combine(value)
        }
    }
}

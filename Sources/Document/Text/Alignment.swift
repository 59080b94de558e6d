/// The longest common subsequence of two lists by Myers' algorithm ("An O(ND) Difference Algorithm and Its Variations",
/// 1986), with a bound on its cost.
enum Alignment {
    /// Index pairs of elements that stay, rising in both lists.
    ///
    /// - Parameter bound: how many insertions and deletions are followed at most. Where the lists differ in more, the best
    ///   beginning found so far counts and the rest is taken for different; time is proportional to length × bound, memory
    ///   to bound².
    static func pairs(_ left: [Int], _ right: [Int], bound: Int = 1_024) -> [(Int, Int)] {
        let prefix = zip(left, right).prefix { $0 == $1 }.count
        let shorter = min(left.count, right.count) - prefix
        let suffix = zip(left.reversed(), right.reversed()).prefix(shorter).prefix { $0 == $1 }.count
        var search = GreedySearch(
            left: Array(left[prefix..<left.count - suffix]),
            right: Array(right[prefix..<right.count - suffix]),
            bound: max(bound, 0)
        )
        let head = (0..<prefix).map { ($0, $0) }
        let middle = search.pairs().map { ($0 + prefix, $1 + prefix) }
        let tail = (0..<suffix).map { (left.count - suffix + $0, right.count - suffix + $0) }
        return head + middle + tail
    }
}

/// Myers' greedy search. A diagonal k holds the points with x - y = k; after round d its entry is the furthest x that d
/// insertions and deletions reach on it.
private struct GreedySearch {
    private let left: [Int]
    private let right: [Int]
    private let bound: Int
    /// Entry of diagonal k at index k + bound + 1: one diagonal more on each side saves the special cases.
    private var furthest: [Int]
    /// For each round the entries of diagonals -d...d as they were before it.
    private var trace: [ArraySlice<Int>] = []

    init(left: [Int], right: [Int], bound: Int) {
        self.left = left
        self.right = right
        self.bound = min(bound, left.count + right.count)
        furthest = Array(repeating: 0, count: 2 * self.bound + 3)
    }

    mutating func pairs() -> [(Int, Int)] {
        guard !left.isEmpty, !right.isEmpty else { return [] }
        for round in 0...bound {
            let center = bound + 1
            trace.append(furthest[center - round...center + round])
            for diagonal in stride(from: -round, through: round, by: 2) {
                let x = advance(on: diagonal, round: round)
                furthest[center + diagonal] = x
                if x >= left.count, x - diagonal >= right.count { return walkBack(x: x, diagonal: diagonal) }
            }
        }
        return walkBackFromBest()
    }

    /// One insertion or deletion onto the diagonal, then along it while elements are equal.
    private func advance(on diagonal: Int, round: Int) -> Int {
        let center = bound + 1 + diagonal
        var x = 0
        if round > 0 {
            let comesDown = diagonal == -round || diagonal != round && furthest[center - 1] < furthest[center + 1]
            x = comesDown ? furthest[center + 1] : furthest[center - 1] + 1
        }
        while x < left.count, x - diagonal < right.count, left[x] == right[x - diagonal] { x += 1 }
        return x
    }

    /// The bound is reached: the point inside both lists that is furthest along counts as the end.
    private func walkBackFromBest() -> [(Int, Int)] {
        var best: (x: Int, diagonal: Int)?
        for diagonal in stride(from: -bound, through: bound, by: 2) {
            let x = furthest[bound + 1 + diagonal]
            guard x <= left.count, x - diagonal <= right.count, x >= 0, x >= diagonal else { continue }
            if best.map({ 2 * x - diagonal > 2 * $0.x - $0.diagonal }) ?? true { best = (x, diagonal) }
        }
        return best.map { walkBack(x: $0.x, diagonal: $0.diagonal) } ?? []
    }

    /// Follows the trace from the end to the beginning and collects the equal elements passed on the way.
    private func walkBack(x: Int, diagonal: Int) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        var (x, diagonal) = (x, diagonal)
        for round in trace.indices.reversed() {
            let before = trace[round]
            let center = bound + 1
            var previousX = 0
            var previousDiagonal = 0
            var start = 0
            if round > 0 {
                func entry(_ diagonal: Int) -> Int {
                    before.indices.contains(center + diagonal) ? before[center + diagonal] : -1
                }
                let comesDown =
                    diagonal == -round || diagonal != round && entry(diagonal - 1) < entry(diagonal + 1)
                previousDiagonal = comesDown ? diagonal + 1 : diagonal - 1
                previousX = entry(previousDiagonal)
                start = comesDown ? previousX : previousX + 1
            }
            while x > start {
                x -= 1
                pairs.append((x, x - diagonal))
            }
            (x, diagonal) = (previousX, previousDiagonal)
        }
        return pairs.reversed()
    }
}

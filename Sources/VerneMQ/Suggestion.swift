/// «Did you mean …?» for names that people mistype.
public enum Suggestion {
    /// The candidate that is nearest to a word, nil if none is near: at most a third of the letters may differ.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased().unicodeScalars)
        guard !letters.isEmpty, letters.count <= 100 else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            // A letter has four bytes at most, and as many letters as the lengths differ in must be added or dropped.
            guard candidate.utf8.count <= letters.count * 6 + 12 else { continue }
            let other = Array(candidate.lowercased().unicodeScalars)
            let bound = min(max(letters.count, other.count) / 3, (best?.distance ?? .max) - 1)
            guard abs(letters.count - other.count) <= bound else { continue }
            let distance = distance(letters, other)
            if distance <= bound {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// A remedy that names the nearest candidate, or all of them.
    public static func remedy(for word: String, among candidates: [String]) -> String {
        if let nearest = nearest(to: word, among: candidates) { return "did you mean \"\(nearest)\"?" }
        return "allowed are " + candidates.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    /// How many letters must be inserted, dropped, replaced or swapped with their neighbour (optimal string alignment).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (letter == other ? 0 : 1)
                var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}

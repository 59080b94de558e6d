/// Differences between texts, line by line.
public enum LineDiff {
    /// The differences in the unified format of diff(1) and patch(1), empty if there are none.
    ///
    /// Time and memory are bounded (see ``Alignment``): texts that differ in very many lines give a difference that is
    /// right and not the shortest.
    ///
    /// - Parameters:
    ///   - fromName: what stands after `---`.
    ///   - toName: what stands after `+++`.
    ///   - context: how many unchanged lines to show around changes.
    public static func unified(
        from old: String,
        to new: String,
        fromName: String,
        toName: String,
        context: Int = 3
    ) -> String {
        let (oldLines, newLines) = (lines(of: old), lines(of: new))
        let changes = Self.changes(oldLines, newLines)
        guard !changes.isEmpty else { return "" }
        var output = "--- \(fromName)\n+++ \(toName)\n"
        for group in groups(of: changes, context: max(context, 0)) {
            write(group, oldLines, newLines, context: max(context, 0), to: &output)
        }
        return output
    }

    /// Lines that go and lines that come in their place.
    private struct Change {
        var old: Range<Int>
        var new: Range<Int>
    }

    /// The lines with their line feeds, so that a last line without one differs from one with it.
    private static func lines(of text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        while let feed = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let end = rest.utf8.index(after: feed)
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        if !rest.isEmpty { lines.append(rest) }
        return lines
    }

    private static func changes(_ old: [Substring], _ new: [Substring]) -> [Change] {
        var numbers: [ByteKey: Int] = [:]
        func number(_ line: Substring) -> Int {
            let key = ByteKey(String(line))
            if let known = numbers[key] { return known }
            numbers[key] = numbers.count
            return numbers.count - 1
        }
        let oldNumbers = old.map(number)
        let newNumbers = new.map(number)
        var changes: [Change] = []
        var position = (old: 0, new: 0)
        // An injection adds more than a thousand lines; those that one text has more than the other are no effort to tell.
        let bound = min(1_024 + abs(new.count - old.count), 4_096)
        for pair in Alignment.pairs(oldNumbers, newNumbers, bound: bound) + [(old.count, new.count)] {
            if position.old < pair.0 || position.new < pair.1 {
                changes.append(Change(old: position.old..<pair.0, new: position.new..<pair.1))
            }
            position = (pair.0 + 1, pair.1 + 1)
        }
        return changes
    }

    /// Changes whose contexts touch stand in one hunk.
    private static func groups(of changes: [Change], context: Int) -> [[Change]] {
        var groups: [[Change]] = []
        for change in changes {
            if let last = groups.last?.last, change.old.lowerBound - last.old.upperBound <= 2 * context {
                groups[groups.count - 1].append(change)
            } else {
                groups.append([change])
            }
        }
        return groups
    }

    private static func write(
        _ changes: [Change],
        _ old: [Substring],
        _ new: [Substring],
        context: Int,
        to output: inout String
    ) {
        guard let first = changes.first, let last = changes.last else { return }
        let before = min(context, first.old.lowerBound)
        let after = min(context, old.count - last.old.upperBound)
        let oldRange = first.old.lowerBound - before..<last.old.upperBound + after
        let newRange = first.new.lowerBound - before..<last.new.upperBound + after
        output += "@@ -\(header(oldRange)) +\(header(newRange)) @@\n"
        var position = oldRange.lowerBound
        for change in changes {
            for line in old[position..<change.old.lowerBound] { write(" ", line, to: &output) }
            for line in old[change.old] { write("-", line, to: &output) }
            for line in new[change.new] { write("+", line, to: &output) }
            position = change.old.upperBound
        }
        for line in old[position..<oldRange.upperBound] { write(" ", line, to: &output) }
    }

    /// First line and count; an empty range names the line before it, and a count of one is left out.
    private static func header(_ range: Range<Int>) -> String {
        switch range.count {
        case 0: "\(range.lowerBound),0"
        case 1: "\(range.lowerBound + 1)"
        default: "\(range.lowerBound + 1),\(range.count)"
        }
    }

    private static func write(_ sign: String, _ line: Substring, to output: inout String) {
        output += sign
        output += line
        if line.utf8.last != UInt8(ascii: "\n") { output += "\n\\ No newline at end of file\n" }
    }
}

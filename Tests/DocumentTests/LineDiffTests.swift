import Testing

@testable import Document

@Suite("Line differences")
struct LineDiffTests {
    @Test(
        "differences have the unified format",
        arguments: [
            ("a\nb\n", "a\nb\n", ""), ("", "", ""),
            ("a\nb\nc\n", "a\nx\nc\n", "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
            ("", "a\n", "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n"), ("a\n", "", "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n"),
            (
                "a", "a\n",
                "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
            ),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n",
                "--- old\n+++ new\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+x\n"
            ),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "x\n2\n3\n4\n5\n6\n7\n8\ny\n10\n",
                "--- old\n+++ new\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,5 +6,5 @@\n 6\n 7\n 8\n-9\n+y\n 10\n"
            ),
            ("a\n\u{E9}\n", "a\ne\u{301}\n", "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-\u{E9}\n+e\u{301}\n"),
        ]
    )
    func unified(old: String, new: String, expected: String) {
        let difference = LineDiff.unified(from: old, to: new, fromName: "old", toName: "new")
        #expect(difference.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("hunks applied to the old text give the new one", arguments: SeededGenerator.seeds)
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let old = (0..<Int.random(in: 0...30, using: &random)).map { _ in random.pick(["a", "b", "c", "d", ""]) }
            var new = old
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let place = Int.random(in: 0...new.count, using: &random)
                if place < new.count, random.once(in: 2) { new.remove(at: place) } else { new.insert("x", at: place) }
            }
            let (oldText, newText) = (old.map { $0 + "\n" }.joined(), new.map { $0 + "\n" }.joined())
            let context = Int.random(in: 0...4, using: &random)
            let difference = LineDiff.unified(from: oldText, to: newText, fromName: "", toName: "", context: context)
            try #require(Self.patch(old, difference) == new, "\(old) \(new) \(difference)")
        }
    }

    /// What patch(1) does, trusting the line numbers.
    private static func patch(_ old: [String], _ difference: String) -> [String]? {
        var result: [String] = []
        var position = 0
        for line in difference.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).dropLast() {
            if line.hasPrefix("@@") {
                let numbers = line.split(whereSeparator: { !$0.isNumber })
                let isEmpty = line.split(separator: " ")[1].hasSuffix(",0")
                guard let first = numbers.first.flatMap({ Int($0) }) else { return nil }
                let start = isEmpty ? first : first - 1
                guard start >= position, start <= old.count else { return nil }
                result += old[position..<start]
                position = start
                continue
            }
            let text = String(line.dropFirst())
            if line.hasPrefix("+") {
                result.append(text)
                continue
            }
            guard position < old.count, old[position] == text else { return nil }
            if line.hasPrefix(" ") { result.append(text) }
            position += 1
        }
        return result + old[position...]
    }

    @Test("an alignment is a longest common subsequence while the bound allows, and always a common one")
    func alignment() {
        var random = SeededGenerator(seed: 7)
        for round in 0..<400 {
            let left = (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
            let right = (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
            let bound = round.isMultiple(of: 2) ? 1_024 : Int.random(in: 0...6, using: &random)
            let pairs = Alignment.pairs(left, right, bound: bound)
            #expect(pairs.allSatisfy { left[$0.0] == right[$0.1] })
            #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.0 < $1.0 && $0.1 < $1.1 })
            if bound == 1_024 { #expect(pairs.count == Self.longestCommonSubsequence(left, right)) }
        }
    }

    private static func longestCommonSubsequence(_ left: [Int], _ right: [Int]) -> Int {
        var row = Array(repeating: 0, count: right.count + 1)
        for element in left {
            var diagonal = 0
            for (index, other) in right.enumerated() {
                let above = row[index + 1]
                row[index + 1] = element == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row.last ?? 0
    }

    @Test("texts that have nothing in common are compared in bounded time")
    func bounded() {
        let old = (0..<50_000).map { "old \($0)\n" }.joined()
        let new = (0..<50_000).map { "new \($0)\n" }.joined()
        let difference = LineDiff.unified(from: old, to: new, fromName: "a", toName: "b")
        #expect(difference.utf8.count { $0 == UInt8(ascii: "\n") } == 100_003)
    }
}

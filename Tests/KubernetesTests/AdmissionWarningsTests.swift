import Kubernetes
import Testing

@Suite("Bounding warnings")
struct AdmissionWarningsTests {
    @Test(
        "a text that fits is left alone, a longer one is cut behind a word",
        arguments: [
            ("short", 10, "short"),
            ("exactly 10", 10, "exactly 10"),
            ("one two three", 10, "one two…"),
            ("one two three", 8, "one two…"),
            ("one, two three", 9, "one, two…"),
            ("one, two three", 6, "one…"),
            ("unbreakable", 5, "unbr…"),
            ("a verylongwordwithoutbreak", 20, "a verylongwordwitho…"),
            ("äöüß€ äöüß€ x", 8, "äöüß€…"),
            ("xy", 1, "…"),
            ("xy", 0, ""),
        ]
    )
    func shortening(text: String, limit: Int, expected: String) {
        let result = AdmissionWarnings.shortened(text, to: limit)
        #expect(result == expected)
        #expect(result.unicodeScalars.count <= limit)
    }

    @Test("control characters, which the API server would drop a warning for, become spaces")
    func control() {
        let warnings = AdmissionWarnings.bounded(["  two\n  lines\tand\u{0}\u{85}\u{7F}more ", "\n", ""])
        #expect(warnings == ["two lines and more"])
    }

    @Test("repetitions are said once")
    func repetitions() {
        #expect(AdmissionWarnings.bounded(["b", "a", "b", "a "]) == ["b", "a"])
    }

    @Test(
        "each keeps within 256 characters and all together within 4096, and what is left out is counted",
        arguments: [
            (1, 3000), (16, 256), (40, 300), (200, 30), (5000, 8), (15, 256),
        ]
    )
    func bounds(count: Int, length: Int) throws {
        let warnings = (0..<count).map { index in
            let head = "\(index) "
            return head + String(repeating: "w", count: max(0, length - head.count))
        }
        let bounded = AdmissionWarnings.bounded(warnings)
        #expect(bounded.allSatisfy { $0.unicodeScalars.count <= 256 })
        #expect(bounded.reduce(0) { $0 + $1.unicodeScalars.count } <= 4096)
        if bounded.count < count {
            let last = try #require(bounded.last)
            #expect(last == "… and \(count - bounded.count + 1) more warnings, which did not fit")
        } else {
            #expect(bounded.count == count)
        }
    }
}

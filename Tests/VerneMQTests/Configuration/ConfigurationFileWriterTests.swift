import Testing
import VerneMQ

@Suite("Writing vernemq.conf")
struct ConfigurationFileWriterTests {
    @Test("what is written is read again as it was, for thousands of random settings")
    func roundTrip() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix(state: seed)
        var written = 0
        for _ in 0..<3000 {
            let settings = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                let key = Self.word(using: &generator) + ".k\(index)"
                return Setting(key, Self.value(using: &generator), keyPath: "", source: .file)
            }
            do {
                let text = try ConfigurationFile.text(of: settings)
                let file = ConfigurationFile(parsing: text, at: "f")
                let isSame =
                    file.settings.map(\.key) == settings.map(\.key)
                    && file.settings.map(\.value) == settings.map(\.value)
                #expect(isSame, "seed \(seed): \(text.debugDescription)")
                #expect(file.findings.allSatisfy { $0.severity == .warning }, "seed \(seed): \(file.findings)")
                written += 1
            } catch {
                // Only what the format cannot say is refused.
                let value = settings.first { $0.key == error.key }?.value ?? ""
                let isHard =
                    value.contains("$(") || value.contains("'")
                    || value.utf8.contains { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F }
                #expect(isHard, "seed \(seed): \(error) \(value.debugDescription)")
            }
        }
        #expect(written > 500, "seed \(seed)")
    }

    @Test(
        "values are quoted only where they must be",
        arguments: [
            ("b", "a = b\n"), ("", "a = ''\n"), ("b c", "a = b c\n"), ("b#c", "a = 'b#c'\n"), (" b", "a = ' b'\n"),
            ("it's", "a = it's\n"), ("it's #1", "a = '''it's #1'''\n"), ("b\nc", "a = '''b\nc'''\n"),
        ]
    )
    func quoting(value: String, text: String) throws {
        let setting = Setting("a", value, keyPath: "", source: .file)
        #expect(try ConfigurationFile.text(of: [setting]) == text)
    }

    @Test(
        "what no line can say is refused",
        arguments: [
            ("a", "$(b)"), ("a", "'b"), ("a", "b #'"), ("a", "x\u{0}"), ("a", "x\ry"), ("a b", "c"), ("", "c"),
            ("a#", "c"),
            ("a\nb", "c"), ("a", "'''\n"),
        ]
    )
    func refused(key: String, value: String) {
        let setting = Setting(key, value, keyPath: "", source: .file)
        #expect(throws: ConfigurationFile.Unwritable.self) { try ConfigurationFile.text(of: [setting]) }
    }

    private static func word(using generator: inout SplitMix) -> String {
        let letters = Array("abcXYZ019_-")
        return String(
            (0..<Int.random(in: 1...6, using: &generator)).compactMap { _ in letters.randomElement(using: &generator) }
        )
    }

    private static func value(using generator: inout SplitMix) -> String {
        let letters = Array("ab1 \t#'\"=$()<>\\:/,.é漢\n")
        return String(
            (0..<Int.random(in: 0...8, using: &generator)).compactMap { _ in letters.randomElement(using: &generator) }
        )
    }
}

/// A random number generator that a seed determines (splitmix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

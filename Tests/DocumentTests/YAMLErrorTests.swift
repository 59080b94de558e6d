import Testing

@testable import Document

@Suite("YAML errors")
struct YAMLErrorTests {
    static let cases: [(text: String, stage: YAMLError.Stage, message: String)] = [
        (
            "a: b: c\n", .scanner,
            """
            line 1, column 5: mapping values are not allowed in this context
            a: b: c
                ^
            """
        ),
        (
            "a:\n  - x\n b: y\n", .parser,
            """
            line 3, column 2: did not find expected key (while parsing a block mapping at 1:1)
             b: y
             ^
            """
        ),
        (
            "a:\n\t- x", .scanner,
            """
            line 2, column 1: found character that cannot start any token (while scanning for the next token at 2:1)
            \t- x
            ^
            """
        ),
        (
            "[a, é\n", .parser,
            """
            line 2, column 1: did not find expected ',' or ']' (while parsing a flow sequence at 1:1)

            ^
            """
        ),
        (
            "ok: 1\nbad: \u{7}\n", .reader,
            """
            line 2, column 6: control characters are not allowed
            bad: \u{FFFD}
                 ^
            """
        ),
        (
            "a: 1\nb: {c: 1, c: 2}\n", .composer,
            """
            line 2, column 11: the name "c" stands twice in this mapping: take one out
            b: {c: 1, c: 2}
                      ^
            """
        ),
        (
            "a: *x\n", .composer,
            """
            line 1, column 4: there is no anchor &x before the alias *x
            a: *x
               ^
            """
        ),
        (
            "a: &x [1, *x]\n", .composer,
            """
            line 1, column 11: the value of the anchor &x contains itself
            a: &x [1, *x]
                      ^
            """
        ),
        (
            "{<<: 1}", .composer,
            """
            line 1, column 6: '<<' merges a mapping or a sequence of mappings, this is neither
            {<<: 1}
                 ^
            """
        ),
        (
            "? [a]\n: b", .composer,
            """
            line 1, column 3: the name of a member is a scalar, not a mapping or a sequence
            ? [a]
              ^
            """
        ),
        (
            "~: a", .composer,
            """
            line 1, column 1: null cannot be the name of a member: put it in quotes
            ~: a
            ^
            """
        ),
        (
            "18446744073709551615: a", .composer,
            """
            line 1, column 1: the number 18446744073709551615 cannot be the name of a member: put it in quotes
            18446744073709551615: a
            ^
            """
        ),
        (
            "- -.inf", .resolver,
            """
            line 1, column 3: JSON has no number for the number -.inf: put it in quotes
            - -.inf
              ^
            """
        ),
        // Found by the fuzzer: these came back as strings from what was written.
        (
            #"{"a": "c"}7777777.777778e+3777"#, .resolver,
            """
            line 1, column 11: the number 7777777.777778e+3777 is beyond the range of a 64-bit float: \
            write a smaller one, or put it in quotes
            {"a": "c"}7777777.777778e+3777
                      ^
            """
        ),
        (
            "{\"a\":\n  [-1e400]}", .resolver,
            """
            line 2, column 4: the number -1e400 is beyond the range of a 64-bit float: \
            write a smaller one, or put it in quotes
              [-1e400]}
               ^
            """
        ),
        (
            "a: !!int abc", .resolver,
            """
            line 1, column 4: the string "abc" cannot be read as !!int
            a: !!int abc
               ^
            """
        ),
        (
            "a: !!binary aGk=", .resolver,
            """
            line 1, column 4: !!binary has no place in JSON: write the base64 text without the tag
            a: !!binary aGk=
               ^
            """
        ),
        (
            "a: \"\\ud83d\"", .scanner,
            """
            line 1, column 7: found invalid Unicode character escape code (while parsing a quoted scalar at 1:4)
            a: "\\ud83d"
                  ^
            """
        ),
    ]

    @Test("errors say what is wrong and show where", arguments: cases)
    func messages(text: String, stage: YAMLError.Stage, message: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(text) }
        #expect(error?.stage == stage)
        #expect(error?.description == message)
    }

    @Test("long lines are cut around the place")
    func longLine() throws {
        let text = String(repeating: "x", count: 5_000) + ": *a" + String(repeating: " ", count: 500)
        let error = try #require(throws: YAMLError.self) { try YAMLDocument.parse("k: [\(text)]") }
        #expect((error.sourceLine ?? "").count <= 120)
        #expect(error.caret?.count == 61)
    }

    @Test("bytes that are no UTF-8 are refused with their place")
    func encoding() {
        let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(Array("a: b\nc: ".utf8) + [0xFF, 0x20]) }
        #expect(error?.stage == .reader)
        #expect(error?.mark == YAMLMark(line: 2, column: 4))
    }

    /// Nine times nine aliases of nine aliases …
    static let laughs =
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + (1...9).map { level in
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }.joined()

    struct Bomb: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let limits: YAMLLimits

        init(_ description: String, _ text: String, _ limits: YAMLLimits = .default) {
            (testDescription, self.text, self.limits) = (description, text, limits)
        }
    }

    static let bombs = [
        Bomb("billions of nodes", laughs),
        Bomb("billions of bytes", laughs.replacing("[x", with: "[" + String(repeating: "x", count: 90_000))),
        Bomb(
            "text three times",
            "a: &a {k: \(String(repeating: "x", count: 1_000))}\nb: [*a, *a, *a]",
            .init(textBytes: 3_000)
        ),
        Bomb("merges", "x: &a {b: 1, c: 2}\ny: {<<: [*a, *a, *a, *a, *a, *a]}", .init(nodes: 30)),
        Bomb("129 levels", String(repeating: "[", count: 129) + String(repeating: "]", count: 129)),
        Bomb("a million brackets", String(repeating: "[", count: 1_000_000)),
        Bomb("a million dashes", String(repeating: "- ", count: 1_000_000)),
        Bomb("many braces", String(repeating: "{a: ", count: 500_000)),
        Bomb("many question marks", String(repeating: "? ", count: 500_000)),
        Bomb("one node too many", "[1, 2, 3]", .init(nodes: 3)),
        Bomb("one byte too many", "[1, 2, 3]", .init(bytes: 8)),
        Bomb("deep by an alias", "a: &a [[[[]]]]\nb: [*a]", .init(depth: 5)),
    ]

    @Test("what is small and stands for much is refused", arguments: bombs)
    func limits(bomb: Bomb) {
        let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(bomb.text, limits: bomb.limits) }
        #expect(error?.stage == .limit)
    }

    @Test("limits let through what is just within them")
    func withinLimits() throws {
        #expect(try YAMLDocument.parse("[1, 2, 3]", limits: YAMLLimits(bytes: 9, nodes: 4)).count == 1)
        #expect(try YAMLDocument.parse("a: &a [[[[]]]]\nb: [*a]", limits: YAMLLimits(depth: 6)).count == 1)
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try YAMLDocument.parse(deep, limits: YAMLLimits(depth: 4_000)).count == 1)
        #expect(throws: YAMLError.self) { try YAMLDocument.parse("[\(deep)]", limits: YAMLLimits(depth: 4_000)) }
    }
}

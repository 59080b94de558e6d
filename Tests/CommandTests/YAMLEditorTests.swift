import Document
import Testing

@testable import Command

@Suite("Editing YAML line by line")
struct YAMLEditorTests {
    /// A text, what becomes of its value, and what the text shall look like then.
    struct Edit: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var change: @Sendable (inout JSONValue) -> Void
        var expected: String
        var testDescription: String { name }
    }

    static let edits: [Edit] = [
        Edit(
            name: "a new member goes behind the last, before its comments",
            text: "# head\na: 1  # one\nb:\n  c: 'x'\n\n# tail\n",
            change: { $0["d"] = ["e": 2] },
            expected: "# head\na: 1  # one\nb:\n  c: 'x'\nd:\n  e: 2\n\n# tail\n"
        ),
        Edit(
            name: "a new member of a nested mapping keeps its indentation",
            text: "a:\n    b: \"1\"\n    # note\nz: 0\n",
            change: { $0["a"]?["c"] = true },
            expected: "a:\n    b: \"1\"\n    c: true\n    # note\nz: 0\n"
        ),
        Edit(
            name: "a scalar is replaced on its line",
            text: "a: 1\nb: {x: 1}\nc: 3\n",
            change: { $0["b"]?["x"] = 2 },
            expected: "a: 1\nb:\n  x: 2\nc: 3\n"
        ),
        Edit(
            name: "flow style is unfolded only as far as it changes",
            text: "m: {labels: {app: 'x'}, \"k\": [1, \"a,}b\"], it's: don't}  # why\nz: 0\n",
            change: { $0["m"]?["new"] = ["p": 1] },
            expected: """
                m:  # why
                  labels: {app: 'x'}
                  "k": [1, "a,}b"]
                  it's: don't
                  new:
                    p: 1
                z: 0

                """
        ),
        Edit(
            name: "an item in flow style is unfolded behind its dash",
            text: "c: [{name: a, e: [{name: X, value: \"1\"}]},\n    {name: b}]\n",
            change: { $0["c"]?[0]?["e"]?[0]?["w"] = 2 },
            expected: """
                c:
                  - name: a
                    e:
                      - name: X
                        value: "1"
                        w: 2
                  - {name: b}

                """
        ),
        Edit(
            name: "a list at the column of its key gets another item",
            text: "env:\n- name: A\n  value: \"on\"\n- name: B\n  value: x\nnext: 1\n",
            change: { value in value["env"] = .array((value["env"]?.arrayValue ?? []) + [["name": "C", "value": "z"]])
            },
            expected: "env:\n- name: A\n  value: \"on\"\n- name: B\n  value: x\n- name: C\n  value: z\nnext: 1\n"
        ),
        Edit(
            name: "an item is found by its name and changed in place",
            text: "c:\n  - name: side  # mine\n    image: x\n  - name: vernemq\n    image: y\n",
            change: { $0["c"]?[1]?["args"] = ["a"] },
            expected: "c:\n  - name: side  # mine\n    image: x\n  - name: vernemq\n    image: y\n    args:\n    - a\n"
        ),
        Edit(
            name: "an item whose dash stands alone",
            text: "c:\n-\n  name: a\n-\n  name: b\n",
            change: { $0["c"]?[0]?["x"] = 1 },
            expected: "c:\n-\n  name: a\n  x: 1\n-\n  name: b\n"
        ),
        Edit(
            name: "a member is removed with its lines",
            text: "a: 1\nb:\n  - 1\n  - 2\n# c's\nc: 3\n",
            change: { $0["b"] = nil as JSONValue? },
            expected: "a: 1\n# c's\nc: 3\n"
        ),
        Edit(
            name: "block scalars with blank lines and comment signs in them are kept whole",
            text: "a: |\n  # no comment\n\n  x: y\n  # end\nb: 1\n",
            change: { $0["c"] = 1 },
            expected: "a: |\n  # no comment\n\n  x: y\n  # end\nb: 1\nc: 1\n"
        ),
        Edit(
            name: "separators and end marks stay where they are",
            text: "%YAML 1.1\n--- # first\n\na: 1\n...\n",
            change: { $0["b"] = 2 },
            expected: "%YAML 1.1\n--- # first\n\na: 1\nb: 2\n...\n"
        ),
        Edit(
            name: "quoted keys are keys",
            text: "\"a.b/c\": 1\n'd': {}\n",
            change: { $0["e"] = nil as JSONValue? ?? .null },
            expected: "\"a.b/c\": 1\n'd': {}\ne: null\n"
        ),
        Edit(
            name: "an emptied mapping says so",
            text: "a:\n  b: 1\nc: 2\n",
            change: { $0["a"] = [:] },
            expected: "a: {}\nc: 2\n"
        ),
        Edit(
            name: "a text without a last line break",
            text: "a: 1",
            change: { $0["b"] = 2 },
            expected: "a: 1\nb: 2\n"
        ),
    ]

    @Test("only what must change is changed", arguments: edits)
    func editing(_ edit: Edit) throws {
        let documents = try YAMLDocument.parse(Array(edit.text.utf8))
        let old = try #require(documents.first).value
        var new = old
        edit.change(&new)
        #expect(YAMLEditor.rewrite(edit.text, from: old, to: new) == edit.expected)
        #expect(YAMLEditor.rewrite(edit.text, from: old, to: old) == edit.text)
    }

    @Test(
        "what cannot be edited by lines is given up, never got wrong",
        arguments: [
            "{a: 1, b: 2}\n", "a: &x {k: 1}\nb: *x\n", "? a\n: 1\n", "--- {a: 1}\n", "a: 1\r\nb: 2\r\n",
            "a: \"x\n  y\"\n", "[]\n",
            "- 1\n- 2\n", "a: &x\n  k: 1\nb:\n  <<: *x\n", "a:\n  - - 1\n    - 2\n", "a: !!str 1\n",
            "a: {b, c: 1}\n", "a: [b: 1, c: 2]\n", "a: {b: 'x # y'}\n", "a: {b: 1, # c\n  d: 2}\n",
            "a: {? b : 1}\n", "a: {b: \"\\\"}, c\"}\n", "a: {'it''s': 1}\n", "a: {}\n",
            "\"a\\nb\": 1\n",
        ]
    )
    func oddities(text: String) throws {
        let old = try #require(try YAMLDocument.parse(Array(text.utf8)).first).value
        let targets: [JSONValue] = [["z": 1], ["a": ["new": ["x", "y"]], "b": nil], [1, 2, 3], "scalar", nil, [:]]
        for target in targets {
            guard let result = YAMLEditor.rewrite(text, from: old, to: target) else { continue }
            let parsed = try YAMLDocument.parse(Array(result.utf8))
            #expect(parsed.count == 1)
            #expect(parsed.first?.value.isEquivalent(to: target) == true)
        }
    }
}

import Testing

@testable import Document

@Suite("YAML writing")
struct YAMLWritingTests {
    @Test("a manifest is written as kubectl writes it, in its own order")
    func manifest() {
        let value: JSONValue = [
            "kind": "StatefulSet", "apiVersion": "apps/v1",
            "metadata": ["name": "broker", "annotations": ["a/b": "true", "empty": ""], "labels": [:]],
            "spec": [
                "replicas": 3, "ratio": .number("1.50"), "paused": false, "nothing": .null,
                "command": ["sh", "-c", "#!/bin/sh\nset -eu\necho hi\n"],
                "containers": [
                    ["name": "x", "env": [["name": "A", "value": "8080"]], "args": []],
                    [["nested", ["deeper"]], "flat"],
                    [:],
                ],
            ],
        ]
        #expect(
            YAMLDocument.serialize(value) == """
                kind: StatefulSet
                apiVersion: apps/v1
                metadata:
                  name: broker
                  annotations:
                    a/b: "true"
                    empty: ""
                  labels: {}
                spec:
                  replicas: 3
                  ratio: 1.50
                  paused: false
                  nothing: null
                  command:
                  - sh
                  - -c
                  - |
                    #!/bin/sh
                    set -eu
                    echo hi
                  containers:
                  - name: x
                    env:
                    - name: A
                      value: "8080"
                    args: []
                  - - - nested
                      - - deeper
                    - flat
                  - {}

                """
        )
    }

    @Test(
        "strings are written as kubectl writes them",
        arguments: [
            ("abc", "abc"), ("", #""""#), ("yes", #""yes""#), ("y", #""y""#), ("null", #""null""#), ("~", #""~""#),
            ("012", #""012""#), ("1e3", #""1e3""#), ("12:30", #""12:30""#), ("2001-12-14", #""2001-12-14""#),
            ("2020-01-01T00:00:00Z", #""2020-01-01T00:00:00Z""#), ("<<", #""<<""#), ("a: b", "'a: b'"), ("a:", "'a:'"),
            ("a:b", "a:b"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("#a", "'#a'"), ("*", "'*'"), ("- a", "'- a'"),
            ("-a", "-a"),
            ("-", "'-'"), ("?", "'?'"), ("?a", "?a"), (" a", "' a'"), ("a ", "'a '"), ("it's", "it's"), ("'a", "'''a'"),
            ("\"a", "'\"a'"), ("{a}", "'{a}'"), ("---", "'---'"), ("%a", "'%a'"), ("a\tb", #""a\tb""#), ("é😀", "é😀"),
            ("\u{7}\u{85}\u{FEFF}\u{2028}\u{FFFE}\u{7F}", #""\a\N\uFEFF\L\uFFFE\x7F""#), ("=", "="), ("\\", "\\"),
            ("'\u{301}", "'''\u{301}'"),
        ]
    )
    func strings(string: String, text: String) throws {
        #expect(YAMLDocument.serialize(["k": .string(string)]) == "k: \(text)\n")
        #expect(
            try YAMLDocument.parse("k: \(text)\n").first?.value["k"]?.stringValue?.unicodeScalars.map(\.value)
                == string.unicodeScalars.map(\.value)
        )
    }

    @Test(
        "strings of several lines are literal blocks, unless that hides something",
        arguments: [
            ("a\nb\n", "|\n  a\n  b\n"), ("a\nb", "|-\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"),
            ("a\n\nb\n", "|\n  a\n\n  b\n"),
            ("  a\nb\n", "|2\n    a\n  b\n"), ("\ta\nb", "|2-\n  \ta\n  b\n"), ("a\n\tb\n", "|\n  a\n  \tb\n"),
            ("\na\n", #""\na\n""# + "\n"), ("a \nb", #""a \nb""# + "\n"), ("a\r\nb", #""a\r\nb""# + "\n"),
            ("\n", #""\n""# + "\n"), ("a\nb ", #""a\nb ""# + "\n"), ("a\n---\nb", "|-\n  a\n  ---\n  b\n"),
        ]
    )
    func blocks(string: String, text: String) throws {
        let yaml = YAMLDocument.serialize(["k": .string(string), "next": 1])
        #expect(yaml == "k: \(text)next: 1\n")
        #expect(try YAMLDocument.parse(yaml).first?.value == ["k": .string(string), "next": 1])
    }

    @Test("long names take the form with a question mark")
    func longNames() throws {
        let value: JSONValue = .object([String(repeating: "k", count: 2_000): ["a": [1]], "two\nlines": "x"])
        #expect(try YAMLDocument.parse(YAMLDocument.serialize(value)).first?.value == value)
    }

    @Test("several documents are separated")
    func documents() throws {
        let values: [JSONValue] = [["a": "x\n\n"], [1], "s", .null, "a\nb\n"]
        #expect(try YAMLDocument.parse(YAMLDocument.serialize(values)).map(\.value) == values)
    }

    @Test("what is written is read as the same value", arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<1_500 {
            let value = generator.value(depth: 5)
            let yaml = YAMLDocument.serialize(value)
            let read: [JSONValue]
            do {
                read = try YAMLDocument.parse(yaml).map(\.value)
            } catch {
                Issue.record("\(error) \(value) \(yaml)")
                return
            }
            try #require(read == [value], "\(value) \(yaml)")
        }
    }

    @Test("damaged texts are refused with a place or read, and never trap", arguments: SeededGenerator.seeds)
    func damage(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        let interesting = Array("{}[]\",:\\'#&*!|>-?%@<~ \n\t\r0x_.".utf8) + [0, 0x7F, 0x80, 0xC3, 0xEF, 0xFE, 0xFF]
        var read = 0
        var refused = 0
        for _ in 0..<1_500 {
            var bytes = Array(YAMLDocument.serialize(generator.value(depth: 4)).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator.random) {
                let place = Int.random(in: 0...bytes.count, using: &generator.random)
                if place < bytes.count, generator.random.once(in: 2) {
                    bytes[place] = generator.random.pick(interesting)
                } else {
                    bytes.insert(generator.random.pick(interesting), at: place)
                }
            }
            let documents: [YAMLDocument]
            do throws(YAMLError) {
                documents = try YAMLDocument.parse(bytes)
            } catch {
                refused += 1
                try #require(error.mark != nil && !error.description.isEmpty, "\(error)")
                continue
            }
            read += 1
            // What has been read can be written, and means the same then.
            let values = documents.map(\.value)
            try #require(try YAMLDocument.parse(YAMLDocument.serialize(values)).map(\.value) == values)
        }
        #expect(read > 100 && refused > 100)
    }
}

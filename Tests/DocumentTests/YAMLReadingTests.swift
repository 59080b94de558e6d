import Testing

@testable import Document

@Suite("YAML reading")
struct YAMLReadingTests {
    /// Each line was given to kubectl 1.33 (`kubectl label --local -o json`), which read the value on the right.
    @Test(
        "plain scalars mean what kubectl reads in them",
        arguments: [
            ("yes", "true"), ("Yes", "true"), ("y", "true"), ("Y", "true"), ("on", "true"), ("TRUE", "true"),
            ("n", "false"), ("no", "false"), ("Off", "false"), ("yEs", #""yEs""#), ("tRue", #""tRue""#), ("~", "null"),
            ("null", "null"), ("NULL", "null"), ("", "null"), ("nUll", #""nUll""#), ("0777", "511"), ("0o17", "15"),
            ("0x1F", "31"), ("0X1f", "31"), ("0b11", "3"), ("0B11", "3"), ("1_000", "1000"), ("08", "8"), ("+12", "12"),
            ("1.", "1"), (".5", "0.5"), ("00.5", "0.5"), ("0.1_2", "0.12"), (".5_0", "0.50"), ("._5", #""._5""#),
            ("5_0.5", "50.5"), ("-.5", "-0.5"), ("-0xf", "-15"), ("-0777", "-511"), ("1__0", "10"), ("_1", #""_1""#),
            ("9223372036854775808", "9223372036854775808"), ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
            ("0xFFFFFFFFFFFFFFFFF", #""0xFFFFFFFFFFFFFFFFF""#), ("1e400", #""1e400""#), ("12:30:45", #""12:30:45""#),
            ("2001-12-14", #""2001-12-14""#), ("2001-12-14t21:59:43.10-05:00", #""2001-12-14t21:59:43.10-05:00""#),
            ("=", #""=""#), ("0o8", #""0o8""#), ("0x", #""0x""#), ("-00", "0"), ("-08", "-8"), ("'yes'", #""yes""#),
            (#""1""#, #""1""#), ("!!str 12", #""12""#), (#"!!int "12""#, "12"), ("!!float 3", "3"),
            ("!x foo", #""foo""#),
            (#"! "12""#, #""12""#), (#"!!bool "true""#, "true"), ("!!float 0x1f", "31"), ("<<", #""<<""#),
            ("!!timestamp 2001-12-14", #""2001-12-14""#), ("a b  c", #""a b  c""#), ("-", "[null]"), ("- - 1", "[[1]]"),
            (#""\x41\u00e9\U0001F600\n""#, #""Aé😀\n""#),
        ]
    )
    func scalars(text: String, json: String) throws {
        let documents = try YAMLDocument.parse("v: \n  \(text)\n")
        #expect(documents.first?.value["v"]?.serializedString() == json)
    }

    @Test(
        "number texts that are JSON stay as they are written",
        arguments: ["1.0", "1.50", "1e3", "1E+3", "-0", "-0.0", "18446744073709551616", "0", "-1"]
    )
    func numbers(text: String) throws {
        #expect(try YAMLDocument.parse("- \(text)").first?.value.serializedString() == "[\(text)]")
    }

    @Test(
        "names that are no strings become the strings that kubectl makes of them",
        arguments: [
            ("1", "1"), ("1.5", "1.5"), ("1e3", "1000"), ("on", "true"), ("n", "false"), ("1000000.0", "1e+06"),
            ("0.00001", "1e-05"), ("1e21", "1e+21"), ("0x10", "16"), ("-0", "0"), ("-0.0", "-0"),
            ("2001-12-14", "2001-12-14"),
            ("123456789.5", "1.2345679e+08"), ("18446744073709551616", "1.8446744e+19"), (".inf", ".inf"),
            ("+.Inf", ".inf"),
            (".NaN", ".nan"), ("0.00012", "0.00012"), ("999999.0", "999999"), (#""<<""#, "<<"), ("~a", "~a"),
        ]
    )
    func names(key: String, name: String) throws {
        #expect(try YAMLDocument.parse("{\(key): v}").first?.value.objectValue?.keys == [name])
    }

    @Test(
        "merges set members at their place, the first of several counting most",
        arguments: [
            ("{<<: *b, a: 3}", #"{"a":3,"b":2}"#), ("{a: 3, <<: *b}", #"{"a":1,"b":2}"#),
            ("{<<: [{a: 5}, {a: 6, c: 7}]}", #"{"a":5,"c":7}"#),
            ("{x: 0, <<: [*b, {c: 3}], z: 1}", #"{"x":0,"c":3,"a":1,"b":2,"z":1}"#),
            (#"{"<<": {a: 1}}"#, #"{"<<":{"a":1}}"#), ("{<<: {<<: *b, c: 1}}", #"{"a":1,"b":2,"c":1}"#),
            ("{!!merge <<: *b}", #"{"a":1,"b":2}"#),
        ]
    )
    func merges(mapping: String, json: String) throws {
        let document = try #require(try YAMLDocument.parse("base: &b {a: 1, b: 2}\nmerged: \(mapping)").first)
        #expect(document.value["merged"]?.serializedString() == json)
    }

    @Test("a stream has its documents, empty ones as null")
    func documents() throws {
        let text = "# nothing\n---\na: 1\n...\n---\n# only a comment\n---\n[b]\n--- c\n"
        #expect(
            try YAMLDocument.parse(text).map(\.value) == [.null, ["a": 1], .null, ["b"], "c"].dropFirst(1).map(\.self)
        )
        #expect(try YAMLDocument.parse("").isEmpty)
        #expect(try YAMLDocument.parse("# x\n").isEmpty)
    }

    @Test("anchors hold for their document only, and may be set anew")
    func anchors() throws {
        let text = "- &a 1\n- *a\n- &a [2]\n- *a\n"
        #expect(try YAMLDocument.parse(text).first?.value == [1, 1, [2], [2]])
        #expect(throws: YAMLError.self) { try YAMLDocument.parse("- &a 1\n---\n- *a\n") }
    }

    @Test("JSON is read as JSON, one document after the other, surrogate pairs and tabs included")
    func json() throws {
        let text = "{\"a\":\t\"\\ud83d\\ude00\",\"n\":1e3}\n{\"b\":\n  {\"c\": [0, true]}}"
        let documents = try YAMLDocument.parse(text)
        #expect(documents.map(\.value) == [["a": "😀", "n": .number("1e3")], ["b": ["c": [0, true]]]])
        let second = try #require(documents.last)
        #expect(second.mark(at: ["b", "c", "1"]) == YAMLMark(line: 3, column: 13))
        #expect(second.keyMark(at: ["b", "c"]) == YAMLMark(line: 3, column: 4))
        #expect(second.keyMark(at: ["b"]) == YAMLMark(line: 2, column: 2))
        #expect(second.mark(at: .root) == YAMLMark(line: 2, column: 1))
        #expect(second.keyMark(at: ["b", "c", "1"]) == YAMLMark(line: 3, column: 13))
        #expect(try YAMLDocument.parse("{a: yes}").first?.value == ["a": true])
    }

    @Test("values and names are found again in the text")
    func marks() throws {
        let text = """
            spec:
              # comment
              containers:
              - name: é
                env: &env
                - {name: A, value: b}
              - env: *env
                <<: {image: x}
            """
        let document = try #require(try YAMLDocument.parse(text).first)
        let places: [(JSONPointer, value: YAMLMark, key: YAMLMark)] = [
            ([], .init(line: 1, column: 1), .init(line: 1, column: 1)),
            (["spec"], .init(line: 3, column: 3), .init(line: 1, column: 1)),
            (["spec", "containers"], .init(line: 4, column: 3), .init(line: 3, column: 3)),
            (["spec", "containers", "0"], .init(line: 4, column: 5), .init(line: 4, column: 5)),
            (["spec", "containers", "0", "env", "0", "value"], .init(line: 6, column: 24), .init(line: 6, column: 17)),
            (["spec", "containers", "1", "env"], .init(line: 7, column: 10), .init(line: 7, column: 5)),
            (["spec", "containers", "1", "env", "0", "name"], .init(line: 6, column: 14), .init(line: 6, column: 8)),
            (["spec", "containers", "1", "image"], .init(line: 8, column: 17), .init(line: 8, column: 10)),
        ]
        for (pointer, value, key) in places {
            #expect(document.value.value(at: pointer) != nil)
            #expect(document.mark(at: pointer) == value, "\(pointer)")
            #expect(document.keyMark(at: pointer) == key, "\(pointer)")
        }
        #expect(document.mark(at: ["spec", "containers", "2"]) == nil)
        #expect(document.mark(at: ["spec", "x"]) == nil)
        #expect(document.mark(at: ["spec", "containers", "0", "name", "x"]) == nil)
    }
}

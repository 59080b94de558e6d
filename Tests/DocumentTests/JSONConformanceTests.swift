import Testing

@testable import Document

/// Texts in the manner of "Parsing JSON is a Minefield" (Seriot 2016): what RFC 8259 demands, forbids and leaves open.
@Suite("JSON conformance")
struct JSONConformanceTests {
    static let valid: [String] = [
        "[]", "{}", "[[]]", " [ ] ", "\t\n\r[\t\n\r]\t\n\r", "[1]", "[null, 1, \"1\", {}]", "[-0]", "[-0.0]", "[0e1]",
        "[0e+1]",
        "[20e1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[-1]", "[-123]", "[0.5]",
        "[1.000000000000005]",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", "[123.456789]", "0",
        "-1", "1e5",
        "true", "false", "null", "\"\"", "\"a\"", " \"x\" ", "{\"a\":[]}", "{\"\":0}", "{\"a\":{\"a\":{\"a\":1}}}",
        "{\"a\\u0000b\":1}", "{\"title\":\"\\u041f\\u043e\\u043b\"}", "[\"\\u0060\\u012a\\u12AB\"]",
        "[\"\\uD801\\udc37\"]",
        "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]", "[\"\\\"\"]",
        "[\"a/*b*/c\"]",
        "[\"\\\\a\"]", "[\"\\\\n\"]", "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"\u{10FFFF}\"]",
        "[\"\u{1B}\"]".replacing("\u{1B}", with: "\u{7F}"),
        "[\"\u{2028}\u{2029}\"]", "[\"\\u0022\"]", "[\"\\uDBFF\\uDFFF\"]", "[\"⍂㈴⍂\"]", "[\"\\u200B\"]",
        "[\"\u{FEFF}\"]", "[\"\\uA66D\"]",
        "{\"a\":\"b\",\"A\":\"b\"}", "{\"a\" : 1 , \"b\" :2}", "{\n\"a\": \"b\"\n}", "[1,\n2,\n3]", "[\"asd \"]",
        "[\"\u{80}\u{7FF}\u{800}\u{FFFD}\u{10000}\"]",
        "[4.9406564584124654e-324]", "[1.7976931348623157e308]", "[\"new\u{A0}line\"]", "[ 1\n]",
    ]

    static let invalid: [(text: String, code: JSONError.Code)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("]", .unexpectedByte),
        ("{", .unexpectedEnd),
        ("}", .unexpectedByte), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[1,]", .unexpectedByte),
        ("[,1]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 true]", .unexpectedByte), ("[a]", .unexpectedByte),
        ("[\"a\"", .unexpectedEnd), ("[\"a\",\n4\n,1,", .unexpectedEnd), ("[\"x\"]]", .trailingBytes),
        ("[1}", .unexpectedByte),
        ("[3[4]]", .unexpectedByte), ("[*]", .unexpectedByte), ("[\u{B}1]", .unexpectedByte),
        ("[\u{A0}]", .unexpectedByte),
        ("\u{FEFF}[]", .unexpectedByte), ("[]\0", .trailingBytes), ("[] x", .trailingBytes), ("{} {}", .trailingBytes),
        ("[1]//", .trailingBytes), ("/**/[1]", .unexpectedByte), ("2@", .trailingBytes), ("<null>", .unexpectedByte),
        ("tru", .unexpectedEnd), ("True", .unexpectedByte), ("nulll", .trailingBytes), ("[nul]", .unexpectedByte),
        ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("[-Infinity]", .invalidNumber), ("-", .unexpectedEnd),
        ("[-]", .invalidNumber), ("[- 1]", .invalidNumber), ("[+1]", .unexpectedByte), ("[++1]", .unexpectedByte),
        ("[01]", .invalidNumber), ("[-01]", .invalidNumber), ("[-012.3]", .invalidNumber), ("[00]", .invalidNumber),
        ("[.5]", .unexpectedByte), ("[-.5]", .invalidNumber), ("[1.]", .invalidNumber), ("[0.e1]", .invalidNumber),
        ("[2.e3]", .invalidNumber), ("1.", .unexpectedEnd), ("[1e]", .invalidNumber), ("[1e+]", .invalidNumber),
        ("[1eE2]", .invalidNumber),
        ("[1.5e+-1]", .invalidNumber), ("1e", .unexpectedEnd), ("[0x1]", .unexpectedByte), ("[0x42]", .unexpectedByte),
        ("[1 000]", .unexpectedByte), ("[1_000]", .unexpectedByte), ("[1a]", .unexpectedByte),
        ("[1.2.3]", .unexpectedByte),
        ("[0.1.2]", .unexpectedByte), ("[-1x]", .unexpectedByte), ("[１]", .unexpectedByte),
        ("{\"a\"}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{\"a\":}", .unexpectedByte),
        ("{\"a\":1,}", .unexpectedByte),
        ("{,\"a\":1}", .unexpectedByte), ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte),
        ("{\"a\":1,,\"b\":2}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
        ("{1:1}", .unexpectedByte),
        ("{null:null}", .unexpectedByte), ("{\"a\":1", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
        ("{\"a\"", .unexpectedEnd),
        ("{\"a\":1]", .unexpectedByte), ("{[]:1}", .unexpectedByte), ("{\"a\",1}", .unexpectedByte),
        ("{\"a\":\"b\"}#", .trailingBytes),
        ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\\"", .unexpectedEnd),
        ("'a'", .unexpectedByte),
        ("[\"\\x00\"]", .invalidEscape), ("[\"\\a\"]", .invalidEscape), ("[\"\\,\"]", .invalidEscape),
        ("[\"\\'\"]", .invalidEscape),
        ("[\"\\\n\"]", .invalidEscape), ("[\"\\u\"]", .invalidEscape), ("[\"\\u00A\"]", .invalidEscape),
        ("[\"\\uqqqq\"]", .invalidEscape),
        ("[\"\\U0041\"]", .invalidEscape), ("[\"\\u+041\"]", .invalidEscape), ("\"\\u00", .unexpectedEnd),
        ("[\"\\é\"]", .invalidEscape),
        ("[\"\\uD800\"]", .loneSurrogate), ("[\"\\uDC00\"]", .loneSurrogate), ("[\"\\uD800\\u0041\"]", .loneSurrogate),
        ("[\"\\uD800x\"]", .loneSurrogate), ("[\"\\uD800\\\"]", .loneSurrogate),
        ("[\"\\uD834\\uD834\\uDD1E\"]", .loneSurrogate),
        ("[\"\\uDD1E\\uD834\"]", .loneSurrogate), ("[\"\\uD800\\n\"]", .loneSurrogate),
        ("[\"\\uD800\\u\"]", .invalidEscape),
        ("[\"\n\"]", .controlCharacter), ("[\"\t\"]", .controlCharacter), ("[\"a\0b\"]", .controlCharacter),
        ("[\"\u{1F}\"]", .controlCharacter), ("[\"1234567890\r\"]", .controlCharacter),
        ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
        ("[{\"b\":{\"\":1,\"\":2}}]", .duplicateKey),
    ]

    @Test("all that RFC 8259 allows is read, and written back to the same value", arguments: valid)
    func accepts(text: String) throws {
        let tape = try JSONTape(parsing: Array(text.utf8))
        let value = tape.root.value()
        #expect(try JSONValue(parsing: value.serialized()) == value)
        #expect(try JSONValue(parsing: value.prettySerialized()) == value)
        #expect(Oracle.agrees(try Oracle.read(Array(text.utf8)), value))
    }

    @Test("all that RFC 8259 forbids is refused, and so are duplicate names and lone surrogates", arguments: invalid)
    func refuses(text: String, code: JSONError.Code) {
        let error = #expect(throws: JSONError.self) { try JSONTape(parsing: Array(text.utf8)) }
        #expect(error?.code == code, "\(text)")
        #expect((0...text.utf8.count).contains(error?.offset ?? -1))
    }

    @Test(
        "bytes that are no UTF-8 are refused where they stand",
        arguments: [
            [0xFF], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80],
            [0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE0, 0x80, 0xAF],
        ] as [[UInt8]]
    )
    func encoding(garbage: [UInt8]) {
        for padding in 0..<9 {
            let text =
                Array("[\"é".utf8) + Array(repeating: UInt8(ascii: "x"), count: padding) + garbage + Array("\"]".utf8)
            let error = #expect(throws: JSONError.self) { try JSONTape(parsing: text) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == 4 + padding)
            #expect(error?.column == 4 + padding)
        }
        #expect(throws: JSONError.self) { try JSONTape(parsing: garbage) }
    }

    @Test("limits are kept to the byte and to the level")
    func limits() throws {
        for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> [UInt8] {
                Array((String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)).utf8)
            }
            #expect(try JSONTape(parsing: nested(128)).root.value().depth(limit: 200) == 128)
            #expect(throws: JSONError.self) { try JSONTape(parsing: nested(129)) }
            #expect(
                try JSONTape(parsing: nested(512), limits: JSONLimits(depth: 100_000)).root.value().depth(limit: 600)
                    == 512
            )
            #expect(throws: JSONError.self) { try JSONTape(parsing: nested(513), limits: JSONLimits(depth: 100_000)) }
        }
        let unclosed = Array(repeating: UInt8(ascii: "["), count: 7 * 1024 * 1024)
        #expect(throws: JSONError.self) { try JSONTape(parsing: unclosed) }
        let error = #expect(throws: JSONError.self) { try JSONTape(parsing: unclosed + [0x5B]) }
        #expect(error?.code == .tooLarge)
        #expect(try JSONValue(parsing: "[1]", limits: JSONLimits(depth: 1, bytes: 3)) == [1])
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[1]", limits: JSONLimits(depth: 0)) }
        #expect(try JSONValue(parsing: "1", limits: JSONLimits(depth: -1)) == 1)
    }

    @Test("a duplicate is found among many names, however they are written", arguments: [2, 12, 13, 200, 20_000])
    func duplicates(count: Int) throws {
        let names = (0..<count).map { "k\($0)" }
        func text(_ names: [String]) -> String {
            "{" + names.map { "\"\($0)\":{\"x\":1}" }.joined(separator: ",") + "}"
        }
        #expect(try JSONTape(parsing: Array(text(names).utf8)).root.count == count)
        for (place, twin) in [(count / 2, "k\(count / 2)"), (0, "\\u006b0"), (count - 1, "k\(count - 1)")] {
            var doubled = names
            doubled.insert(twin, at: place + 1)
            let source = text(doubled)
            let error = #expect(throws: JSONError.self) { try JSONTape(parsing: Array(source.utf8)) }
            #expect(error?.code == .duplicateKey)
            let offset = text(Array(doubled.prefix(place + 1))).utf8.count
            #expect(error?.offset == offset)
        }
        // Names that differ in one character in the middle are not the same.
        let alike = (0..<count).map { "prefix-\($0)-suffix" }
        #expect(try JSONTape(parsing: Array(text(alike).utf8)).root.count == count)
    }
}

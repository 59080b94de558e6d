import Testing

@testable import Document

@Suite("JSON parsing")
struct JSONParsingTests {
    @Test(
        "what is read is written back byte for byte",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1e3", "1E+3", "-0.0", "9223372036854775807",
            "-9223372036854775808", "9223372036854775808", "18446744073709551616", #""""#, #""a/b é 😀""#, "[]", "{}",
            #"[null,[],{},[{}],1.50]"#, #"{"z":1,"a":{"é":[1,2]},"":null}"#, #"{"e\"":"\\\b\f\n\r\t\u0001\u001f"}"#,
            "\"\u{7F}\u{2028}\"",
        ]
    )
    func roundTrip(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.serializedString() == text)
        #expect(try JSONValue(parsing: value.prettySerialized()) == value)
    }

    @Test(
        "escapes stand for their characters",
        arguments: [
            (#""\u0061\u00e9\u20ac\ud83d\uDE00\/""#, "aé€😀/"), (#""\b\f\n\r\t\"\\""#, "\u{8}\u{C}\n\r\t\"\\"),
            (#""\u0000x""#, "\0x"),
        ]
    )
    func escapes(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text) == .string(expected))
    }

    @Test(
        "a malformed text is refused with its place",
        arguments: [
            ("", "line 1, column 1 (byte 0): found the end of the text, expected a value"),
            ("[1,\n é]", "line 2, column 2 (byte 5): found byte 0xC3, expected a value"),
            (#"{"é" 1}"#, "line 1, column 6 (byte 6): found '1', expected ':'"),
            ("[1 2]", "line 1, column 4 (byte 3): found '2', expected ',' or ']'"),
            (#"{"a":1]"#, "line 1, column 7 (byte 6): found ']', expected ',' or '}'"),
            ("[1,]", "line 1, column 4 (byte 3): found ']', expected a value"),
            (#"{"a":1,}"#, "line 1, column 8 (byte 7): found '}', expected a member name in double quotes"),
            ("{a:1}", "line 1, column 2 (byte 1): found 'a', expected a member name in double quotes or '}'"),
            ("nul", "line 1, column 4 (byte 3): found the end of the text, expected the word null"),
            ("01", "line 1, column 2 (byte 1): found '1', expected no digit after a leading zero"),
            ("1 x", "line 1, column 3 (byte 2): found 'x', expected nothing after the document"),
            (
                #"{"a":1,"b":2,"\u0061":3}"#,
                "line 1, column 14 (byte 13): found a second member \"a\", expected each name once in an object"
            ),
        ]
    )
    func malformed(text: String, message: String) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == message)
    }
}

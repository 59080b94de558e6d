import Testing

@testable import Command

@Suite("Cutting streams into documents")
struct DocumentSplitterTests {
    @Test(
        "YAML is cut before separators and after end marks, and nowhere else",
        arguments: [
            ("", []),
            ("a: 1\n", ["a: 1\n"]),
            ("a: 1", ["a: 1"]),
            ("a: 1\n---\nb: 2\n", ["a: 1\n", "---\nb: 2\n"]),
            ("---\na: 1\n---\nb: 2\n", ["---\na: 1\n", "---\nb: 2\n"]),
            ("# c\n---\na: 1\n", ["# c\n---\na: 1\n"]),
            (
                "%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n",
                ["%YAML 1.1\n---\na: 1\n...\n", "%YAML 1.1\n---\nb: 2\n"]
            ),
            ("a: |\n  ---\n  text\n ---\nb: 2\n---\n", ["a: |\n  ---\n  text\n ---\nb: 2\n", "---\n"]),
            ("a: 1\n----\n--- x\n---y\n", ["a: 1\n----\n", "--- x\n---y\n"]),
            ("a: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "---\r\nb: 2\r\n"]),
            ("a: 1\n---\n# only\n---\nb: 2", ["a: 1\n", "---\n# only\n", "---\nb: 2"]),
            ("...\n...\na: 1\n...", ["...\n", "...\n", "a: 1\n..."]),
        ] as [(String, [String])]
    )
    func yaml(text: String, expected: [String]) {
        let pieces = DocumentSplitter.yaml(Array(text.utf8))
        #expect(pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
        check(pieces, of: text)
    }

    @Test(
        "JSON is cut behind each value and its white space",
        arguments: [
            ("{}", ["{}"]),
            (" {\"a\":\"}\\\"{\"}\n\n[1,{}] ", [" {\"a\":\"}\\\"{\"}\n\n", "[1,{}] "]),
            ("{}{}\n{}", ["{}", "{}\n", "{}"]),
        ] as [(String, [String])]
    )
    func json(text: String, expected: [String]) throws {
        let pieces = try #require(DocumentSplitter.json(Array(text.utf8)))
        #expect(pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
        check(pieces, of: text)
    }

    @Test(
        "what is no stream of objects and arrays is not cut",
        arguments: ["", " ", "{", "}", "{}x", "1", "\"a\"", "{]", "{}]"]
    )
    func notJSON(text: String) {
        let pieces = DocumentSplitter.json(Array(text.utf8))
        // Brackets are only counted here: what closes what is the parser's business.
        #expect(pieces == nil || text == "{]")
    }

    /// Pieces are the stream, and know on which line they begin.
    private func check(_ pieces: [DocumentSplitter.Piece], of text: String) {
        #expect(pieces.flatMap(\.bytes) == Array(text.utf8))
        var line = 1
        for piece in pieces {
            #expect(piece.firstLine == line)
            line += piece.bytes.count { $0 == UInt8(ascii: "\n") }
        }
    }
}

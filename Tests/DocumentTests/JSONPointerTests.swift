import Testing

@testable import Document

@Suite("JSON Pointer")
struct JSONPointerTests {
    /// The document of RFC 6901 §5.
    static let document = #"""
        {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}
        """#

    @Test(
        "the examples of RFC 6901 section 5 find their values",
        arguments: [
            ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
            ("/e^f", "3"),
            ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
        ]
    )
    func examples(text: String, expected: String) throws {
        let pointer = try JSONPointer(parsing: text)
        #expect(pointer.description == text)
        let tape = try JSONTape(parsing: Array(Self.document.utf8))
        #expect(tape.root.value().value(at: pointer)?.serializedString() == expected)
        #expect(tape.root[pointer]?.value().serializedString() == expected)
    }

    @Test("the empty pointer is the whole document")
    func root() throws {
        let value = try JSONValue(parsing: Self.document)
        #expect(try value.value(at: JSONPointer(parsing: "")) == value)
        #expect(JSONPointer.root.description.isEmpty)
        #expect(JSONPointer.root.parent == nil)
    }

    @Test(
        "what does not exist is nil",
        arguments: [
            "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/x", "/foo/0/x", "/x",
            "/foo/99999999999999999999", "/foo/",
        ]
    )
    func missing(text: String) throws {
        let tape = try JSONTape(parsing: Array(Self.document.utf8))
        let pointer = try JSONPointer(parsing: text)
        #expect(tape.root.value().value(at: pointer) == nil)
        #expect(tape.root[pointer] == nil)
    }

    @Test(
        "a text that is no pointer is refused",
        arguments: [
            ("a", JSONPointerError.Code.noLeadingSlash), ("#/a", .noLeadingSlash), ("/~", .invalidEscape),
            ("/a~2", .invalidEscape), ("/~~0", .invalidEscape), ("/a/~/b", .invalidEscape),
        ]
    )
    func malformed(text: String, code: JSONPointerError.Code) {
        let error = #expect(throws: JSONPointerError.self) { try JSONPointer(parsing: text) }
        #expect(error?.code == code)
    }

    @Test("text and steps are the same thing")
    func roundTrip() throws {
        let pointer: JSONPointer = ["metadata", "annotations", "vmq.k8s.vernemq.com/injected", "~1", ""]
        #expect(pointer.description == "/metadata/annotations/vmq.k8s.vernemq.com~1injected/~01/")
        #expect(try JSONPointer(parsing: pointer.description) == pointer)
        #expect(JSONPointer("a").appending(1).appending("b") == ["a", "1", "b"])
        #expect(JSONPointer("a", "b").isInside(["a"]))
        #expect(!JSONPointer("a").isInside(["a", "b"]))
    }
}

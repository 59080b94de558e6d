import Testing

@testable import Document

@Suite("JSON Patch: apply")
struct JSONPatchTests {
    struct Example: CustomTestStringConvertible {
        let name: String
        let document: String
        let patch: String
        let result: String

        var testDescription: String { name }

        init(_ name: String, _ document: String, _ patch: String, _ result: String) {
            (self.name, self.document, self.patch, self.result) = (name, document, patch, result)
        }
    }

    static let cases = [
        Example(
            "A.1 adding an object member",
            #"{"foo":"bar"}"#,
            #"[{"op":"add","path":"/baz","value":"qux"}]"#,
            #"{"foo":"bar","baz":"qux"}"#
        ),
        Example(
            "A.2 adding an array element",
            #"{"foo":["bar","baz"]}"#,
            #"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
            #"{"foo":["bar","qux","baz"]}"#
        ),
        Example(
            "A.3 removing an object member",
            #"{"baz":"qux","foo":"bar"}"#,
            #"[{"op":"remove","path":"/baz"}]"#,
            #"{"foo":"bar"}"#
        ),
        Example(
            "A.4 removing an array element",
            #"{"foo":["bar","qux","baz"]}"#,
            #"[{"op":"remove","path":"/foo/1"}]"#,
            #"{"foo":["bar","baz"]}"#
        ),
        Example(
            "A.5 replacing a value",
            #"{"baz":"qux","foo":"bar"}"#,
            #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            #"{"baz":"boo","foo":"bar"}"#
        ),
        Example(
            "A.6 moving a value",
            #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
        ),
        Example(
            "A.7 moving an array element",
            #"{"foo":["all","grass","cows","eat"]}"#,
            #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            #"{"foo":["all","cows","eat","grass"]}"#
        ),
        Example(
            "A.8 testing a value: success",
            #"{"baz":"qux","foo":["a",2,"c"]}"#,
            #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            #"{"baz":"qux","foo":["a",2,"c"]}"#
        ),
        Example(
            "A.10 adding a nested member object",
            #"{"foo":"bar"}"#,
            #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            #"{"foo":"bar","child":{"grandchild":{}}}"#
        ),
        Example(
            "A.11 ignoring unrecognized elements",
            #"{"foo":"bar"}"#,
            #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
            #"{"foo":"bar","baz":"qux"}"#
        ),
        Example(
            "A.14 ~ escape ordering",
            #"{"/":9,"~1":10}"#,
            #"[{"op":"test","path":"/~01","value":10}]"#,
            #"{"/":9,"~1":10}"#
        ),
        Example(
            "A.16 adding an array value",
            #"{"foo":["bar"]}"#,
            #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            #"{"foo":["bar",["abc","def"]]}"#
        ),
        Example("the whole document", "1", #"[{"op":"add","path":"","value":{"a":[]}}]"#, #"{"a":[]}"#),
        Example("the whole document, replaced", "1", #"[{"op":"replace","path":"","value":2}]"#, "2"),
        Example("the whole document, moved into", #"{"a":1}"#, #"[{"op":"move","from":"/a","path":""}]"#, "1"),
        Example("an element before the first", "[1]", #"[{"op":"add","path":"/0","value":0}]"#, "[0,1]"),
        Example("an element behind the last", "[1]", #"[{"op":"add","path":"/1","value":2}]"#, "[1,2]"),
        Example(
            "add over a member keeps its place",
            #"{"a":1,"b":2}"#,
            #"[{"op":"add","path":"/a","value":3}]"#,
            #"{"a":3,"b":2}"#
        ),
        Example("a null value", #"{"a":1}"#, #"[{"op":"add","path":"/b","value":null}]"#, #"{"a":1,"b":null}"#),
        Example(
            "a copy",
            #"{"a":[1]}"#,
            #"[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/-","value":2}]"#,
            #"{"a":[1],"b":[1,2]}"#
        ),
        Example(
            "a move to where it is",
            #"{"a":1,"b":2}"#,
            #"[{"op":"move","from":"/a","path":"/a"}]"#,
            #"{"a":1,"b":2}"#
        ),
        Example(
            "test compares numbers by value",
            "[1.0,100]",
            #"[{"op":"test","path":"","value":[1,1e2]}]"#,
            "[1.0,100]"
        ),
        Example(
            "test ignores the order of members",
            #"{"a":1,"b":2}"#,
            #"[{"op":"test","path":"","value":{"b":2,"a":1}}]"#,
            #"{"a":1,"b":2}"#
        ),
        Example("an empty name", #"{"":{"":1}}"#, #"[{"op":"replace","path":"//","value":2}]"#, #"{"":{"":2}}"#),
    ]

    @Test("the examples of RFC 6902 appendix A and others give their results", arguments: cases)
    func examples(example: Example) throws {
        let document = try JSONValue(parsing: example.document)
        let patch = try JSONPatch(from: JSONValue(parsing: example.patch))
        #expect(try patch.apply(to: document).serializedString() == example.result)
        #expect(try JSONPatch(from: patch.jsonValue) == patch)
    }

    static let refusals: [(document: String, patch: String, message: String)] = [
        (
            #"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#,  // A.9
            #"operation 0 at /baz: the test expected "bar" and found "qux""#
        ),
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#,  // A.12
            #"operation 0 at /baz/bat: there is no member "baz""#
        ),
        (
            #"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#,  // A.15
            #"operation 0 at /~01: the test expected "10" and found 10"#
        ),
        (
            #"{"a":[]}"#, #"[{"op":"add","path":"/b","value":1},{"op":"remove","path":"/a/0"}]"#,
            "operation 1 at /a/0: the array is empty"
        ),
        (
            "[1]", #"[{"op":"add","path":"/2","value":1}]"#,
            "operation 0 at /2: index 2 is too large, the last possible is 1"
        ),
        (
            "[1]", #"[{"op":"replace","path":"/00","value":1}]"#,
            #"operation 0 at /00: "00" is no index of an array: write it without leading zeros"#
        ),
        (
            "[1]", #"[{"op":"remove","path":"/1e0"}]"#,
            #"operation 0 at /1e0: "1e0" is no index of an array: write an index from 0"#
        ),
        (
            "[1]", #"[{"op":"replace","path":"/-","value":1}]"#,
            #"operation 0 at /-: "-" is the place after the last element"#
        ),
        (
            #"{"a":"text"}"#, #"[{"op":"remove","path":"/a/b"}]"#,
            "operation 0 at /a/b: a value of kind string has neither members nor elements"
        ),
        (
            #"{"a":{}}"#, #"[{"op":"move","from":"/a","path":"/a/b"}]"#,
            "operation 0 at /a/b: /a cannot be moved into itself"
        ),
        (
            "1", #"[{"op":"remove","path":""}]"#,
            "operation 0 at the whole document: a document cannot be removed, only replaced"
        ),
        (#"{"a":1}"#, #"[{"op":"copy","from":"/b","path":"/c"}]"#, #"operation 0 at /b: there is no member "b""#),
        ("1", #"{"op":"add"}"#, "a JSON patch is an array of operations, this is of kind object"),
        ("1", "[1]", "operation 0: an operation is an object, this is of kind number"),
        ("1", #"[{"path":""}]"#, #"operation 0: the member "op" is missing"#),
        ("1", #"[{"op":1}]"#, #"operation 0: the member "op" must be a string, it is of kind number"#),
        (
            "1", #"[{"op":"spam","path":""}]"#,
            #"operation 0: "spam" is no operation: write add, remove, replace, move, copy or test"#
        ),
        ("1", #"[{"op":"add","path":""}]"#, #"operation 0: the member "value" is missing"#),
        (
            "1", #"[{"op":"test","path":"","value":1},{"op":"remove","path":"a"}]"#,
            #"operation 1: the member "path" is no place: the JSON pointer "a" does not begin with '/': write "/a""#
        ),
    ]

    @Test("what cannot be done is refused with the operation and its place", arguments: refusals)
    func failures(document: String, patch: String, message: String) throws {
        let document = try JSONValue(parsing: document)
        let patch = try JSONValue(parsing: patch)
        let error = #expect(throws: JSONPatchError.self) { try JSONPatch(from: patch).apply(to: document) }
        #expect(error?.description == message)
    }

    @Test("copies that double the document with every step are stopped")
    func copyBomb() {
        let operations = (0..<100).map { PatchOperation.copy(from: ["a"], path: ["a", "\($0)"]) }
        let error = #expect(throws: JSONPatchError.self) {
            try JSONPatch(operations).apply(to: ["a": ["x": "yy"]], limits: JSONLimits(bytes: 100_000))
        }
        #expect(error?.code == .tooLarge)
        let deep = (0..<40).map { _ in PatchOperation.move(from: ["a"], path: ["b", "a"]) }
        #expect(throws: JSONPatchError.self) { try JSONPatch(deep).apply(to: ["a": 1, "b": [:]]) }
        let nested = JSONPatch([.copy(from: [], path: ["a"]), .copy(from: [], path: ["a", "a"])])
        let depth = #expect(throws: JSONPatchError.self) {
            try nested.apply(to: ["a": 1], limits: JSONLimits(depth: 3))
        }
        #expect(depth?.code == .tooDeep)
        #expect(depth?.operation == 1)
    }
}

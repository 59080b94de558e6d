import Testing

@testable import Document

@Suite("JSON values")
struct JSONValueTests {
    @Test("literals keep the order of members, and nil is null")
    func literals() {
        let value: JSONValue = ["z": 1, "a": [nil, true, "s", -2], "o": [:], "l": []]
        #expect(value.serializedString() == #"{"z":1,"a":[null,true,"s",-2],"o":{},"l":[]}"#)
    }

    @Test("subscripts read, replace in place, append, remove, and leave other kinds alone")
    func subscripts() {
        var value: JSONValue = ["a": ["x": 1, "y": 2], "b": [1, 2, 3]]
        #expect(value["missing"] == nil)
        #expect(value["a"]?["x"] == 1)
        #expect(value["a"]?["x"] != nil)
        #expect(value["b"]?[3] == nil)
        #expect(value["b"]?[-1] == nil)
        value["a"]?["x"] = 5
        value["a"]?["z"] = "new"
        value["a"]?["y"] = nil
        value["b"]?[1] = .null
        value["b"]?[0] = nil
        value["b"]?["x"] = 1
        value["c"]?["x"] = 1
        #expect(value == ["a": ["x": 5, "z": "new"], "b": [nil, 3]])
    }

    @Test("equality sees order, number text and bytes; equivalence sees meaning")
    func equality() throws {
        let pairs: [(String, String, isEquivalent: Bool)] = [
            (#"{"a":1,"b":{"c":1,"d":2}}"#, #"{"b":{"d":2,"c":1},"a":1}"#, true),
            ("[1,2]", "[2,1]", false), ("1", "1.0", true), ("100", "1e2", true), ("0", "-0.00", true),
            ("0.1", "1e-1", true), ("18446744073709551616", "18446744073709551617", false), ("1", "-1", false),
            ("1e99999999999999999999", "2e99999999999999999999", false), ("1", #""1""#, false),
            (#"{"a":1}"#, #"{"a":1,"b":2}"#, false), (#"{"a":1}"#, #"{"b":1}"#, false),
            (#""\u00e9""#, #""e\u0301""#, false), (#"{"\u00e9":1}"#, #"{"e\u0301":1}"#, false),
        ]
        for (left, right, isEquivalent) in pairs {
            let (left, right) = (try JSONValue(parsing: left), try JSONValue(parsing: right))
            #expect(left != right)
            #expect(left.isEquivalent(to: right) == isEquivalent, "\(left) \(right)")
            #expect(right.isEquivalent(to: left) == isEquivalent, "\(right) \(left)")
        }
    }

    @Test("names that only Unicode calls equal are two members")
    func canonicallyEquivalentNames() throws {
        let value = try JSONValue(parsing: #"{"\u00e9":1,"e\u0301":2}"#)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }
}

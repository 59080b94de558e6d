import Testing

@testable import Document

@Suite("JSON Patch: difference")
struct JSONPatchDifferenceTests {
    static let cases: [(old: String, new: String, patch: String)] = [
        ("{}", "{}", "[]"),
        (#"{"a":1,"b":[1,{"c":2}]}"#, #"{"b":[1,{"c":2}],"a":1}"#, "[]"),
        ("1", "1.0", #"[{"op":"replace","path":"","value":1.0}]"#),
        (
            #"{"a":1,"b":2,"k":0}"#, #"{"a":1,"c":3,"k":0}"#,
            #"[{"op":"remove","path":"/b"},{"op":"add","path":"/c","value":3}]"#
        ),
        (#"{"x":{"a":1,"b":2}}"#, #"{"x":{"a":1,"b":3}}"#, #"[{"op":"replace","path":"/x/b","value":3}]"#),
        (#"{"a/b":{"~":1,"k":0}}"#, #"{"a/b":{"k":0}}"#, #"[{"op":"remove","path":"/a~1b/~0"}]"#),
        ("[1,2,3]", "[1,2,3,4]", #"[{"op":"add","path":"/3","value":4}]"#),
        (#"{"l":[1,2,3],"k":0}"#, #"{"l":[1,9,2,3],"k":0}"#, #"[{"op":"add","path":"/l/1","value":9}]"#),
        (
            #"{"l":["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd"]}"#, #"{"l":["bbbbbbbb","cccccccc","dddddddd"]}"#,
            #"[{"op":"remove","path":"/l/0"}]"#
        ),
        (
            #"{"l":[{"name":"a","image":"one"},{"name":"b","image":"two"}]}"#,
            #"{"l":[{"name":"new","image":"three"},{"name":"a","image":"one"},{"name":"b","image":"2"}]}"#,
            #"[{"op":"add","path":"/l/0","value":{"name":"new","image":"three"}},{"op":"replace","path":"/l/2/image","value":"2"}]"#
        ),
        (
            #"[{"name":"a","v":"11111111"},{"name":"b","v":"22222222"},{"name":"c","v":"33333333"}]"#,
            #"[{"name":"c","v":"33333333"},{"name":"a","v":"11111111"},{"name":"b","v":"22222222"}]"#,
            #"[{"op":"move","from":"/2","path":"/0"}]"#
        ),
        (#"{"a":{"b":1}}"#, #"{"a":{"c":[1,2,3]}}"#, #"[{"op":"replace","path":"/a","value":{"c":[1,2,3]}}]"#),
        (
            #"{"k":0,"c":["A"]}"#, #"{"k":0,"c":["sh","leave","A"]}"#,
            #"[{"op":"replace","path":"/c","value":["sh","leave","A"]}]"#
        ),
        (#"{"a":null,"k":0}"#, #"{"k":0}"#, #"[{"op":"remove","path":"/a"}]"#),
    ]

    @Test("patches are as small as these", arguments: cases)
    func examples(old: String, new: String, patch: String) throws {
        let (old, new) = (try JSONValue(parsing: old), try JSONValue(parsing: new))
        let difference = JSONPatch.difference(from: old, to: new)
        #expect(difference.jsonValue.serializedString() == patch)
        #expect(try difference.apply(to: old).isEqual(to: new, numbers: .byText))
    }

    @Test("a base is the beginning of all paths")
    func base() throws {
        let patch = JSONPatch.difference(from: ["a": 1], to: ["a": 2], at: ["spec", "x/y"])
        #expect(patch.operations == [.replace(path: ["spec", "x/y", "a"], value: 2)])
    }

    @Test(
        "applying the difference gives the other value, in its order where that can be said",
        arguments: SeededGenerator.seeds
    )
    func property(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        var seen: [String: Int] = [:]
        for _ in 0..<2_000 {
            let old = generator.container(depth: 5)
            let new = generator.changed(old, depth: 5)
            let patch = JSONPatch.difference(from: old, to: new)
            let patched = try patch.apply(to: old)
            try #require(patched.isEqual(to: new, numbers: .byText), "\(old) \(new) \(patch.jsonValue)")
            try #require(patch == JSONPatch.difference(from: old, to: new))
            try #require(JSONPatch.difference(from: patched, to: new).isEmpty)
            for operation in patch.operations { seen[operation.name, default: 0] += 1 }
            if Self.isOrderKept(old, new) { seen["exact order", default: 0] += 1 }
            if Self.isOrderKept(old, new) { try #require(patched == new, "\(old) \(new) \(patch.jsonValue)") }
        }
        for name in ["add", "remove", "replace", "exact order"] {
            #expect(seen[name, default: 0] > 100, "the generator hardly makes cases of \(name): \(seen)")
        }
    }

    @Test("lists of named elements follow every change of order and content", arguments: SeededGenerator.seeds)
    func lists(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        var moves = 0
        for _ in 0..<400 {
            let old = generator.namedElements()
            var new = old
            for index in new.indices.reversed() where generator.random.once(in: 6) { new.remove(at: index) }
            for index in new.indices where generator.random.once(in: 4) { new[index]["image"] = generator.value() }
            for element in generator.namedElements() where generator.random.once(in: 4) {
                let isKnown = new.contains { $0["name"] == element["name"] }
                if !isKnown { new.insert(element, at: Int.random(in: 0...new.count, using: &generator.random)) }
            }
            for _ in 0..<Int.random(in: 0...3, using: &generator.random) where new.count > 1 {
                let element = new.remove(at: Int.random(in: 0..<new.count, using: &generator.random))
                new.insert(element, at: Int.random(in: 0...new.count, using: &generator.random))
            }
            let patch = JSONPatch.difference(from: .array(old), to: .array(new))
            // Not `==`: an image that was an object and becomes another has its names in an order that no patch can say.
            let patched = try patch.apply(to: .array(old))
            try #require(patched.isEqual(to: .array(new), numbers: .byText), "\(old) \(new) \(patch.jsonValue)")
            moves += patch.operations.count { $0.name == "move" }
        }
        #expect(moves > 100)
    }

    /// The condition in the promise of `difference`, for objects at the same names; lists must be the same.
    private static func isOrderKept(_ old: JSONValue, _ new: JSONValue) -> Bool {
        switch (old, new) {
        case (.object(let old), .object(let new)):
            let common = old.keys.filter { new.contains($0) }
            // By their bytes: two names that Unicode takes for the same are two members.
            guard new.keys.prefix(common.count).map({ Array($0.utf8) }) == common.map({ Array($0.utf8) }) else {
                return false
            }
            return common.allSatisfy { isOrderKept(old[$0] ?? .null, new[$0] ?? .null) }
        case (.array, .array): return old == new
        default: return true
        }
    }

    @Test("large lists that have nothing in common are compared in bounded time")
    func largeLists() throws {
        let old = JSONValue.array((0..<8_000).map { ["name": .string("old-\($0)")] })
        let new = JSONValue.array((0..<8_000).map { ["name": .string("new-\($0)")] })
        let shuffled = JSONValue.array((0..<8_000).map { ["name": .string("old-\($0 * 7_919 % 8_000)")] })
        let numbers = JSONValue.array((0..<8_000).map { .integer(Int64($0 * 7_919 % 8_000)) })
        let sorted = JSONValue.array((0..<8_000).map { .integer($0) })
        for (old, new) in [(old, new), (old, shuffled), (numbers, sorted)] {
            let patch = JSONPatch.difference(from: old, to: new)
            #expect(try patch.apply(to: old) == new)
        }
    }
}

import Testing

@testable import Document

@Suite("JSON properties")
struct JSONPropertyTests {
    @Test("parse and write are inverse, and Foundation reads the same", arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<1_000 {
            let value = generator.value(depth: 5)
            let bytes = value.serialized()
            let tape = try JSONTape(parsing: bytes)
            try #require(tape.root.value() == value)
            try #require(tape.root.value().serialized() == bytes)
            try #require(JSONValue(parsing: value.prettySerialized()) == value)
            guard !Oracle.losesNames(value) else { continue }
            try #require(Oracle.agrees(try Oracle.read(bytes), value), "\(value)")
        }
    }

    @Test("a string is escaped where RFC 8259 §7 wants it and nowhere else, whatever stands beside it")
    func escapes() {
        func naive(_ text: String) -> String {
            text.unicodeScalars.reduce(into: "") { result, scalar in
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                case "\u{8}": result += "\\b"
                case "\t": result += "\\t"
                case "\n": result += "\\n"
                case "\u{C}": result += "\\f"
                case "\r": result += "\\r"
                case "\0"..<" ":
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        // Every byte of ASCII, and neighbours of it in longer characters, at every place of a word of eight bytes.
        let others = ["a", "\u{7F}", "\u{80}", "é", "\u{2022}", "\u{5C22}", "\u{1F4A9}"]
        for scalar in (0..<UInt8(0x80)).map({ String(Unicode.Scalar($0)) }) + others {
            for lead in 0..<17 {
                for filler in ["x", "\u{80}", "\"", "!"] {
                    let text =
                        String(repeating: filler, count: lead) + scalar + scalar + String(repeating: "]", count: 9)
                    #expect(JSONValue.string(text).serialized() == Array("\"\(naive(text))\"".utf8))
                }
            }
        }
    }

    @Test("a part is found by its bytes wherever it stands")
    func parts() {
        let text = "aab__é\0KUBER"
        #expect(text.containsBytes(of: ""))
        #expect("".containsBytes(of: ""))
        #expect(!"".containsBytes(of: "a"))
        for start in text.utf8.indices {
            for end in text.utf8.indices where start <= end {
                guard let part = String(text.utf8[start..<end]) else { continue }
                #expect(text.containsBytes(of: part), "\(part)")
                #expect(part == "" || !text.containsBytes(of: part + "?"))
            }
        }
        #expect(!text.containsBytes(of: text + "x"))
        #expect("ab_\u{301}_".containsBytes(of: "_"))
        #expect("aaab".containsBytes(of: "aab"))
    }

    @Test("a tape and the tree made of it agree everywhere", arguments: SeededGenerator.seeds)
    func tapeAgreesWithTree(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<500 {
            let value = generator.container(depth: 5)
            let tape = try JSONTape(parsing: value.prettySerialized().utf8.map(\.self))
            try #require(Self.agree(tape.root, value))
        }
    }

    private static func agree(_ node: JSONNode, _ value: JSONValue) -> Bool {
        guard node.kind == value.kind, node.isNull == value.isNull, node.bool == value.boolValue,
            node.integer == value.integerValue, node.value() == value,
            (try? JSONValue(parsing: Array(node.bytes))) == value
        else { return false }
        switch value {
        case .string(let text): return node.string == text && node.isString(text) && !node.isString(text + "x")
        case .number(let text): return node.number == text
        case .integer(let integer): return node.number == String(integer)
        case .array(let elements):
            return node.count == elements.count && node[elements.count] == nil && node[-1] == nil
                && zip(node.elements, elements).allSatisfy { agree($0, $1) }
                && elements.indices.allSatisfy { node[$0]?.value() == elements[$0] } && Array(node.members).isEmpty
        case .object(let object):
            return node.count == object.count && node["no such member"] == nil && node[0] == nil
                && zip(node.members, object).allSatisfy { $0.key == $1.key && agree($0.value, $1.value) }
                && object.allSatisfy { node[$0.key]?.value() == $0.value } && Array(node.elements).isEmpty
        default: return node.count == 0 && node["a"] == nil && node[0] == nil
        }
    }

    @Test(
        "damaged texts are refused or read as Foundation reads them, and never trap",
        arguments: SeededGenerator.seeds
    )
    func damage(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<2_000 {
            var bytes = generator.value(depth: 4).serialized()
            for _ in 0..<Int.random(in: 1...3, using: &generator.random) { Self.damage(&bytes, &generator.random) }
            guard let tape = try? JSONTape(parsing: bytes) else { continue }
            accepted += 1
            let value = tape.root.value()
            guard !Oracle.losesNames(value) else { continue }
            // Foundation refuses numbers beyond a Double's range, which are legal JSON.
            guard let expected = try? Oracle.read(bytes) else {
                try #require(Self.hasHugeNumber(value), "\(String(decoding: bytes, as: UTF8.self))")
                continue
            }
            try #require(Oracle.agrees(expected, value), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 100)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let interesting = Array(#"{}[]",:\/ueE+-.0123456789tfn "#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(random.pick(interesting), at: place)
        case 1 where place < bytes.count: bytes[place] = random.pick(interesting)
        case 2 where place < bytes.count: bytes.remove(at: place)
        default: bytes = Array(bytes.prefix(place))
        }
    }

    private static func hasHugeNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let text): !(Double(text)?.isFinite ?? false) || (Double(text) == 0)
        case .array(let elements): elements.contains { hasHugeNumber($0) }
        case .object(let object): object.values.contains { hasHugeNumber($0) }
        default: false
        }
    }

    @Test(
        "what is valid for Foundation is valid here, but for what is refused on purpose",
        arguments: SeededGenerator.seeds
    )
    func completeness(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<2_000 {
            var bytes = generator.value(depth: 3).serialized()
            Self.damage(&bytes, &generator.random)
            let foundation = try? Oracle.read(bytes)
            do throws(JSONError) {
                _ = try JSONTape(parsing: bytes)
            } catch {
                let isOnPurpose = [.duplicateKey, .loneSurrogate, .controlCharacter].contains(error.code)
                try #require(
                    foundation == nil || isOnPurpose || Self.isLenience(bytes, error),
                    "\(error) \(String(decoding: bytes, as: UTF8.self))"
                )
            }
        }
    }

    /// Foundation takes bytes with zeros among them for UTF-16 or UTF-32, skips a byte order mark and lets a comma stand
    /// behind the last element.
    private static func isLenience(_ bytes: [UInt8], _ error: JSONError) -> Bool {
        let before = bytes.prefix(error.offset).last { $0 > 0x20 }
        return bytes.prefix(4).contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || before == UInt8(ascii: ",")
    }

    @Test("scalar texts at every offset from a word's boundary are read whole", arguments: 0..<20)
    func alignment(padding: Int) throws {
        let pad = String(repeating: "x", count: padding)
        for special in ["\"", "\\", "\n", "é", "😀", "\u{7F}", "\u{1F}", "!", "#", "[", "]"] {
            for tail in ["", "y", "yyyyyyyyyyyyyyyy"] {
                let value = JSONValue.string(pad + special + tail)
                #expect(try JSONValue(parsing: value.serialized()) == value)
            }
        }
        for control in 0..<0x20 as Range<UInt8> {
            let bytes = Array("\"\(pad)".utf8) + [control] + Array("yyyyyyyyyyyy\"".utf8)
            let error = #expect(throws: JSONError.self) { try JSONTape(parsing: bytes) }
            #expect(error?.code == .controlCharacter)
            #expect(error?.offset == 1 + padding)
        }
    }
}

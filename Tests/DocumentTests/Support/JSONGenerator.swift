@testable import Document

/// Values of all shapes, with what parsers and writers stumble over in them, and changed copies of values.
struct JSONGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    static let strings = [
        "", "a", "b", "name", "value", "yes", "No", "on", "y", "null", "~", "true", "0", "-0", "012", "0o7", "0x1F",
        "1_000",
        "1.0", ".5", "1e3", ".inf", ".NaN", "12:30:45", "2001-12-14", "<<", "=", "- a", "a: b", "a #b", "#a", "?", "-",
        "---", "...", "--- a", "... a", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "[a]", "{a: b}", "a,b", "'", "\"",
        "it's", "a\"b", "\\", " a", "a ", "a  b", "\t", "a\tb", "\n", "a\n", "a\nb", "a\n\n", "\na", " \n", "  a\nb",
        "a\n b\n", "a\n\n b", "a\r\nb", "a\r", "a\n\tb\n", "\u{0}", "\u{7}", "\u{1B}", "\u{7F}", "\u{85}", "\u{A0}",
        "\u{2028}x", "a\n\u{2029}", "\u{FEFF}", "é", "e\u{301}", "日本語", "😀", "a/b", "~0", "~1", "a~b", "\u{FFFE}",
        "\u{E000}", "line one\nline two\n  indented\n", "#!/bin/sh\nset -eu\necho \"$1\"\n", "trailing \nspace",
        "vmq.k8s.vernemq.com/inject", "  ", ": ", ":", "a:", "-a", "- ", "? a", "!!str a", "0b11", "+1", "1.", "1__0",
        "-.5", "0777", "08", "1:2", "=a", "key: [", "x\n  y\n z\n\n\n",
    ]

    static let numbers = [
        "0", "1", "-1", "42", "-0", "0.0", "1.0", "1.50", "1e3", "1E+3", "-1.5e-7", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "18446744073709551616", "0.1", "123456789012345678901234567890",
    ]

    mutating func value(depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return JSONValue(number: random.pick(Self.numbers)) ?? .null
        case 3, 4, 5: return .string(string())
        case 6, 7: return .array(elements(depth: depth - 1))
        default: return object(depth: depth - 1)
        }
    }

    /// An object or an array.
    mutating func container(depth: Int) -> JSONValue {
        random.once(in: 3) ? .array(elements(depth: depth - 1)) : object(depth: depth - 1)
    }

    mutating func string() -> String {
        var text = random.pick(Self.strings)
        while random.once(in: 3) { text += random.pick(Self.strings) }
        return text
    }

    mutating func elements(depth: Int) -> [JSONValue] {
        let count = Int.random(in: 0...5, using: &random)
        guard random.once(in: 2) else { return (0..<count).map { _ in value(depth: depth) } }
        // A list as Kubernetes has them: objects with unique names.
        return (0..<count).map { index in
            var element: JSONValue = ["name": .string("n\(index)")]
            element[random.pick(["value", "image", "x"])] = value(depth: depth - 1)
            return element
        }
    }

    /// A longer list of objects with unique names that are not worth writing twice.
    mutating func namedElements() -> [JSONValue] {
        var numbers = Array(0..<20)
        numbers.shuffle(using: &random)
        return numbers.prefix(Int.random(in: 0...12, using: &random)).map { number in
            let note = String(repeating: "some text of \(number) ", count: 8)
            return ["name": .string("n\(number)"), "note": .string(note), "image": value(depth: 1)]
        }
    }

    mutating func object(depth: Int) -> JSONValue {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...5, using: &random) { object[string()] = value(depth: depth) }
        return .object(object)
    }

    /// A copy with a few changes somewhere in it.
    mutating func changed(_ value: JSONValue, depth: Int = 4) -> JSONValue {
        guard depth > 3 || !random.once(in: 8) else { return self.value(depth: depth) }
        switch value {
        case .object(var object):
            for key in object.keys where random.once(in: 3) {
                object[key] = random.once(in: 4) ? nil : changed(object[key] ?? .null, depth: depth - 1)
            }
            if random.once(in: 3) { object[string()] = self.value(depth: depth - 1) }
            if random.once(in: 6), let key = object.keys.last {
                object.insert(object[key] ?? .null, forKey: key, at: 0)
            }
            return .object(object)
        case .array(var elements):
            for index in elements.indices.reversed() where random.once(in: 3) {
                if random.once(in: 3) {
                    elements.remove(at: index)
                } else {
                    elements[index] = changed(elements[index], depth: depth - 1)
                }
            }
            if random.once(in: 3) {
                elements.insert(self.value(depth: depth - 1), at: Int.random(in: 0...elements.count, using: &random))
            }
            if random.once(in: 4) { elements.shuffle(using: &random) }
            return .array(elements)
        default:
            return random.once(in: 2) ? value : self.value(depth: depth)
        }
    }
}

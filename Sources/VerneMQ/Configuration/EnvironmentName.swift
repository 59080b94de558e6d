import Document

/// The names by which the official image takes settings from its environment: `DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES`.
///
/// The image's start script cuts the first 15 characters of `NAME=VALUE`, puts the leading run of capitals, digits and
/// underscores into lower case, replaces each `__` by a dot, in the value too, and adds the line to `vernemq.conf`. It
/// leaves out variables whose text contains one of a few words.
public enum EnvironmentName {
    /// What all of the variables begin with.
    public static let prefix = "DOCKER_VERNEMQ_"

    /// Words that make the image leave a variable out, in its name or in its value.
    public static let reservedWords = ["DISCOVERY_NODE", "KUBERNETES", "SWARM", "COMPOSE", "DOCKER_VERNEMQ_USER"]

    /// The variable for a key; nil where no name leads to it, or where Kubernetes' and shells' names have no letter for
    /// one of the key's.
    public static func variable(for key: String) -> String? {
        guard !key.isEmpty, key.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: ".") }) else { return nil }
        var flat: [UInt8] = []
        flat.reserveCapacity(key.utf8.count + 8)
        for byte in key.utf8 {
            if byte == UInt8(ascii: ".") { flat += [underscore, underscore] } else { flat.append(byte) }
        }
        let name = prefix + String(decoding: flat, as: UTF8.self)
        // Lower case is taken as it stands, which helps where a name has capitals or contains a reserved word.
        let usual = name.uppercased()
        if self.key(of: usual) == key { return usual }
        return self.key(of: name) == key ? name : nil
    }

    /// The key that the image makes of a variable's name; nil if it leaves the variable out.
    public static func key(of variable: String) -> String? {
        guard variable.utf8.count > prefix.utf8.count, variable.hasPrefix(prefix), reservedWord(in: variable) == nil
        else { return nil }
        var key: [UInt8] = []
        var isInRun = true
        for byte in variable.utf8.dropFirst(prefix.utf8.count) {
            isInRun = isInRun && byte.isInRun
            key.append(isInRun && byte.isCapital ? byte | 0x20 : byte)
        }
        return String(decoding: withDots(key), as: UTF8.self)
    }

    /// Why a value cannot be given by a variable, as a clause; nil if it can.
    public static func obstacle(to value: String) -> String? {
        if value.containsBytes(of: "__") { return "the image turns __ into a dot" }
        if value.utf8.contains(UInt8(ascii: "\n")) { return "the image reads one line" }
        if let word = reservedWord(in: value) { return "the image leaves variables out that contain \(word)" }
        return nil
    }

    private static let underscore = UInt8(ascii: "_")

    private static func reservedWord(in text: String) -> String? {
        reservedWords.first { text.containsBytes(of: $0) }
    }

    /// Each `__` as a dot, from the left.
    private static func withDots(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        // Whether the last byte is an underscore that may still become half of a dot.
        var isHalf = false
        for byte in text {
            if byte == underscore, isHalf {
                result[result.count - 1] = UInt8(ascii: ".")
                isHalf = false
            } else {
                result.append(byte)
                isHalf = byte == underscore
            }
        }
        return result
    }
}

extension UInt8 {
    /// Whether this is an ASCII letter, a digit or an underscore.
    fileprivate var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    fileprivate var isCapital: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }

    /// Whether the image puts this into lower case, or passes over it on the way to more: a capital, a digit, an underscore.
    fileprivate var isInRun: Bool {
        isCapital || self == UInt8(ascii: "_") || (self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9"))
    }
}

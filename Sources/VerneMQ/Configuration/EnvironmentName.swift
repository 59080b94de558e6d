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
        let flat = key.replacing(".", with: "__")
        // Lower case is taken as it stands, which helps where a name has capitals or contains a reserved word.
        let candidates = [prefix + flat.uppercased(), prefix + flat]
        return candidates.first { self.key(of: $0) == key }
    }

    /// The key that the image makes of a variable's name; nil if it leaves the variable out.
    public static func key(of variable: String) -> String? {
        guard variable.hasPrefix(prefix), variable.utf8.count > prefix.utf8.count else { return nil }
        guard !reservedWords.contains(where: variable.contains) else { return nil }
        let tail = variable.dropFirst(prefix.count)
        let run = tail.prefix { $0 == "_" || ($0.isASCII && ($0.isNumber || $0.isUppercase)) }
        return (run.lowercased() + tail.dropFirst(run.count)).replacing("__", with: ".")
    }

    /// Why a value cannot be given by a variable, as a clause; nil if it can.
    public static func obstacle(to value: String) -> String? {
        if value.contains("__") { return "the image turns __ into a dot" }
        if value.utf8.contains(UInt8(ascii: "\n")) { return "the image reads one line" }
        if let word = reservedWords.first(where: value.contains) {
            return "the image leaves variables out that contain \(word)"
        }
        return nil
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
}

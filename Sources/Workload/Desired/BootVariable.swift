import VerneMQ

/// A setting in the form in which the official image takes it from the environment.
///
/// The image (its start script) prints every variable whose text contains `DOCKER_VERNEMQ`, leaves out those that contain
/// one of a few words, cuts the first 15 characters, lower-cases the leading run of `A-Z0-9_`, and puts a dot in the place
/// of every `__`, value included. Whatever does not come out of that as it should is an error here, because the broker would
/// start with another setting than the one that is wanted.
enum BootVariable {
    static let prefix = "DOCKER_VERNEMQ_"
    /// Words that make the image leave a variable out, wherever they stand in its text.
    static let swallowed = ["DISCOVERY_NODE", "KUBERNETES", "SWARM", "COMPOSE", "DOCKER_VERNEMQ_USER"]

    /// The name of the variable, or why there is none.
    static func name(for setting: Setting) -> Result<String, FindingError> {
        let spelled = setting.key.replacing(".", with: "__")
        // A capital in a key survives only behind a lower-case letter.
        let hasCapitals = setting.key.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        let name = prefix + (hasCapitals ? spelled : spelled.uppercased())
        guard isVariableName(name) else {
            return fault(setting.keyPath, setting.key, "has a character that no environment variable's name can have")
        }
        guard !setting.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return fault(setting.valuePath, setting.key, "has a value with a control character, which breaks its line")
        }
        let line = "\(name)=\(setting.value)"
        if let word = swallowed.first(where: { line.contains($0) }) {
            return fault(setting.valuePath, setting.key, "contains \(word), for which the image leaves the setting out")
        }
        guard line.hasPrefix(prefix), imageReading(of: line) == "\(setting.key)=\(setting.value)" else {
            return fault(setting.valuePath, setting.key, "has __ in it, which the image turns into a dot")
        }
        return .success(name)
    }

    /// What the image makes of a line of its environment.
    static func imageReading(of line: String) -> String {
        let rest = line.dropFirst(prefix.count)
        let run = rest.prefix { character in
            character.isASCII && (character.isUppercase || character.isNumber || character == "_")
        }
        return (run.lowercased() + rest.dropFirst(run.count)).replacing("__", with: ".")
    }

    private static func isVariableName(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
    }

    private static func fault(_ path: String, _ key: String, _ problem: String) -> Result<String, FindingError> {
        let remedy = "the official image cannot be given it at start: choose another name or value"
        return .failure(
            FindingError(Finding(.error, path: path, value: key.shortened, problem: problem, remedy: remedy))
        )
    }
}

/// A single finding as an error.
struct FindingError: Error, Sendable, Hashable {
    var finding: Finding

    init(_ finding: Finding) {
        self.finding = finding
    }
}

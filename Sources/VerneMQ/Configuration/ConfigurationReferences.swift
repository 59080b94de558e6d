/// Replaces `$(KEY)` in values by the value of that key, as VerneMQ does when it generates its configuration.
struct ConfigurationReferences {
    /// Why a reference could not be replaced.
    struct Fault: Error {
        /// The reference as it stands.
        var reference: String
        /// What is wrong, as a clause.
        var problem: String
        /// What to do about it.
        var remedy: String
        /// Whether the broker's container may have what is referred to.
        var isKnownToContainer: Bool
    }

    /// The values that have been worked out, by key.
    private(set) var values: [String: String] = [:]
    private let raw: [String: String]

    /// How deep references may lead, and how long a value may get by them.
    private static let depthLimit = 16
    private static let lengthLimit = 16 * 1024

    init(_ settings: [Setting]) {
        raw = Dictionary(settings.map { ($0.key, $0.value) }) { _, last in last }
    }

    /// The value of a setting with its references replaced.
    mutating func value(of setting: Setting) throws(Fault) -> String {
        guard setting.value.contains("$(") else { return setting.value }
        return try expand(setting.value, of: setting.key, path: [])
    }

    private mutating func expand(_ text: String, of key: String, path: [String]) throws(Fault) -> String {
        if let value = values[key] { return value }
        guard text.contains("$(") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.range(of: "$(") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: ")") else {
                throw Fault(
                    reference: "$(",
                    problem: "opens a reference that is not closed",
                    remedy: "close it with )",
                    isKnownToContainer: false
                )
            }
            let name = String(rest[open.upperBound..<close])
            result += try replacement(for: name, in: key, path: path)
            guard result.utf8.count <= Self.lengthLimit else {
                throw Fault(
                    reference: "$(\(name))",
                    problem: "makes the value longer than \(Self.lengthLimit) bytes",
                    remedy: "write the value out",
                    isKnownToContainer: false
                )
            }
            rest = rest[rest.index(after: close)...]
        }
        result += rest
        values[key] = result
        return result
    }

    private mutating func replacement(for name: String, in key: String, path: [String]) throws(Fault) -> String {
        let reference = "$(\(name))"
        if name.hasPrefix("<") {
            let problem = "takes the content of a file in the broker's container"
            throw Fault(reference: reference, problem: problem, remedy: "", isKnownToContainer: true)
        }
        guard let text = raw[name] else {
            let problem = "refers to what is no key of this text"
            throw Fault(reference: reference, problem: problem, remedy: "", isKnownToContainer: true)
        }
        guard name != key, !path.contains(name), path.count < Self.depthLimit else {
            throw Fault(
                reference: reference,
                problem: "leads back to itself, or too far",
                remedy: "write the value out",
                isKnownToContainer: false
            )
        }
        return try expand(text, of: name, path: path + [key])
    }
}

extension StringProtocol {
    /// The first place of a short text, found by its bytes.
    fileprivate func range(of text: String) -> Range<Index>? {
        let pattern = Array(text.utf8)
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: pattern) {
                return start..<utf8.index(start, offsetBy: pattern.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}

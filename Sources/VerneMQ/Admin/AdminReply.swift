public import Document

/// What `vmq-admin` said, read from what it wrote and from its exit code, neither of which proves anything alone: alerts
/// come with exit code 0, and some commands fail after they have done their work.
public enum AdminReply: Sendable, Hashable {
    /// The rows of a table.
    case table([JSONObject])
    /// A text that is no alert: `Done`, as a rule. It may say that something went wrong all the same.
    case text(String)
}

/// Why a call of `vmq-admin` did not do what it was asked for.
public enum AdminFault: Error, Sendable, Hashable {
    /// The broker is not up, or not yet: it does not answer, or its commands are not registered.
    case notReady(String)
    /// `vmq-admin` gave up waiting (60 s as a rule). What it asked for goes on.
    case gaveUp(String)
    /// The broker said no, with an alert (exit code 0) or with a failure.
    case refused(String)
    /// The broker crashed in the command. What it asked for may have been done.
    case crashed(String)
    /// The answer is none that is known.
    case unexpected(String)
}

extension AdminReply {
    /// What people are shown of a text, at most.
    private static let limit = 300

    /// Reads a reply.
    ///
    /// - Parameters:
    ///   - output: what it wrote to standard output.
    ///   - error: what it wrote to standard error.
    ///   - exitCode: 0 even for alerts.
    public init(output: String, error: String = "", exitCode: Int) throws(AdminFault) {
        guard exitCode == 0 else { throw AdminReply.fault(in: output, error) }
        let text = output.trimmed
        guard text.hasPrefix("{") || text.hasPrefix("[") else {
            if let alert = AdminReply.alert(in: text) { throw .refused(AdminReply.shown(alert)) }
            self = .text(text.withoutANSI)
            return
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw .unexpected("no JSON: \(AdminReply.shown(text))")
        }
        try self.init(value)
    }

    private init(_ value: JSONValue) throws(AdminFault) {
        // One status is an object, several or none are a list.
        if let list = value.arrayValue {
            guard let first = list.first else {
                self = .table([])
                return
            }
            for element in list where element["type"]?.stringValue == "alert" {
                _ = try AdminReply(element)
            }
            try self.init(first)
            return
        }
        switch value["type"]?.stringValue {
        case "table": self = .table((value["table"]?.arrayValue ?? []).compactMap(\.objectValue))
        case "text":
            let text = value["text"]?.stringValue ?? ""
            if let alert = AdminReply.alert(in: text) { throw .refused(AdminReply.shown(alert)) }
            self = .text(text)
        case "alert":
            let parts = (value["alert"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
            throw .refused(AdminReply.shown(parts.isEmpty ? "an alert without words" : parts.joined(separator: " ")))
        default: throw .unexpected("neither table nor text: \(AdminReply.shown(value.serializedString()))")
        }
    }

    /// The rows, none if it is a text.
    public var rows: [JSONObject] {
        if case .table(let rows) = self { return rows }
        return []
    }

    /// Texts that are refusals although nothing marks them as such.
    private static func alert(in text: String) -> String? {
        let beginnings = [
            "Can't ", "can't ", "Unknown error", "Incomplete ", "You have to provide", "Usage:", "Error",
            "RPC to ", "Invalid ", "Unknown variable",
        ]
        return beginnings.contains { text.hasPrefix($0) } ? text : nil
    }

    private static func fault(in output: String, _ error: String) -> AdminFault {
        let text = [error, output].map(\.trimmed).filter { !$0.isEmpty }.joined(separator: " ")
        let shown = shown(text.isEmpty ? "it failed without a word" : text)
        let beforeItIsUp = ["not responding to pings", "Usage information not found", "{undef,", "clique_commands"]
        if beforeItIsUp.contains(where: { text.contains($0) }) { return .notReady(shown) }
        if text.contains("failed: timeout") { return .gaveUp(shown) }
        if text.contains("failed: {'EXIT'") { return .crashed(shown) }
        return .refused(shown)
    }

    /// One line, without the codes and the reports of the broker's own log, and not too long.
    private static func shown(_ text: String) -> String {
        let plain = text.withoutANSI.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return plain.count <= limit ? plain : plain.prefix(limit - 1) + "…"
    }
}

extension AdminFault: CustomStringConvertible {
    /// A clause for people: what the broker said.
    public var description: String {
        switch self {
        case .notReady(let text): "the broker does not take commands yet: \(text)"
        case .gaveUp(let text): "vmq-admin gave up waiting, and the command may go on: \(text)"
        case .refused(let text): "the broker refused: \(text)"
        case .crashed(let text): "the command crashed in the broker: \(text)"
        case .unexpected(let text): "the answer is not one of vmq-admin's: \(text)"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// Human tables carry escape codes even into a pipe.
    fileprivate var withoutANSI: String {
        guard utf8.contains(0x1B) else { return self }
        var result = ""
        var isCode = false
        for character in self {
            if character == "\u{1B}" {
                isCode = true
            } else if isCode {
                isCode = !character.isLetter
            } else {
                result.append(character)
            }
        }
        return result
    }
}

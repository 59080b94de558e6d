extension ConfigurationFile {
    /// A setting that no line of a `vernemq.conf` can express.
    public struct Unwritable: Error, Sendable, Hashable, CustomStringConvertible {
        /// The key.
        public var key: String
        /// Why, as a clause.
        public var reason: String

        /// `KEY cannot be written: REASON`.
        public var description: String { "\(key) cannot be written into vernemq.conf: \(reason)" }
    }

    /// The text of settings, one a line, in their order: parsed again it gives the same keys and values.
    ///
    /// - Throws: ``Unwritable`` for a key that is no name, and for the few values that the format has no way to write: those
    ///   with a `$(`, which would be replaced, with control characters, and with quotes where only quotes would help.
    public static func text(of settings: [Setting]) throws(Unwritable) -> String {
        var text = ""
        for setting in settings {
            guard isKey(setting.key) else {
                throw Unwritable(key: setting.key, reason: "it is no name of words with dots between them")
            }
            text += "\(setting.key) = \(try quoted(setting.value, of: setting.key))\n"
        }
        return text
    }

    private static func quoted(_ value: String, of key: String) throws(Unwritable) -> String {
        let bytes = Array(value.utf8)
        func unwritable(_ reason: String) -> Unwritable { Unwritable(key: key, reason: reason) }
        guard !value.contains("$(") else { throw unwritable("its value has a $( in it, which would be replaced") }
        let newline = bytes.contains(0x0A)
        guard bytes.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 || $0 == 0x0A }) else {
            throw unwritable("its value has a control character in it")
        }
        let quote = UInt8(ascii: "'")
        let isBlank: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let isPlain =
            !bytes.isEmpty && !newline && !bytes.contains(UInt8(ascii: "#")) && bytes.first != quote
            && !isBlank(bytes.first) && !isBlank(bytes.last)
        if isPlain { return value }
        if !newline, !bytes.contains(quote) { return "'\(value)'" }
        // The quotes at both ends are taken off together, however many there are.
        guard !value.contains("'''"), bytes.first != quote, bytes.last != quote else {
            throw unwritable("its value has quotes where it would have to be quoted")
        }
        return "'''\(value)'''"
    }

    private static func isKey(_ key: String) -> Bool {
        let read = ConfigurationLines("\(key) = x", at: "")
        guard read.findings.isEmpty, read.lines.count == 1, case .setting(let entry)? = read.lines.first else {
            return false
        }
        return entry.key == key && entry.value == "x"
    }
}

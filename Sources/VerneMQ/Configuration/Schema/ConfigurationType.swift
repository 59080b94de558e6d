/// The type of a key's values: literal words and forms, any of which will do.
public struct ConfigurationType: Sendable, Hashable {
    /// A form of values, as VerneMQ's configuration compiler (cuttlefish) reads it.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// A whole number, with an optional sign.
        case integer
        /// Any text.
        case string
        /// Any text of at most 255 characters.
        case atom
        /// The path of a file; whether it exists is not looked at.
        case file
        /// The path of a directory; whether it exists is not looked at.
        case directory
        /// An IP address and a port: `127.0.0.1:1883`, `::1:1883`.
        case address
        /// A unix socket: `local:PATH:PORT`.
        case socket
        /// A number of bytes, or a number with KB, MB or GB right behind it, in capitals or not.
        case bytesize
        /// Numbers with f (two weeks), w, d, h, m, s or ms behind each: `1h30m`.
        case duration
        /// A whole number and a percent sign.
        case percent
    }

    /// The words that are values: `on` and `off`, `infinity`, the members of an enumeration.
    public internal(set) var words: [String]
    /// The forms that other values may have.
    public internal(set) var forms: [Form]

    /// Reads the schema's notation, alternatives with `|` between them and forms in angle brackets: `<integer>|infinity`,
    /// `on|off`, `<address>|<socket>`. (`file` is a form, and the value of a key.)
    init(_ notation: String) {
        words = []
        forms = []
        for alternative in notation.split(separator: "|") {
            if alternative.hasPrefix("<"), alternative.hasSuffix(">"),
                let form = Form(rawValue: String(alternative.dropFirst().dropLast()))
            {
                forms.append(form)
            } else {
                words.append(String(alternative))
            }
        }
    }

    /// Whether values are one of two words that switch something.
    public var isFlag: Bool { forms.isEmpty && words == ["on", "off"] }
}

extension ConfigurationType: CustomStringConvertible {
    /// The alternatives with `|` between them: `integer|infinity`.
    public var description: String { (forms.map(\.rawValue) + words).joined(separator: "|") }
}

import Document
import VerneMQ

/// Compares what a setting asks for with what `vmq-admin show` prints, which is the value after its translation: a number
/// for `1d`, a number for `20`, a word for a word.
enum LiveValue {
    /// Whether a broker runs with a value.
    static func isSame(_ wanted: String, _ shown: JSONValue, _ rule: ConfigurationRule) -> Bool {
        let text = text(of: shown)
        if text == wanted { return true }
        if let number = integer(text), number == integer(wanted) { return true }
        if rule.format == .expiry {
            guard let seconds = seconds(wanted) else {
                // `never` and `client` become a number that is no time.
                return integer(text).map { !(1..<Int64(Int32.max)).contains($0) } ?? true
            }
            if integer(text) == seconds { return true }
        }
        // Relative paths of the schema's defaults are absolute in a broker, or below another directory.
        if wanted.hasPrefix("./"), text.hasSuffix(wanted.dropFirst()) { return true }
        return false
    }

    /// A shown value as text. Erlang's texts are lists of characters, and may come as such.
    static func text(of shown: JSONValue) -> String {
        switch shown {
        case .string(let text): return text
        case .integer(let number): return String(number)
        case .bool(let isOn): return isOn ? "on" : "off"
        case .null: return ""
        case .array(let elements):
            var text = ""
            for element in elements {
                guard let code = element.integerValue, let value = UInt32(exactly: code),
                    let scalar = Unicode.Scalar(value)
                else { return shown.serializedString() }
                text.unicodeScalars.append(scalar)
            }
            return text
        default: return shown.serializedString()
        }
    }

    private static func integer(_ text: String) -> Int64? { Int64(text) }

    /// The seconds of an expiry: a month is four weeks, a year twelve of those.
    private static func seconds(_ text: String) -> Int64? {
        guard let unit = text.last, let number = Int64(text.dropLast()) else { return nil }
        let factor: Int64
        switch unit {
        case "s": factor = 1
        case "h": factor = 3600
        case "d": factor = 86_400
        case "w": factor = 604_800
        case "m": factor = 4 * 604_800
        case "y": factor = 48 * 604_800
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}

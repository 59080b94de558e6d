/// What a scalar means, by the rules of go-yaml v2 for untyped values: those of kubectl.
enum YAMLScalarValue: Hashable, Sendable {
    /// A tag demands a type that the text does not have.
    struct Mismatch: Error {
        let problem: String
    }

    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with its JSON text: one with a fraction or an exponent, or an integer of more than 63 bits.
    case number(String)
    /// `.inf`, `-.inf`, `.nan`, as written: no JSON.
    case notFinite(String)
    /// `<<` in plain.
    case merge
    case string(String)

    static let mergeTag = "tag:yaml.org,2002:merge"
    private static let prefix = "tag:yaml.org,2002:"

    init(_ scalar: YAMLScalar) throws(Mismatch) {
        guard let tag = scalar.tag else {
            self = scalar.isPlain ? Self.resolve(scalar.text) : .string(scalar.text)
            return
        }
        guard tag.hasPrefix(Self.prefix) else {
            self = .string(scalar.text)
            return
        }
        self = try Self.convert(scalar.text, to: String(tag.dropFirst(Self.prefix.count)))
    }

    private static func convert(_ text: String, to type: String) throws(Mismatch) -> YAMLScalarValue {
        let value = resolve(text)
        switch (type, value) {
        case ("null", .null), ("bool", .bool), ("int", .integer), ("float", .integer), ("float", .number),
            ("float", .notFinite):
            return value
        case ("int", .number(let text)) where JSONNumber(text)?.isInteger == true:
            return value
        case ("null", _), ("bool", _), ("int", _), ("float", _):
            throw Mismatch(problem: "\(value.noun) cannot be read as !!\(type)")
        case ("binary", _):
            throw Mismatch(problem: "!!binary has no place in JSON: write the base64 text without the tag")
        default:
            return .string(text)  // !!str, !!timestamp, and what nobody knows
        }
    }

    // MARK: Resolving

    /// The type of a plain scalar.
    static func resolve(_ text: String) -> YAMLScalarValue {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            UInt8(ascii: "~"), UInt8(ascii: "<"):
            return word(text) ?? .string(text)
        case UInt8(ascii: "."):
            if let special = specialNumber(text) { return special }
            return YAMLNumber(fraction: text)?.value ?? .string(text)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return specialNumber(text) ?? YAMLNumber.resolve(text) ?? .string(text)
        default:
            return .string(text)
        }
    }

    /// The words of YAML 1.1; `y` and `n` among them, which few expect and kubectl reads.
    private static func word(_ text: String) -> YAMLScalarValue? {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        case "~", "null", "Null", "NULL": .null
        case "<<": .merge
        default: nil
        }
    }

    private static func specialNumber(_ text: String) -> YAMLScalarValue? {
        switch text {
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            .notFinite(text)
        default: nil
        }
    }

    // MARK: Meaning

    /// The value, nil if JSON cannot say it.
    var jsonValue: JSONValue? {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let text): .number(text)
        case .notFinite: nil
        case .merge: .string("<<")
        case .string(let text): .string(text)
        }
    }

    /// The name that this is as a mapping's key, nil if it is none. As in sigs.k8s.io/yaml: `1:` is "1", `on:` is "true".
    var memberName: String? {
        switch self {
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let text): YAMLNumber.memberName(text)
        case .notFinite(let text): YAMLNumber.canonicalNotFinite(text)
        case .merge: "<<"
        case .string(let text): text
        }
    }

    /// For messages.
    var noun: String {
        switch self {
        case .null: "null"
        case .bool(let value): "the boolean \(value)"
        case .integer(let value): "the number \(value)"
        case .number(let text), .notFinite(let text): "the number \(text)"
        case .merge: "the merge key <<"
        case .string(let text): "the string \(JSONValue.string(text).excerpt)"
        }
    }
}

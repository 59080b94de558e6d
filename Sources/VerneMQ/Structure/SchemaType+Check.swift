public import Document

extension SchemaType {
    /// Everything that is wrong with a value of this type.
    ///
    /// - Parameters:
    ///   - value: the value; null counts as absent where it is a field's.
    ///   - path: its path as the API server would write it, used in the findings.
    public func check(_ value: JSONValue, at path: String) -> [Finding] {
        switch (self, value) {
        case (.string, .string), (.boolean, .bool), (.opaque, .object):
            return []
        case (.choice(let choices), .string(let text)):
            guard !choices.contains(text) else { return [] }
            let remedy = Suggestion.remedy(for: text, among: choices)
            return [Finding(.error, path: path, value: text.shortened, problem: "unsupported value", remedy: remedy)]
        case (.int32(let range), .integer(let number)), (.int64(let range), .integer(let number)):
            return range.contains(number) ? [] : [outOfRange(String(number), range, at: path)]
        case (.int32(let range), .number(let text)), (.int64(let range), .number(let text)):
            return [outOfRange(text, range, at: path)]
        case (.list(let element), .array(let elements)):
            return elements.enumerated().flatMap { element.check($1, at: "\(path)[\($0)]") }
        case (.stringMap, .object(let members)):
            return members.flatMap { SchemaType.string.check($0.value, at: "\(path)[\($0.key)]") }
        case (.object(let fields), .object(let members)):
            return Self.check(members, fields: fields, at: path)
        default:
            let found = value.kind == .bool ? "boolean" : value.kind.rawValue
            return [Finding(.error, path: path, problem: "found \(found.withArticle)", remedy: "must be \(phrase)")]
        }
    }

    private func outOfRange(_ text: String, _ range: ClosedRange<Int64>, at path: String) -> Finding {
        let remedy =
            switch (range.lowerBound, range.upperBound) {
            case (let lower, .max), (let lower, Int64(Int32.max)): "must be a whole number of at least \(lower)"
            case (let lower, let upper): "must be a whole number from \(lower) to \(upper)"
            }
        return Finding(.error, path: path, value: text.shortened, problem: "out of range", remedy: remedy)
    }

    private static func check(_ members: JSONObject, fields: [SchemaField], at path: String) -> [Finding] {
        var findings: [Finding] = []
        for (name, value) in members {
            let memberPath = path.isEmpty ? name : "\(path).\(name)"
            guard let field = fields.first(where: { $0.name == name }) else {
                let remedy = Suggestion.remedy(for: name, among: fields.map(\.name))
                findings.append(Finding(.error, path: memberPath, problem: "unknown field", remedy: remedy))
                continue
            }
            if !value.isNull { findings += field.type.check(value, at: memberPath) }
        }
        for field in fields where field.isRequired && members[field.name]?.isNull != false {
            let memberPath = path.isEmpty ? field.name : "\(path).\(field.name)"
            findings.append(
                Finding(.error, path: memberPath, problem: "required value", remedy: "must be \(field.type.phrase)")
            )
        }
        return findings
    }

    /// The type as a noun phrase, for messages.
    var phrase: String {
        switch self {
        case .string: "a string"
        case .choice(let choices): "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .boolean: "true or false"
        case .int32, .int64: "a whole number"
        case .list: "a list"
        case .stringMap: "an object with string values"
        case .object(let fields): "an object with the fields " + fields.map(\.name).joined(separator: ", ")
        case .opaque: "an object"
        }
    }
}

extension String {
    /// At most 64 characters of it, for messages.
    public var shortened: String { count <= 64 ? self : prefix(61) + "..." }

    /// `an object`, `a list`.
    fileprivate var withArticle: String {
        self == "null" ? self : (["a", "o"].contains(first) ? "an " : "a ") + self
    }
}

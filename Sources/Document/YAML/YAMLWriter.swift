/// Writes YAML in the block style of kubectl: two spaces a level, dashes below the name of their list, members in their
/// order, strings plain where they can be and literal blocks where they have lines.
///
/// What is written is read back as the same value, by this module and by kubectl. Lines are not wrapped.
struct YAMLWriter {
    private(set) var text = ""

    /// A whole document.
    mutating func writeDocument(_ value: JSONValue) {
        switch value {
        case .object(let object) where !object.isEmpty: writeMembers(object, column: 0, isFirstInline: false)
        case .array(let elements) where !elements.isEmpty: writeElements(elements, column: 0, isFirstInline: false)
        default: text += scalar(value) + "\n"
        }
    }

    // MARK: Collections

    /// - Parameter isFirstInline: the first member stands on the line that has been begun, after a dash.
    private mutating func writeMembers(_ object: JSONObject, column: Int, isFirstInline: Bool) {
        for (index, member) in object.members.enumerated() {
            if index > 0 || !isFirstInline { writeIndentation(column) }
            writeKey(member.key, column: column)
            switch member.value {
            case .object(let inner) where !inner.isEmpty:
                text += "\n"
                writeMembers(inner, column: column + 2, isFirstInline: false)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                writeElements(elements, column: column, isFirstInline: false)
            default:
                text += " "
                writeScalar(member.value, column: column)
            }
        }
    }

    private mutating func writeElements(_ elements: [JSONValue], column: Int, isFirstInline: Bool) {
        for (index, element) in elements.enumerated() {
            if index > 0 || !isFirstInline { writeIndentation(column) }
            text += "- "
            switch element {
            case .object(let object) where !object.isEmpty:
                writeMembers(object, column: column + 2, isFirstInline: true)
            case .array(let inner) where !inner.isEmpty:
                writeElements(inner, column: column + 2, isFirstInline: true)
            default:
                writeScalar(element, column: column)
            }
        }
    }

    /// The name and its colon. Parsers look for the colon of a name no further than 1024 characters, kubectl's own writer
    /// stops at 128: longer names take the form with a question mark.
    private mutating func writeKey(_ key: String, column: Int) {
        let name = YAMLString(key).inOneLine
        if name.unicodeScalars.count <= 128 {
            text += name + ":"
        } else {
            text += "? " + name + "\n"
            writeIndentation(column)
            text += ":"
        }
    }

    // MARK: Scalars

    /// A scalar or an empty collection, up to and including the end of its line.
    private mutating func writeScalar(_ value: JSONValue, column: Int) {
        guard case .string(let string) = value, let block = YAMLString(string).literalBlock else {
            text += scalar(value) + "\n"
            return
        }
        text += block.header + "\n"
        for line in block.lines {
            if !line.isEmpty {
                writeIndentation(column + 2)
                text += line
            }
            text += "\n"
        }
    }

    private func scalar(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let text): text
        case .string(let string): YAMLString(string).inOneLine
        case .array: "[]"
        case .object: "{}"
        }
    }

    private mutating func writeIndentation(_ column: Int) {
        text += String(repeating: " ", count: column)
    }
}

extension YAMLDocument {
    /// The value as a YAML document in kubectl's block style, with a line feed at the end. Reading it gives the same value;
    /// the one exception are numbers beyond the range of a `Double`, which YAML readers take for strings.
    public static func serialize(_ value: JSONValue) -> String {
        var writer = YAMLWriter()
        writer.writeDocument(value)
        return writer.text
    }

    /// The values as a YAML stream, `---` between the documents.
    public static func serialize(_ values: [JSONValue]) -> String {
        values.map { serialize($0) }.joined(separator: "---\n")
    }
}

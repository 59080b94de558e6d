public import Document

extension SchemaType {
    /// The structural OpenAPI v3 schema of this type, as `apiextensions.k8s.io/v1` wants it.
    public var openAPISchema: JSONValue {
        switch self {
        case .string: ["type": "string"]
        case .choice(let choices): ["type": "string", "enum": .array(choices.map(JSONValue.string))]
        case .boolean: ["type": "boolean"]
        case .int32(let range): Self.number("int32", range, highest: Int64(Int32.max))
        case .int64(let range): Self.number("int64", range, highest: .max)
        case .list(let element): ["type": "array", "items": element.openAPISchema]
        case .stringMap: ["type": "object", "additionalProperties": ["type": "string"]]
        case .object(let fields): Self.object(fields)
        case .opaque: ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        }
    }

    private static func number(_ format: String, _ range: ClosedRange<Int64>, highest: Int64) -> JSONValue {
        var schema: JSONValue = ["type": "integer", "format": .string(format), "minimum": .integer(range.lowerBound)]
        if range.upperBound < highest { schema["maximum"] = .integer(range.upperBound) }
        return schema
    }

    private static func object(_ fields: [SchemaField]) -> JSONValue {
        var properties = JSONObject()
        for field in fields {
            guard case .object(let members) = field.type.openAPISchema else { continue }
            var schema = JSONObject()
            schema["description"] = .string(field.summary)
            for (name, value) in members { schema[name] = value }
            properties[field.name] = .object(schema)
        }
        var schema: JSONValue = ["type": "object"]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["properties"] = .object(properties)
        // Otherwise the API server drops unknown fields before the webhook can refuse them with a suggestion.
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }
}

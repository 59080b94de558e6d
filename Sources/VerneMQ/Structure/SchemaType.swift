/// What a field of one of our resources may hold. The same tree checks objects and writes the OpenAPI schema of the
/// CustomResourceDefinition, so the two cannot disagree.
public indirect enum SchemaType: Sendable, Hashable {
    /// A string.
    case string
    /// One of a few strings.
    case choice([String])
    /// `true` or `false`.
    case boolean
    /// A whole number within bounds that fits into 32 bits.
    case int32(ClosedRange<Int64>)
    /// A whole number within bounds that fits into 64 bits.
    case int64(ClosedRange<Int64>)
    /// A list.
    case list(SchemaType)
    /// An object with names and string values of the user's choosing, such as a node selector.
    case stringMap
    /// An object with exactly these fields.
    case object([SchemaField])
    /// An object that Kubernetes defines (affinity, resources, …): kept as it is, checked where it is used.
    case opaque
}

/// A field of an object.
public struct SchemaField: Sendable, Hashable {
    /// The name in JSON.
    public let name: String
    /// What it may hold.
    public let type: SchemaType
    /// Whether the object is wrong without it.
    public let isRequired: Bool
    /// What it means, in a sentence or two.
    public let summary: String

    /// A field that may be absent, unless said otherwise.
    public init(_ name: String, _ type: SchemaType, required: Bool = false, _ summary: String) {
        self.name = name
        self.type = type
        self.isRequired = required
        self.summary = summary
    }
}

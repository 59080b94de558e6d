/// A JSON value that loses nothing: members keep their order, numbers their text.
///
/// `==` and `hash` look at order and text: `{"a":1,"b":2}` and `{"b":2,"a":1}` differ, so do `1` and `1.0`, and so do
/// strings of different bytes that Unicode calls equivalent. Use ``isEquivalent(to:)`` for what the values mean.
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written as an integer that fits into 64 bits, `-0` excepted.
    case integer(Int64)
    /// Any other number, as its JSON text (RFC 8259 §6): `1.0`, `1e3`, `-0`, `18446744073709551616`.
    /// Whoever builds one vouches for the text, it is written as it stands; ``init(number:)`` checks.
    case number(String)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object with its members in order.
    case object(JSONObject)

    /// Compares order, number text and string bytes.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left.hasSameBytes(as: right)
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0 as UInt8)
        case .bool(let value):
            hasher.combine(1 as UInt8)
            hasher.combine(value)
        case .integer(let value):
            hasher.combine(2 as UInt8)
            hasher.combine(value)
        case .number(let text):
            hasher.combine(3 as UInt8)
            hasher.combine(text)
        case .string(let text):
            hasher.combine(4 as UInt8)
            hasher.combine(text)
        case .array(let elements):
            hasher.combine(5 as UInt8)
            hasher.combine(elements)
        case .object(let object):
            hasher.combine(6 as UInt8)
            hasher.combine(object)
        }
    }
}

// MARK: - Reading

extension JSONValue {
    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, nil if this is not one.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer, nil if this is not a number that was written as an integer of at most 64 bits.
    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number as the nearest `Double`, nil if this is no number.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let text): Double(text)
        default: nil
        }
    }

    /// The string, nil if this is not one.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, nil if this is not an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The object, nil if this is not one.
    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The kind of this value, for messages and for switches that do not need the content.
    public var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .integer, .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

// MARK: - Members and elements

extension JSONValue {
    /// The member of that name.
    ///
    /// Reading gives nil where this is no object or has no such member. Setting nil removes the member (set `.null` for a
    /// JSON null), setting a value replaces it in its place or appends it. Setting on anything but an object does nothing:
    /// a null does not turn into an object by itself.
    public subscript(key: String) -> JSONValue? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        set {
            guard case .object(var object) = self else { return }
            self = .null  // gives up our reference, so that the object is changed in place
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element at that index.
    ///
    /// Reading gives nil where this is no array or has no such element. Setting replaces an element that exists, setting
    /// nil removes it; on anything else it does nothing.
    public subscript(index: Int) -> JSONValue? {
        get {
            guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
            return elements[index]
        }
        set {
            guard case .array(var elements) = self, elements.indices.contains(index) else { return }
            self = .null
            if let newValue { elements[index] = newValue } else { elements.remove(at: index) }
            self = .array(elements)
        }
    }
}

// MARK: - Numbers

extension JSONValue {
    /// A number from its JSON text, nil if the text is not a number by RFC 8259 §6.
    public init?(number text: String) {
        guard let number = JSONNumber(text) else { return nil }
        self = number.value
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact JSON text.
    public var description: String { serializedString() }
}

/// The six kinds of a JSON value (RFC 8259 §3).
public enum JSONKind: String, Sendable, Hashable, CaseIterable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool
    /// A number.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object
}

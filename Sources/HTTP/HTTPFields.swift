/// One header or trailer field (RFC 9110, section 5).
public struct HTTPField: Sendable, Hashable {
    /// The name as written; names compare without regard to case.
    public let name: String
    /// The value without surrounding white space.
    public let value: String

    /// Makes a field; nil when the name is no token, or when the value has a character that a field cannot carry (a line
    /// break above all, which would let the value write further fields).
    public init?(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte), value.utf8.allSatisfy(\.isFieldValueByte) else {
            return nil
        }
        self.init(validName: name, validValue: value)
    }

    init(validName name: String, validValue value: String) {
        self.name = name
        self.value = value
    }
}

/// The fields of a message, in their order.
public struct HTTPFields: Sendable, Hashable {
    private var fields: [HTTPField] = []

    /// No fields.
    public init() {}

    /// The value of the first field of that name. Setting replaces all fields of that name, nil removes them.
    ///
    /// A value with line breaks or other control characters is set with spaces in their place (RFC 9110, section 5.5);
    /// a name that is no token is not set.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringCase(name) }
            if let newValue { append(name, newValue) }
        }
    }

    /// The values of all fields of that name, in order.
    public func values(of name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// Adds a field behind the others; values and names are treated as in setting.
    public mutating func append(_ name: String, _ value: String) {
        if let field = HTTPField(name, value) {
            fields.append(field)
            return
        }
        let harmless = String(decoding: value.utf8.map { $0.isFieldValueByte ? $0 : UInt8(ascii: " ") }, as: UTF8.self)
        if let field = HTTPField(name, harmless) { fields.append(field) }
    }

    /// Adds a field behind the others.
    public mutating func append(_ field: HTTPField) {
        fields.append(field)
    }
}

extension HTTPFields: RandomAccessCollection {
    /// 0
    public var startIndex: Int { 0 }
    /// The number of fields.
    public var endIndex: Int { fields.count }
    /// The field at a position.
    public subscript(position: Int) -> HTTPField { fields[position] }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    /// Fields written in the source; names may repeat.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}

extension String {
    /// Whether two names are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
    }
}

extension UInt8 {
    /// The lower-case form of an ASCII letter; any other byte as it is.
    @inline(__always)
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// RFC 9110, section 5.6.2: `tchar`
    @inline(__always)
    var isTokenByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// RFC 9110, section 5.5: visible characters, `obs-text`, space and tab.
    @inline(__always)
    var isFieldValueByte: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }

    /// The value of a hexadecimal digit.
    @inline(__always)
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

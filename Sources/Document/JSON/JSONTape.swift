/// A validated JSON document as one flat list of tokens over its bytes.
///
/// Nothing is copied and nothing is built: strings and numbers are ranges of the bytes, containers know where they end.
/// Reading a few fields of a large document through a tape costs a fraction of building its tree;
/// ``JSONNode/value()`` builds the tree of one part.
public struct JSONTape: Sendable {
    /// Shared by the tape and all of its nodes, so that handing out a node is one reference.
    final class Storage: Sendable {
        let bytes: [UInt8]
        let tokens: [JSONToken]

        init(bytes: [UInt8], tokens: [JSONToken]) {
            self.bytes = bytes
            self.tokens = tokens
        }
    }

    let storage: Storage

    /// Checks a whole document (RFC 8259; duplicate names and lone surrogates are refused) and notes where its parts are.
    ///
    /// - Throws: ``JSONError`` for the first thing that is wrong.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        storage = Storage(bytes: bytes, tokens: try JSONScanner.tokens(of: bytes, limits: limits))
    }

    init(storage: Storage) {
        self.storage = storage
    }

    /// Checks a text of any number of JSON documents one after the other, with or without white space between them.
    ///
    /// - Throws: ``JSONError`` for the first thing that is wrong.
    public static func sequence(
        parsing bytes: [UInt8],
        limits: JSONLimits = .default
    ) throws(JSONError) -> [JSONTape] {
        try JSONScanner.sequence(of: bytes, limits: limits)
            .map { JSONTape(storage: Storage(bytes: bytes, tokens: $0)) }
    }

    /// The document's value.
    public var root: JSONNode { JSONNode(storage: storage, index: 0) }

    /// The document's bytes.
    public var bytes: [UInt8] { storage.bytes }
}

/// One value, or one member name, of a tape. 16 bytes.
struct JSONToken: Sendable {
    enum Kind: UInt32, Sendable {
        case null, `false`, `true`, number, string, array, object
    }

    /// First byte: of a string the one after the quote, of a container its bracket.
    var start: UInt32
    /// One past the last byte: of a string the closing quote, of a container one past its bracket.
    var end: UInt32
    /// The token after this value and all that is in it.
    var next: UInt32
    /// Kind in bits 0-2, flag in bit 3, count from bit 4: bytes are limited to 2^28, so counts fit.
    private var packed: UInt32

    init(_ kind: Kind, start: Int, end: Int, next: Int, isMarked: Bool = false, count: Int = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        packed = kind.rawValue | (isMarked ? 8 : 0) | UInt32(truncatingIfNeeded: count) << 4
    }

    var kind: Kind { Kind(rawValue: packed & 7) ?? .null }
    /// Of a string: it has escapes. Of a number: it is written as an integer.
    var isMarked: Bool { packed & 8 != 0 }
    /// Of an array its elements, of an object its members.
    var count: Int { Int(packed >> 4) }
    var range: Range<Int> { Int(start)..<Int(end) }
}

/// A place in a YAML or JSON text, as editors count it.
public struct YAMLMark: Sendable, Hashable, Comparable {
    /// The line, from 1.
    public let line: Int
    /// The column in that line, in Unicode scalars, from 1.
    public let column: Int

    /// A place from its line and column, both from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Earlier in the text.
    public static func < (left: YAMLMark, right: YAMLMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension YAMLMark: CustomStringConvertible {
    /// `12:5`
    public var description: String { "\(line):\(column)" }
}

/// The places of a value and of all that is in it, in the shape of the value.
struct YAMLMarkTree: Sendable, Hashable {
    /// Where the value begins.
    var mark: YAMLMark
    /// Of a member: where its name begins.
    var keyMark: YAMLMark?
    /// Of an array its elements, of an object its members, in order.
    var children: [YAMLMarkTree] = []
}

/// Something that must not end up in a log: it can be used, and does not print.
public struct Secret<Value: Sendable & Hashable>: Sendable, Hashable {
    /// What is kept secret. Whoever asks for it answers for where it goes.
    public let revealed: Value

    /// Keeps a value out of descriptions.
    public init(_ value: Value) {
        revealed = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same for all secrets.
    public var description: String { "(secret)" }
    /// The same for all secrets.
    public var debugDescription: String { description }
    /// Shows nothing of what is inside.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

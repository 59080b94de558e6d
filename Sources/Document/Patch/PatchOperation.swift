/// One step of a ``JSONPatch`` (RFC 6902 §4).
public enum PatchOperation: Sendable, Hashable {
    /// Puts a value into an object (replacing the member in its place, or appending a new one), into an array before the
    /// element of that index (`-`: after the last one), or in place of the whole document.
    case add(path: JSONPointer, value: JSONValue)
    /// Takes out what stands there; it must exist.
    case remove(path: JSONPointer)
    /// Puts a value in the place of what stands there; it must exist.
    case replace(path: JSONPointer, value: JSONValue)
    /// Takes a value out of one place and adds it at another, which is read after the taking out.
    case move(from: JSONPointer, path: JSONPointer)
    /// Adds what stands in one place at another.
    case copy(from: JSONPointer, path: JSONPointer)
    /// Fails unless what stands there is equivalent to the value (``JSONValue/isEquivalent(to:)``).
    case test(path: JSONPointer, value: JSONValue)

    /// The place that the operation is about.
    public var path: JSONPointer {
        switch self {
        case .add(let path, _), .remove(let path), .replace(let path, _), .move(_, let path), .copy(_, let path),
            .test(let path, _):
            path
        }
    }

    /// The operation's name: the member `op`.
    public var name: String {
        switch self {
        case .add: "add"
        case .remove: "remove"
        case .replace: "replace"
        case .move: "move"
        case .copy: "copy"
        case .test: "test"
        }
    }

    /// The operation as a member of a patch document.
    public var jsonValue: JSONValue {
        let path = JSONValue.string(path.description)
        let op = JSONValue.string(name)
        switch self {
        case .add(_, let value), .replace(_, let value), .test(_, let value):
            return ["op": op, "path": path, "value": value]
        case .remove:
            return ["op": op, "path": path]
        case .move(let from, _), .copy(let from, _):
            return ["op": op, "from": .string(from.description), "path": path]
        }
    }
}

/// Why a patch cannot be read or applied. Applying it has then changed nothing.
public struct JSONPatchError: Error, Sendable, Hashable {
    /// The kinds of failure.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The document is not a list of the six operations with their members.
        case notAPatch
        /// A member `path` or `from` is not a JSON Pointer.
        case invalidPointer
        /// Nothing stands where something must.
        case noSuchPlace
        /// A step into an array is neither an index nor, where one may be added, `-`.
        case invalidIndex
        /// An index lies beyond the end of the array.
        case indexOutOfRange
        /// A value would be moved into itself.
        case movedIntoItself
        /// The whole document would be removed.
        case removesDocument
        /// A `test` found something else.
        case testFailed
        /// The result would be nested deeper than allowed.
        case tooDeep
        /// The copies would make the document larger than allowed.
        case tooLarge
    }

    /// The kind of failure.
    public let code: Code
    /// The operation's index in the patch, from 0; nil if the patch is no list.
    public let operation: Int?
    /// The place that could not be read or changed; nil if the patch itself is malformed.
    public let path: JSONPointer?
    /// What is wrong, as a clause without a full stop.
    public let problem: String

    init(_ code: Code, operation: Int?, path: JSONPointer?, problem: String) {
        self.code = code
        self.operation = operation
        self.path = path
        self.problem = problem
    }
}

extension JSONPatchError: CustomStringConvertible {
    /// `operation 2 at /spec/replicas: no member "replicas" to remove`
    public var description: String {
        let subject = operation.map { "operation \($0)" }
        let place = path.map { $0.tokens.isEmpty ? "at the whole document" : "at \($0)" }
        let prefix = [subject, place].compactMap(\.self).joined(separator: " ")
        return prefix.isEmpty ? problem : "\(prefix): \(problem)"
    }
}

import Glibc

/// A file that could not be read, listed or written.
struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was attempted, as a verb: read, list, write, create.
    var attempt: String
    /// The file, as the user named it.
    var name: String
    /// Why it failed, and what to do where that is not plain.
    var reason: String

    init(_ attempt: String, _ name: String, _ reason: String) {
        self.attempt = attempt
        self.name = name
        self.reason = reason
    }

    /// From `errno`.
    init(_ attempt: String, _ name: String, errno code: Int32) {
        self.init(attempt, name, unsafe String(cString: strerror(code)))
    }

    /// `cannot read a.yaml: No such file or directory`.
    var description: String { "cannot \(attempt) \(name): \(reason)" }
}

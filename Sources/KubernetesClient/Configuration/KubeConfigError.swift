/// Why a kubeconfig cannot be used: everything that is wrong with it, at once.
public struct KubeConfigError: Error, Sendable, Hashable {
    /// One thing that is wrong.
    public struct Fault: Sendable, Hashable {
        /// The file; empty for what is wrong with all of them together.
        public var file: String
        /// `line:column` in it; nil where that is not known.
        public var position: String?
        /// What is wrong, without secrets.
        public var problem: String
        /// What to do about it.
        public var remedy: String
    }

    /// What is wrong, in the order of files and lines; at least one.
    public let faults: [Fault]
}

extension KubeConfigError.Fault: CustomStringConvertible {
    /// `file:line:column: problem: remedy`
    public var description: String {
        var place = file
        if let position { place += ":\(position)" }
        return (place.isEmpty ? "" : "\(place): ") + "\(problem): \(remedy)"
    }
}

extension KubeConfigError: CustomStringConvertible {
    /// One fault a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// What a document may cost before it is refused.
public struct JSONLimits: Sendable, Hashable {
    /// 128 levels, 7 MiB: the depth is many times that of any Kubernetes object, the size is what the API server's own
    /// limit on objects (3 MiB) can grow to in an AdmissionReview that carries the old object as well.
    public static let `default` = JSONLimits()

    /// How many arrays and objects may stand inside each other: 1 means a flat one. Never more than 512, because trees are
    /// walked recursively.
    public let depth: Int
    /// The longest document, in bytes. Never more than 256 MiB, which is what the tape can count.
    public let bytes: Int

    /// Limits; values beyond what the parser can keep are lowered to that, negative ones raised to zero.
    public init(depth: Int = 128, bytes: Int = 7 * 1024 * 1024) {
        self.depth = min(max(depth, 0), 512)
        self.bytes = min(max(bytes, 0), 256 * 1024 * 1024 - 1)
    }
}

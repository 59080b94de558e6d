/// What a YAML stream may cost before it is refused.
///
/// Aliases make a few hundred bytes stand for billions of nodes ("billion laughs"), so what counts is the size after all
/// of them have been followed.
public struct YAMLLimits: Sendable, Hashable {
    /// 128 levels, 7 MiB of YAML, a million nodes, 32 MiB of text after expansion.
    public static let `default` = YAMLLimits()

    /// How many sequences and mappings may stand inside each other. Never more than 512, because trees are walked
    /// recursively.
    public let depth: Int
    /// The longest stream, in bytes. Never more than 256 MiB.
    public let bytes: Int
    /// How many scalars, sequences and mappings all documents together may have, aliases followed.
    public let nodes: Int
    /// How many bytes the scalars of all documents together may have, aliases followed.
    public let textBytes: Int

    /// Limits; a depth or size beyond what can be kept is lowered to that, negative values are raised to zero.
    public init(
        depth: Int = 128,
        bytes: Int = 7 * 1024 * 1024,
        nodes: Int = 1_000_000,
        textBytes: Int = 32 * 1024 * 1024
    ) {
        self.depth = min(max(depth, 0), 512)
        self.bytes = min(max(bytes, 0), 256 * 1024 * 1024 - 1)
        self.nodes = max(nodes, 0)
        self.textBytes = max(textBytes, 0)
    }
}

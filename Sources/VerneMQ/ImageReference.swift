/// A container image as pods name it: `[registry[:port]/]path[:tag][@digest]`.
public struct ImageReference: Sendable, Hashable {
    /// Registry and path, without tag and digest.
    public var repository: String
    /// The tag, nil if there is none.
    public var tag: String?
    /// The digest with its algorithm (`sha256:…`), nil if there is none.
    public var digest: String?

    /// Reads a reference, nil if it is empty or has white space, control or non-ASCII characters, or an empty part.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var rest = text[...]
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        // A colon after the last slash begins the tag, one before it the port of the registry.
        let name = rest.lastIndex(of: "/").map { rest.index(after: $0) } ?? rest.startIndex
        if let colon = rest[name...].firstIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        repository = String(rest)
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }), tag != "", digest != "" else { return nil }
    }

    /// The last part of the repository's path: `vernemq` of `docker.io/vernemq/vernemq`.
    public var name: String {
        repository.split(separator: "/").last.map(String.init) ?? ""
    }

    /// Whether this looks like an image of the broker: its last path component is `vernemq` or `docker-vernemq`. Exporters
    /// and the like carry the word inside a longer name and do not count.
    public var isVerneMQ: Bool { name == "vernemq" || name == "docker-vernemq" }

    /// The VerneMQ version that the tag names, nil where it names none (`latest`, a digest alone).
    public var version: VerneMQVersion? { tag.flatMap(VerneMQVersion.init(tag:)) }

    /// What Kubernetes makes of an unset `imagePullPolicy`: `Always` for the tag `latest` and for no tag, unless there is
    /// a digest.
    public var defaultPullPolicy: String {
        digest == nil && (tag ?? "latest") == "latest" ? "Always" : "IfNotPresent"
    }
}

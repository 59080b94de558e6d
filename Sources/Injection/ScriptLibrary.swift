import Document

/// The scripts, as they are embedded in a manifest.
enum ScriptLibrary {
    /// A script: the name of its file and the argument that kubelet expands to its text.
    struct File: Sendable {
        var name: String
        var argument: JSONValue
    }

    /// The scripts that a pod needs.
    static func files(withPlugins: Bool) -> [File] {
        withPlugins ? withBuilder : withoutBuilder
    }

    /// Writes pairs of arguments, a file's name and its text, to the scripts' volume, and goes on with `prepare`.
    static let writerCommand = ["/bin/sh", "-c", KubeletExpansion.escape(writer), Contract.prepareContainer]

    private static let writer = """
        set -eu; umask 022; d=\(Contract.scriptsDirectory)
        while [ $# -gt 1 ]; do printf '%s' "$2" >"$d/$1"; shift 2; done
        exec /bin/sh "$d/prepare"
        """

    private static let withoutBuilder: [File] = [
        file("common", PackageResources.common), file("prepare", PackageResources.prepare),
        file("join", PackageResources.join), file("leave", PackageResources.leave),
    ]

    private static let withBuilder = withoutBuilder + [file("build-plugin", PackageResources.build_plugin)]

    private static func file(_ name: String, _ bytes: [UInt8]) -> File {
        File(name: name, argument: .string(KubeletExpansion.escape(withoutComments(bytes))))
    }

    /// The text without empty lines and lines that are only a comment: manifests carry it, etcd stores it with every
    /// revision, and the comments are in the repository for whoever wants to read them. It begins with a word, so that YAML
    /// shows it as a block of lines.
    static func withoutComments(_ bytes: [UInt8]) -> String {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let kept = lines.filter { line in
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            return first != nil && first != UInt8(ascii: "#")
        }
        return String(decoding: Array(kept.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self) + "\n"
    }
}

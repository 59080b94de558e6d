/// Why a text is no pattern for plugin sources.
public struct PluginPolicyError: Error, Hashable, CustomStringConvertible {
    /// The text.
    public var pattern: String
    /// What is wrong with it.
    public var problem: String

    /// With the remedy.
    public var description: String {
        "\"\(pattern.shortened)\" \(problem): must be [https://|ssh://]host[:port]/path with * and ** for parts of them, "
            + "such as git.example.org/team/*"
    }
}

/// Repositories that a ``PluginPolicy`` allows.
///
/// It is written `[https://|ssh://]host[:port]/path`. In the path `*` stands for any text without a slash and `**` for any
/// text; in the host `*` stands for any text, in the place of the port for any port. Without a scheme both match; without a
/// port only the scheme's own. `user@host:path` is matched as `ssh://host/path`, user names are not looked at, and a `.git`
/// at the end does not matter on either side.
public struct PluginSourcePattern: Sendable, Hashable {
    /// As it was written.
    public let text: String
    private var scheme: String?
    private var host: Glob
    /// Nil for any.
    private var port: Int?
    private var takesAnyPort = false
    private var path: Glob

    /// Reads a pattern.
    ///
    /// - Throws: ``PluginPolicyError`` for a text that is none.
    public init(_ text: String) throws(PluginPolicyError) {
        self.text = text
        func fault(_ problem: String) -> PluginPolicyError { PluginPolicyError(pattern: text, problem: problem) }
        guard text.utf8.count <= 1024, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw fault("is too long or has white space, control or non-ASCII characters")
        }
        var rest = text[...]
        if let separator = rest.firstRange(of: "://") {
            let scheme = rest[..<separator.lowerBound].lowercased()
            guard scheme == "https" || scheme == "ssh" else { throw fault("is about neither https nor ssh") }
            self.scheme = scheme
            rest = rest[separator.upperBound...]
        }
        guard let slash = rest.firstIndex(of: "/") else { throw fault("has no path") }
        var host = rest[..<slash].lowercased()[...]
        guard !host.contains("@") else { throw fault("has a user name, which is not looked at") }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            let digits = host[host.index(after: colon)...]
            if digits == "*" {
                takesAnyPort = true
            } else {
                guard let port = Int(digits), (1...65535).contains(port) else { throw fault("has an unusable port") }
                self.port = port
            }
            host = host[..<colon]
        }
        let path = GitURL.canonical(path: rest[slash...])
        guard !host.isEmpty, !path.isEmpty else { throw fault("has no host or no path") }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw fault("has an empty, . or .. part, which no accepted URL has")
        }
        self.host = Glob(host)
        self.path = Glob(path)
    }

    func matches(_ location: GitURL.Location) -> Bool {
        guard scheme == nil || scheme == location.scheme else { return false }
        let isPort = takesAnyPort || (port ?? GitURL.port(of: location.scheme)) == location.port
        return isPort && host.matches(location.host) && path.matches(location.path)
    }
}

/// A text in which `*` stands for any text without a slash and `**` for any text.
private struct Glob: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case byte(UInt8)
        case inPart
        case anything
    }

    private var tokens: [Token] = []

    init(_ text: some StringProtocol) {
        for byte in text.utf8 {
            guard byte == UInt8(ascii: "*") else {
                tokens.append(.byte(byte))
                continue
            }
            switch tokens.last {
            case .inPart: tokens[tokens.count - 1] = .anything
            case .anything: break
            default: tokens.append(.inPart)
            }
        }
    }

    /// Time is the product of both lengths, whatever the pattern.
    func matches(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        // reached[n]: whether the tokens so far can stand for the first n bytes.
        var reached = [Bool](repeating: false, count: bytes.count + 1)
        reached[0] = true
        for token in tokens {
            var next = [Bool](repeating: false, count: bytes.count + 1)
            if token == .inPart || token == .anything { next[0] = reached[0] }
            for (index, byte) in bytes.enumerated() {
                switch token {
                case .byte(let wanted): next[index + 1] = reached[index] && byte == wanted
                case .inPart: next[index + 1] = reached[index + 1] || (next[index] && byte != UInt8(ascii: "/"))
                case .anything: next[index + 1] = reached[index + 1] || next[index]
                }
            }
            reached = next
        }
        return reached[bytes.count]
    }
}

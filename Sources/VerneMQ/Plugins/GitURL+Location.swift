extension GitURL {
    /// What a URL points at, in one form for all ways of writing it.
    struct Location: Sendable, Hashable {
        /// `https` or `ssh`.
        var scheme: String
        /// In lower case.
        var host: String
        var port: Int
        /// Without slashes at its ends and without `.git`.
        var path: String
    }

    /// Where a URL that ``fault(in:)`` accepts points at.
    static func location(of url: String) -> Location? {
        guard let separator = url.firstRange(of: "://") else {
            guard let at = url.firstIndex(of: "@") else { return nil }
            let rest = url[url.index(after: at)...]
            guard let colon = rest.firstIndex(of: ":") else { return nil }
            let path = canonical(path: rest[rest.index(after: colon)...])
            return Location(scheme: "ssh", host: rest[..<colon].lowercased(), port: port(of: "ssh"), path: path)
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        let rest = url[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        var host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        var port = port(of: scheme)
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let number = Int(host[host.index(after: colon)...]) else { return nil }
            port = number
            host = host[..<colon]
        }
        let path = canonical(path: rest.dropFirst(authority.count))
        return Location(scheme: scheme, host: host.lowercased(), port: port, path: path)
    }

    /// The port that a scheme stands for.
    static func port(of scheme: String) -> Int { scheme == "ssh" ? 22 : 443 }

    /// A path without the slashes at its ends and the `.git` that most servers let people leave out.
    static func canonical(path: Substring) -> String {
        var path = path
        while path.hasPrefix("/") { path.removeFirst() }
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix(".git"), path.utf8.count > 4, !path.hasSuffix("/.git") { path.removeLast(4) }
        return String(path)
    }

    /// What is wrong with a path: whatever servers or clients rewrite, so that it names another repository than it seems to.
    static func fault(inPath path: Substring) -> Fault? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let inner = parts.dropFirst(parts.first?.isEmpty == true ? 1 : 0).dropLast(parts.last?.isEmpty == true ? 1 : 0)
        guard !inner.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            return Fault(problem: "has an empty, . or .. part in its path", remedy: "name the repository as it is")
        }
        guard !path.contains("\\") else {
            return Fault(problem: "has a backslash, which some take for a slash", remedy: "use slashes")
        }
        guard !path.utf8.contains(where: "\"<>^`{|}".utf8.contains) else {
            return Fault(problem: "has a character that no URL has", remedy: "name the repository as it is")
        }
        var rest = path.utf8[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[percent...].dropFirst().prefix(2)
            let byte = digits.count == 2 ? UInt8(String(Substring(digits)), radix: 16) : nil
            guard let byte, byte >= 0x20, byte != 0x7F, !"./\\%".utf8.contains(byte) else {
                return Fault(
                    problem: "has a percent sign that does not stand for a harmless character",
                    remedy: "write the character itself"
                )
            }
            rest = rest[percent...].dropFirst(3)
        }
        return nil
    }
}

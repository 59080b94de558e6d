/// Which Git URLs are safe to hand to git.
enum GitURL {
    struct Fault {
        var problem: String
        var remedy: String
        /// Whether the URL must not be shown, because it carries a password.
        var revealsSecret = false
    }

    private static let remedy = "must be https://host/path, ssh://[user@]host/path or user@host:path"

    /// What is wrong with a URL, nil if it may be used.
    ///
    /// Only encrypted transports: no `http`, `git`, `file`, and no `ext::` and its like, which run programs. Nothing that
    /// git or ssh could take for an option (a leading `-` of URL, host or path).
    static func fault(in url: String) -> Fault? {
        guard !url.isEmpty, url.utf8.count <= 2048, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return Fault(problem: "has white space, control or non-ASCII characters, or is too long", remedy: remedy)
        }
        if url.hasPrefix("-") { return Fault(problem: "git would take it for an option", remedy: remedy) }
        if let separator = url.firstRange(of: "://") {
            return fault(inScheme: url[..<separator.lowerBound].lowercased(), rest: url[separator.upperBound...])
        }
        if url.firstRange(of: "::") != nil {
            return Fault(problem: "a transport helper (\"::\") can run any program", remedy: remedy)
        }
        return fault(inShortForm: url)
    }

    private static func fault(inScheme scheme: String, rest: Substring) -> Fault? {
        guard scheme == "https" || scheme == "ssh" else {
            return Fault(problem: "the transport \"\(scheme)\" is not allowed", remedy: remedy)
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var host = authority
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            host = authority[authority.index(after: at)...]
            if scheme == "https" || user.contains(":") {
                let problem = "has credentials in it, where everybody who can read the object sees them"
                return Fault(
                    problem: problem,
                    remedy: "put them into a Secret and name it in credentialsSecretRef",
                    revealsSecret: true
                )
            }
            guard isUser(user) else { return Fault(problem: "has an unusable user name", remedy: remedy) }
        }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard Int(host[host.index(after: colon)...]).map((1...65535).contains) == true else {
                return Fault(problem: "has an unusable port", remedy: remedy)
            }
            host = host[..<colon]
        }
        guard isHost(host) else { return Fault(problem: "has no usable host", remedy: remedy) }
        let path = rest.dropFirst(authority.count)
        guard path.hasPrefix("/"), path.count > 1 else { return Fault(problem: "has no path", remedy: remedy) }
        guard !path.contains("?"), !path.contains("#") else {
            return Fault(problem: "has a query or fragment", remedy: "leave out everything from ? or # on")
        }
        return self.fault(inPath: path)
    }

    /// `user@host:path`, the form of scp.
    private static func fault(inShortForm url: String) -> Fault? {
        guard let at = url.firstIndex(of: "@"), isUser(url[..<at]) else {
            return Fault(problem: "not a Git URL", remedy: remedy)
        }
        let rest = url[url.index(after: at)...]
        guard let colon = rest.firstIndex(of: ":"), isHost(rest[..<colon]) else {
            return Fault(problem: "has no usable host", remedy: remedy)
        }
        let path = rest[rest.index(after: colon)...]
        guard !path.isEmpty, !path.hasPrefix("-") else { return Fault(problem: "has no usable path", remedy: remedy) }
        return fault(inPath: path)
    }

    private static func isUser(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "._-".utf8.contains($0) }
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = text.dropFirst().dropLast()
            return address.contains(":") && address.utf8.allSatisfy { $0.isASCIIHexDigit || $0 == UInt8(ascii: ":") }
        }
        return DNSName.isSubdomain(text.lowercased())
    }
}

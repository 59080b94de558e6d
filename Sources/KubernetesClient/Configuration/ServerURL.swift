/// The address of an API server, as `server` of a kubeconfig has it: `https://host:port/prefix`.
public struct ServerURL: Sendable, Hashable {
    /// Whether TLS is spoken.
    public var usesTLS: Bool
    /// A host name, or an IP address without brackets.
    public var host: String
    /// The port; 443 or 80 where the URL names none.
    public var port: UInt16
    /// What stands before every path, without a slash at its end; mostly empty. Rancher and its like have one.
    public var pathPrefix: String

    /// Puts an address together.
    public init(usesTLS: Bool = true, host: String, port: UInt16, pathPrefix: String = "") {
        self.usesTLS = usesTLS
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// Reads a URL; nil for what is none, or has parts that the address of an API server cannot have (user, query,
    /// fragment).
    public init?(_ text: String) {
        let lower = text.lowercased()
        let scheme = lower.hasPrefix("https://") ? "https://" : lower.hasPrefix("http://") ? "http://" : nil
        guard let scheme, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains(where: { "?#@\\".contains($0) }) else { return nil }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        usesTLS = scheme == "https://"
        guard let (host, port) = Self.split(authority: rest[..<slash], defaultPort: usesTLS ? 443 : 80) else {
            return nil
        }
        self.host = host
        self.port = port
        var prefix = rest[slash...]
        while prefix.last == "/" { prefix.removeLast() }
        pathPrefix = String(prefix)
    }

    /// The value of `Host`: the port stands in it only where it is not the scheme's own (RFC 9110, section 7.2).
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (usesTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func split(authority: Substring, defaultPort: UInt16) -> (host: String, port: UInt16)? {
        var host = authority
        var port = defaultPort
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let rest = authority[authority.index(after: bracket)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            guard let number = Self.port(authority[authority.index(after: colon)...]) else { return nil }
            port = number
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            return nil
        }
        return port
    }
}

extension ServerURL: CustomStringConvertible {
    /// The URL.
    public var description: String {
        "\(usesTLS ? "https" : "http")://\(authority)\(pathPrefix)"
    }
}

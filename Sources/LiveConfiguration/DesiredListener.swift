import VerneMQ

/// A listener as the settings want it.
public struct DesiredListener: Sendable, Hashable {
    /// Transport and name with a dot between them: `tcp.default`.
    public let name: String
    /// `ADDRESS:PORT`, the address without brackets.
    public let address: String
    /// What `vmq-admin listener show` calls its kind: `mqtt`, `mqttws`, …
    public let type: String
    /// The arguments of `vmq-admin listener start`, address and port first.
    public let arguments: [String]
    /// Why it cannot be started in a running broker, as a clause; nil if it can.
    public let obstacle: String?
    /// What it is, in short: two that are the same have the same.
    public let digest: String
    /// Files whose content new handshakes read, once the broker's cache of them is cleared.
    public let certificateFiles: [String]
    /// Files whose content is read when it starts.
    public let authorityFiles: [String]

    static let types = [
        "tcp": "mqtt", "ssl": "mqtts", "ws": "mqttws", "wss": "mqttwss", "http": "http", "https": "https",
        "vmq": "vmq", "vmqs": "vmqs",
    ]
    private static let secure: Set<String> = ["ssl", "wss"]

    /// Options that are given as they are.
    private static let texts = [
        "max_connections", "nr_of_acceptors", "tls_handshake_timeout", "ciphers", "tls_version", "cafile", "certfile",
        "keyfile", "crlfile", "pskfile", "proxy_xff_trusted_intermediate", "proxy_xff_cn_header",
    ]
    /// Options that are `true` or absent.
    private static let flags = [
        "require_certificate", "use_identity_as_username", "allow_anonymous_override", "forward_connection_opts",
        "psk_support", "proxy_xff_support", "proxy_xff_use_cn_as_username",
    ]
    /// Options that are written in a form of their own.
    private static let others = [
        "mountpoint", "allowed_protocol_versions", "proxy_protocol", "proxy_protocol_use_cn_as_username",
    ]

    /// - Parameters:
    ///   - transport: `tcp`, `ssl`, …
    ///   - name: its own name.
    ///   - address: `ADDRESS:PORT`.
    ///   - options: what holds for it, those for all listeners included.
    init(transport: String, name: String, address: String, options: [String: String]) {
        self.name = "\(transport).\(name)"
        self.address = address
        type = Self.types[transport] ?? transport
        let sorted = options.sorted { $0.key < $1.key }
        digest = Digest.of([transport, address] + sorted.flatMap { [$0.key, $0.value] })
        let isSecure = Self.secure.contains(transport)
        certificateFiles = isSecure ? ["certfile", "keyfile"].compactMap { options[$0] } : []
        authorityFiles = isSecure ? ["cafile", "crlfile"].compactMap { options[$0] } : []
        guard let place = Place(address), ["tcp", "ssl", "ws", "wss"].contains(transport) else {
            obstacle = "such a listener can only be opened at start"
            arguments = []
            return
        }
        var obstacle: String?
        arguments = Self.arguments(transport, place, options, isSecure, &obstacle)
        self.obstacle = obstacle
    }

    private static func arguments(
        _ transport: String,
        _ place: Place,
        _ options: [String: String],
        _ isSecure: Bool,
        _ obstacle: inout String?
    ) -> [String] {
        var arguments = ["address=\(place.host)", "port=\(place.port)"]
        if isSecure { arguments.append("--ssl") }
        if transport == "ws" || transport == "wss" { arguments.append("--websocket") }
        for option in options.keys.sorted() where obstacle == nil {
            guard let value = options[option], !value.isEmpty else { continue }
            if texts.contains(option) {
                arguments.append("--\(option)=\(value.filter { $0 != " " })")
            } else if flags.contains(option) {
                if value == "on" { arguments.append("--\(option)=true") }
            } else if option == "mountpoint" {
                if value != "off" { arguments.append("--mountpoint=\(value)") }
            } else if option == "allowed_protocol_versions" {
                arguments.append("--allowed_protocol_versions=\(value.filter { !"[] ".contains($0) })")
            } else if option == "proxy_protocol" {
                guard value == "on" else { continue }
                let usesName = options["proxy_protocol_use_cn_as_username"] != "off"
                arguments += ["--proxy_protocol", "--proxy_protocol_use_cn_as_username=\(usesName)"]
            } else if !others.contains(option) {
                obstacle = "a running broker does not take the option \(option)"
            }
        }
        if arguments.contains(where: { !AdminArgument.isSafe($0) }) {
            obstacle = "it has a value that cannot be given to a running broker"
        }
        return arguments
    }
}

/// An address and a port, taken apart.
struct Place: Sendable, Hashable {
    var host: String
    var port: Int

    /// Nil for a unix socket, or without a port.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), !text.hasPrefix("local:"), !text.hasPrefix("unix:")
        else { return nil }
        let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }
}

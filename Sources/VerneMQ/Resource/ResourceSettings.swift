public import Document

/// The settings that `spec.config` of a VerneMQ resource stands for, as `vernemq.conf` would have them.
public enum ResourceSettings {
    /// Reads `listeners`, `plugins` and `configs`.
    ///
    /// - Parameters:
    ///   - config: the value of `spec.config`; what has not the expected form in it is passed over.
    ///   - path: its path.
    public static func read(_ config: JSONValue, at path: String) -> SettingsSource {
        var source = SettingsSource()
        var owners: [String: String] = [:]
        for (index, listener) in (config["listeners"]?.arrayValue ?? []).enumerated() {
            add(listener, at: "\(path).listeners[\(index)]", &owners, to: &source)
        }
        var plugins: Set<String> = []
        for (index, plugin) in (config["plugins"]?.arrayValue ?? []).enumerated() {
            guard let name = plugin["name"]?.stringValue, plugins.insert(name).inserted else { continue }
            let place = "\(path).plugins[\(index)]"
            source.settings.append(Setting("plugins.\(name)", "on", keyPath: "\(place).name", source: .resource))
            if let directory = plugin["path"]?.stringValue, !directory.isEmpty {
                source.settings.append(
                    Setting("plugins.\(name).path", directory, keyPath: "\(place).path", source: .resource)
                )
            }
        }
        var places: [String: String] = [:]
        for (index, entry) in (config["configs"]?.arrayValue ?? []).enumerated() {
            guard let name = entry["name"]?.stringValue, let value = entry["value"]?.stringValue else { continue }
            let place = "\(path).configs[\(index)]"
            if let earlier = places.updateValue(place, forKey: name) {
                source.findings.append(
                    Finding(
                        .error,
                        path: "\(place).name",
                        value: name.shortened,
                        problem: "is set in \(earlier) as well",
                        remedy: "remove one of the two"
                    )
                )
                continue
            }
            source.settings.append(
                Setting(name, value, keyPath: "\(place).name", valuePath: "\(place).value", source: .resource)
            )
        }
        return source
    }

    /// The transport and the name of a listener, from which its keys are made: the name is made of address and port, so
    /// that it is the same wherever in the list the listener stands, and of letters, digits and single underscores, because
    /// brokers get their settings as variables.
    public static func listenerName(_ listener: JSONValue) -> (transport: String, name: String)? {
        guard let address = listener["address"]?.stringValue, let port = listener["port"]?.integerValue,
            (1...65535).contains(port)
        else { return nil }
        let isSecure = listener["tlsConfig"]?.objectValue != nil
        let isWebSocket = listener["websocket"]?.boolValue ?? false
        let transport = isWebSocket ? (isSecure ? "wss" : "ws") : (isSecure ? "ssl" : "tcp")
        // The image opens these two by itself unless they are given under its own names.
        if (transport, port) == ("tcp", 1883) || (transport, port) == ("ws", 8080) { return (transport, "default") }
        let words = address.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let family = address.contains(":") ? ["v6"] : []
        return (transport, (family + words.map(String.init) + [String(port)]).joined(separator: "_"))
    }

    private static func add(
        _ listener: JSONValue,
        at path: String,
        _ owners: inout [String: String],
        to source: inout SettingsSource
    ) {
        guard let (transport, name) = listenerName(listener), let address = listener["address"]?.stringValue,
            let port = listener["port"]?.integerValue
        else { return }
        if let owner = owners.updateValue(path, forKey: "\(address):\(port)") {
            source.findings.append(
                Finding(
                    .error,
                    path: "\(path).port",
                    value: String(port),
                    problem: "\(owner) listens there already",
                    remedy: "give each listener an address and port of its own"
                )
            )
            return
        }
        let key = "listener.\(transport).\(name)"
        source.settings.append(
            Setting(
                key,
                "\(address):\(port)",
                keyPath: "\(path).port",
                valuePath: "\(path).address",
                source: .resource
            )
        )
        let isSecure = transport == "ssl" || transport == "wss"
        addOptions(of: listener, fields, key, path, to: &source)
        if isSecure, let tls = listener["tlsConfig"] {
            addOptions(of: tls, tlsFields, key, "\(path).tlsConfig", to: &source)
            // That one of these is missing is a fault of the structure, which has been told.
            for field in ["cafile", "certfile", "keyfile"] where tls[field]?.stringValue == nil {
                let place = "\(path).tlsConfig.\(field)"
                source.settings.append(Setting("\(key).\(field)", "-", keyPath: place, source: .resource))
                source.unresolved.insert(place)
            }
        }
        for (field, option) in proxyFields where listener[field]?.boolValue == true {
            guard !isSecure else {
                source.findings.append(
                    Finding(
                        .error,
                        path: "\(path).\(field)",
                        value: "true",
                        problem: "VerneMQ has no PROXY protocol on listeners with TLS",
                        remedy: "let the proxy end TLS, or leave one of the two out"
                    )
                )
                continue
            }
            source.settings.append(Setting("\(key).\(option)", "on", keyPath: "\(path).\(field)", source: .resource))
        }
    }

    private static func addOptions(
        of object: JSONValue,
        _ fields: [(String, String)],
        _ key: String,
        _ path: String,
        to source: inout SettingsSource
    ) {
        for (field, option) in fields {
            let value: String
            switch object[field] {
            case .string(let text)? where !text.isEmpty: value = text
            case .integer(let number)? where number != 0: value = String(number)
            case .bool(true)?: value = "on"
            default: continue  // what the existing operator writes for absent fields means the default
            }
            source.settings.append(Setting("\(key).\(option)", value, keyPath: "\(path).\(field)", source: .resource))
        }
    }

    private static let fields = [
        ("mountpoint", "mountpoint"), ("nrOfAcceptors", "nr_of_acceptors"), ("maxConnections", "max_connections"),
        ("allowedProtocolVersions", "allowed_protocol_versions"),
    ]
    private static let proxyFields = [
        ("proxyProtocol", "proxy_protocol"), ("useCnAsUsername", "proxy_protocol_use_cn_as_username"),
    ]
    private static let tlsFields = [
        ("cafile", "cafile"), ("certfile", "certfile"), ("keyfile", "keyfile"), ("ciphers", "ciphers"),
        ("requireCertificate", "require_certificate"), ("useIdentityAsUsername", "use_identity_as_username"),
        ("crlfile", "crlfile"),
    ]
}

extension ConfigurationRule {
    /// What is wrong with a text that has the right type.
    func formatFault(in value: String, version: VerneMQVersion) -> ValueFault? {
        guard let format else { return type(in: version).forms == [.integer] ? nil : usualFault(value) }
        switch format {
        case .expiry: return expiryFault(value, type(in: version))
        case .bufferSizes: return bufferFault(value)
        case .protocolVersions: return protocolFault(value)
        case .pluginList: return pluginFault(value)
        case .moduleList, .moduleNames: return moduleFault(value, needsBrackets: format == .moduleList)
        case .ciphers: return cipherFault(value)
        case .curves: return curveFault(value)
        case .tlsVersions: return tlsFault(value, isList: type(in: version).forms == [.string])
        case .erlangList: return ErlangText.isList(value) ? nil : ValueFault("not a list in Erlang's notation")
        case .hostAndPort: return hostFault(value)
        case .bridgeTopic: return topicFault(value)
        case .addressList: return addressListFault(value)
        case .character: return value.unicodeScalars.count == 1 ? nil : ValueFault("not a single character")
        case .nodeName: return nodeNameFault(value)
        case .stackSize: return stackFault(value)
        case .ipAddress: return IPAddress(value) == nil ? ValueFault("not an IP address") : nil
        }
    }

    /// The elements of a list with commas between them, in brackets or not; nil if a bracket has no partner.
    private func elements(_ value: String) -> [String]? {
        guard value.hasPrefix("[") == value.hasSuffix("]") else { return nil }
        let inner = value.hasPrefix("[") ? value.dropFirst().dropLast() : value[...]
        if inner.allSatisfy(\.isWhitespace) { return [] }
        return inner.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    }

    private func expiryFault(_ value: String, _ type: ConfigurationType) -> ValueFault? {
        if value == expiryWord { return nil }
        guard let unit = value.last, "shdwmy".contains(unit),
            let number = SettingNumber.integer(String(value.dropLast()))
        else { return ValueFault(value == "0" ? "a duration needs a unit" : "not a duration") }
        return number < 0 ? ValueFault("VerneMQ accepts a negative duration and then misbehaves") : nil
    }

    private var expiryWord: String { pattern == "max_last_will_delay" ? "client" : "never" }

    private func bufferFault(_ value: String) -> ValueFault? {
        let numbers = elements(value)?.map(SettingNumber.integer)
        guard let numbers, numbers.count == 3, numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
            return ValueFault("not three sizes")
        }
        return nil
    }

    private func protocolFault(_ value: String) -> ValueFault? {
        guard let versions = elements(value), versions.allSatisfy({ SettingNumber.integer($0) != nil }) else {
            return ValueFault("not a list of MQTT versions")
        }
        if versions.isEmpty { return .warning("no client can connect: the list is empty") }
        let unknown = versions.filter { !["3", "4", "5", "131", "132"].contains($0) }
        guard !unknown.isEmpty else { return nil }
        return .warning("VerneMQ accepts MQTT versions that there are not: \(unknown.joined(separator: ", "))")
    }

    private func pluginFault(_ value: String) -> ValueFault? {
        guard let plugins = elements(value), plugins.allSatisfy(ErlangText.isAtom) else {
            return ValueFault("not a list of plugins")
        }
        return Set(plugins).count == plugins.count ? nil : ValueFault("a plugin is listed twice", "list each once")
    }

    private func moduleFault(_ value: String, needsBrackets: Bool) -> ValueFault? {
        if needsBrackets, !value.hasPrefix("[") { return ValueFault("not a list in brackets") }
        guard let modules = elements(value), modules.allSatisfy(ErlangText.isAtom) else {
            return ValueFault("not a list of modules")
        }
        guard pattern.contains("http_modules") else { return nil }
        let known = [
            "vmq_metrics_http", "vmq_http_mgmt_api", "vmq_status_http", "vmq_health_http", "vmq_http_v2_api",
            "vmq_http_pub", "vmq_web_ui",
        ]
        guard let unknown = modules.first(where: { !known.contains($0) }) else { return nil }
        let nearest = Suggestion.nearest(to: unknown, among: known)
        return .warning(
            "VerneMQ brings no HTTP module \(unknown), and leaves it out if there is none",
            nearest.map { "did you mean \"\($0)\"?" } ?? "see that a plugin brings it"
        )
    }

    private func cipherFault(_ value: String) -> ValueFault? {
        if value.isEmpty { return nil }
        let names = value.split(separator: ":", omittingEmptySubsequences: false)
        let areNames = names.allSatisfy { name in
            !name.isEmpty
                && name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0.isAlphanumeric }
        }
        return areNames
            ? nil : .warning("VerneMQ does not look at the names, and no client will agree on such a cipher")
    }

    private func curveFault(_ value: String) -> ValueFault? {
        guard let names = elements(value), names.allSatisfy(ErlangText.isAtom) else {
            return ValueFault("not a list of curves")
        }
        guard let unknown = names.first(where: { !Self.curves.contains($0) }) else { return nil }
        let nearest = Suggestion.nearest(to: unknown, among: Self.curves)
        return ValueFault("no curve of Erlang's is called \(unknown)", nearest.map { "did you mean \"\($0)\"?" })
    }

    /// The curves of Erlang's `ssl:eccs/0`, all releases together.
    private static let curves: [String] =
        ["x25519", "x448", "secp521r1", "secp384r1", "secp256r1", "secp256k1", "secp224r1", "secp224k1"]
        + ["secp192r1", "secp192k1", "secp160r1", "secp160r2", "secp160k1"]
        + ["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"]
        + ["sect571r1", "sect571k1", "sect409r1", "sect409k1", "sect283r1", "sect283k1", "sect239k1", "sect233r1"]
        + ["sect233k1", "sect193r1", "sect193r2", "sect163r1", "sect163r2", "sect163k1"]

    private func tlsFault(_ value: String, isList: Bool) -> ValueFault? {
        let known = ["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"]
        let versions = isList ? value.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [value]
        if !isList, value.contains(",") { return ValueFault("this release takes one TLS version") }
        if value.contains(" ") { return ValueFault("VerneMQ takes no spaces between TLS versions") }
        guard versions.allSatisfy(known.contains) else { return ValueFault("not a TLS version") }
        if isList, versions.contains("tlsv1") {
            return ValueFault("from 2.1.0 on no listener can be opened with tlsv1", "use tlsv1.2,tlsv1.3")
        }
        return versions.contains("tlsv1") || versions.contains("tlsv1.1")
            ? .warning("TLS before 1.2 is not safe", "use tlsv1.2 or newer") : nil
    }

    private func hostFault(_ value: String) -> ValueFault? {
        guard let colon = value.lastIndex(of: ":"), colon > value.startIndex, !value.contains(where: \.isWhitespace),
            let port = SettingNumber.integer(String(value[value.index(after: colon)...]))
        else { return ValueFault("not a host and a port") }
        return (1...65535).contains(port) ? nil : ValueFault("there is no such port")
    }

    private func addressListFault(_ value: String) -> ValueFault? {
        let addresses = value.split(separator: ";", omittingEmptySubsequences: false)
        guard !value.isEmpty, let bad = addresses.first(where: { IPAddress($0) == nil }) else { return nil }
        return .warning("VerneMQ does not look at the list, and \"\(String(bad).excerpt)\" is no IP address")
    }

    private func nodeNameFault(_ value: String) -> ValueFault? {
        let parts = value.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
            return ValueFault("not a node name")
        }
        return value.contains("=") ? ValueFault("the start scripts cut a node name at =", "choose one without") : nil
    }

    private func stackFault(_ value: String) -> ValueFault? {
        guard let size = SettingNumber.size(value), size.bytes % 8 != 0 else { return nil }
        return ValueFault("not a multiple of 8 bytes")
    }
}

extension ConfigurationFormat {
    /// What values look like, for the end of a sentence.
    func expectation(_ type: ConfigurationType, of pattern: String) -> String {
        switch self {
        case .expiry:
            (pattern == "max_last_will_delay" ? "client" : "never")
                + ", or a number with s, h, d, w, m (four weeks) or y behind it"
        case .bufferSizes: "three sizes with commas between them: sndbuf,recbuf,buffer"
        case .protocolVersions: "3, 4, 5, 131 and 132 with commas between them"
        case .pluginList: "names of plugins with commas between them"
        case .moduleList: "module names in brackets, as in [vmq_reg_trie]"
        case .moduleNames: "module names with commas between them"
        case .ciphers: "names of cipher suites with colons between them"
        case .curves: "names of curves with commas between them, as in secp256r1,secp384r1"
        case .tlsVersions:
            type.forms == [.string]
                ? "tlsv1.1, tlsv1.2 and tlsv1.3 with commas between them" : "one of tlsv1 to tlsv1.3"
        case .erlangList: "a list in Erlang's notation, as in [{nodelay, true}]"
        case .hostAndPort: "a host and a port, as in mqtt.example.com:1883"
        case .bridgeTopic: "PATTERN [out|in|both] [0|1|2] [retain] [LOCAL_PREFIX REMOTE_PREFIX]"
        case .addressList: "IP addresses with semicolons between them"
        case .character: "one character"
        case .nodeName: "NAME@HOST"
        case .stackSize: "128KB to 64MB, a multiple of 8 bytes"
        case .ipAddress: "an IP address"
        }
    }
}

extension UInt8 {
    /// Whether this is an ASCII letter or digit.
    var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// The text without blanks at its ends.
    func trimmingBlanks() -> String {
        let head = drop(while: \.isWhitespace)
        return String(head.reversed().drop(while: \.isWhitespace).reversed())
    }
}

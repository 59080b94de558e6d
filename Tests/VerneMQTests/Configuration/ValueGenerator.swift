@testable import VerneMQ

/// Values of a key's own type, good ones and bad ones.
struct ValueGenerator {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Values in which nothing is wrong.
    mutating func good(_ rule: ConfigurationRule, _ version: VerneMQVersion) -> [String] {
        let type = rule.type(in: version)
        var values = type.words
        for form in type.forms {
            if let format = rule.format, form != .atom || format != .tlsVersions {
                values += good(format, of: rule)
            } else if !rule.usualValues.isEmpty {
                values += rule.usualValues
            } else {
                values += good(form, rule)
            }
        }
        return values
    }

    private mutating func good(_ form: ConfigurationType.Form, _ rule: ConfigurationRule) -> [String] {
        switch form {
        case .integer:
            let low = rule.minimum ?? (rule.special?.hasPrefix("-1") == true ? -1 : 0)
            let high = rule.maximum ?? 1_000_000
            return [String(low), String(high), String(Int64.random(in: low...high, using: &generator))]
        case .string: return ["", "any text", text()]
        case .atom: return rule.format == .tlsVersions ? ["tlsv1.2", "tlsv1.3"] : ["an_atom", text()]
        case .file, .directory: return ["/etc/\(text())", "relative/path"]
        case .address:
            return [
                "127.0.0.1:1883", "0.0.0.0:\(Int.random(in: 1...65535, using: &generator))", "::1:1883", ":::8080",
                "fe80::1:2:65535",
            ]
        case .socket: return ["local:/run/\(text()).sock:0", "unix:/s:12"]
        case .bytesize:
            let low = rule.minimum ?? 0
            let high = rule.maximum ?? 1 << 30
            let bytes = Int64.random(in: low...high, using: &generator)
            let units = rule.minimum == nil ? ["12KB", "7MB", "1GB", "12kb", "7mb", "1gb"] : []
            return [String(bytes), String(low), String(high)] + units
        case .duration: return ["10s", "1h30m", "250ms", "1f", "1w2d", "1.5h"]
        case .percent: return ["0%", "100%", "\(Int.random(in: 0...100, using: &generator))%"]
        }
    }

    private mutating func good(_ format: ConfigurationFormat, of rule: ConfigurationRule) -> [String] {
        switch format {
        case .expiry:
            [rule.pattern == "max_last_will_delay" ? "client" : "never", "10s", "1h", "2d", "3w", "1m", "1y", "0s"]
        case .bufferSizes: ["4096,16384,32768", "[0,0,0]", "[ 1, 2, 3 ]"]
        case .protocolVersions: ["3,4,5", "[3,4,5,131]", "4", "3, 4"]
        case .pluginList: ["vmq_passwd", "[vmq_passwd, vmq_acl]", ""]
        case .moduleList:
            rule.pattern == "reg_views" ? ["[vmq_reg_trie]", "[]"] : ["[vmq_metrics_http, vmq_health_http]", "[]"]
        case .moduleNames: ["vmq_metrics_http", "[vmq_status_http,vmq_health_http]", "[]", ""]
        case .ciphers: ["", "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-SHA"]
        case .curves: ["", "secp256r1", "[secp256r1,secp384r1]", "[x25519, x448]"]
        case .tlsVersions: ["tlsv1.2", "tlsv1.3,tlsv1.2"]
        case .erlangList: ["[]", "[{nodelay, true}, {linger, {true, 0}}]", "[{raw, 6, 4, <<\"]\">>}]"]
        case .hostAndPort: ["localhost:1883", "10.0.0.1:65535", "mqtt.example.com:1"]
        case .bridgeTopic: ["#", "* in", "a/+/b both 2", "a out 1 retain", "a both 0 local/ remote/", "a l r"]
        case .addressList: ["", "10.0.0.1", "10.0.0.1;::1"]
        case .character: [":", ";", "é"]
        case .nodeName: ["VerneMQ@10.0.0.1", "a@b.c.svc"]
        case .stackSize: ["131072", "1MB", "64MB"]
        case .ipAddress: ["127.0.0.1", "::", "2001:db8::1"]
        }
    }

    /// Values in which something is wrong, whether VerneMQ says so or not.
    mutating func bad(_ rule: ConfigurationRule, _ version: VerneMQVersion) -> [String] {
        let type = rule.type(in: version)
        let takesAnything = type.forms.contains { [.string, .file, .directory, .atom].contains($0) }
        var values: [String] = takesAnything ? ["a\u{0}b"] : ["", "nonsense here", "on off"]
        if type.isFlag { values += ["true", "false", "yes", "ON", "Off", "1", "0"] }
        if type.forms.isEmpty {
            values +=
                type.words.map { $0 + "x" } + type.words.map { $0.uppercased() }.filter { !type.words.contains($0) }
        }
        if type.forms == [.atom], rule.format == .tlsVersions {
            return values + ["tlsv1.2,tlsv1.3", "tls12", ""]
        }
        for form in type.forms {
            if let format = rule.format { values += bad(format) } else { values += bad(form, rule) }
        }
        return values
    }

    private func bad(_ form: ConfigurationType.Form, _ rule: ConfigurationRule) -> [String] {
        switch form {
        case .integer:
            ["1.5", "1e3", "0x10", "10 ", "ten", "99999999999999999999999"]
                + (rule.minimum.map { [String($0 - 1)] } ?? []) + (rule.maximum.map { [String($0 + 1)] } ?? [])
        case .string, .file, .directory: rule.usualValues.isEmpty ? [] : ["no usual value"]
        case .atom: rule.usualValues.isEmpty ? [String(repeating: "a", count: 256)] : ["no usual value"]
        case .address:
            [
                "localhost:1883", "1883", "127.0.0.1", "[::1]:1883", "127.0.0.1:99999", "127.0.0.1:", "300.0.0.1:1",
                "1.2.3:4",
                "127.0.0.1:-1", "127.0.0.1:123456", ":1883", "1:2:3:4:5:6:7:8:9:1883", "127.0.0.1:0", "*:1883",
            ]
        case .socket: ["local:", "local:/a", "local::0", "unix:/a:b"]
        case .bytesize: ["1 KB", "1Kb", "1TB", "1b", "-1KB", "1.5GB", "KB", "1.5"]
        case .duration: ["10", "1x", "1 s", "-1s", "s", "1h30"]
        case .percent: ["50", "101%", "-1%", "%", "5.5%", "50 %", "a%"]
        }
    }

    private func bad(_ format: ConfigurationFormat) -> [String] {
        switch format {
        case .expiry: ["0", "10", "s", "-1d", "1 d", "1h30m", "1.5d", "1M"]
        case .bufferSizes: ["", "1,2", "1,2,3,4", "a,b,c", "[1,2,3", "-1,2,3"]
        case .protocolVersions: ["", "three", "3;4", "[3,4", "6", "3,,4"]
        case .pluginList: ["A,b", "vmq_acl,vmq_acl", "[vmq_acl", "vmq_acl,", "a b"]
        case .moduleList: ["vmq_reg_trie", "[Trie]", "[a,", ""]
        case .moduleNames: ["vmq_metrics_htp", "[vmq_metrics_http", "A"]
        case .ciphers: ["A,B", "A:", "A B", ":"]
        case .curves: ["secp256", "[secp256r1", "P-256", "secp256r1;secp384r1"]
        case .tlsVersions: ["tlsv1", "tlsv1.2, tlsv1.3", "tls1.2", "", "tlsv1.1"]
        case .erlangList: ["", "{nodelay, true}", "[{nodelay, true]}", "[", "[] []", "[\"a]"]
        case .hostAndPort: ["localhost", ":1883", "a:b", "a b:1", "a:0", "a:65536"]
        case .bridgeTopic: ["", "a sideways", "a in 3", "a in 1 retain x", "a x y z", "a#/b", "#/a"]
        case .addressList: ["10.0.0.1,10.0.0.2", "proxy", "10.0.0.1;"]
        case .character: ["", "::"]
        case .nodeName: ["", "name", "@host", "a@", "a@b@c", "a b@c", "a@b=c"]
        case .stackSize: ["131073", "64KB", "65MB", "131072b"]
        case .ipAddress: ["true", "localhost", "127.1", "127.0.0.01", "1.2.3.4.5", "::1::", "12345::", "%"]
        }
    }

    private mutating func text() -> String {
        String((0..<8).map { _ in generator.pick(Array("abcdefghijklmnopqrstuvwxyz")) })
    }
}

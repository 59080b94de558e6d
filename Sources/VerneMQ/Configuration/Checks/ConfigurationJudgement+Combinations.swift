extension ConfigurationJudgement {
    /// Settings that only make sense together, and values that are accepted and unwise.
    mutating func checkCombinations() {
        checkWebhooks()
        checkBridges()
        checkSyslog()
        checkPortRange()
        checkWatermarks()
        if let setting = effective["vmq_swc.prevent_nonempty_join"], setting.value == "off" {
            report(
                .warning,
                value: setting,
                "two clusters with data of their own can then be joined, dead members and all",
                "leave it on"
            )
        }
        if let setting = effective["vmq_generic_msg_store.db_backend"], ["rocksdb", "leveled"].contains(setting.value) {
            report(.warning, value: setting, "VerneMQ brings no such store", "use leveldb")
        }
    }

    private mutating func checkWebhooks() {
        for entry in entries where entry.rule.pattern.hasPrefix("vmq_webhooks.$name.") {
            let stem = entry.setting.key.stem
            let partner: String
            switch entry.rule.pattern {
            case "vmq_webhooks.$name.hook": partner = "endpoint"
            case "vmq_webhooks.$name.endpoint":
                partner = "hook"
                let value = entry.setting.value
                if !value.hasPrefix("http://"), !value.hasPrefix("https://"), !value.hasReference {
                    report(
                        value: entry.setting,
                        "not an HTTP address",
                        "write it as http://HOST/PATH or https://HOST/PATH"
                    )
                }
            default:
                for missing in ["hook", "endpoint"] where context.isComplete && effective["\(stem).\(missing)"] == nil {
                    let problem = "there is no \(stem).\(missing), so it does nothing"
                    report(.warning, key: entry.setting, problem, "add it, or leave this out")
                }
                continue
            }
            if context.isComplete, effective["\(stem).\(partner)"] == nil {
                report(
                    key: entry.setting,
                    "without \(stem).\(partner) VerneMQ cannot generate its configuration",
                    "add \(stem).\(partner)"
                )
            }
        }
    }

    private mutating func checkBridges() {
        var reported: Set<String> = []
        for entry in entries where entry.rule.segments.first == "vmq_bridge" && entry.rule.segments.count > 3 {
            let bridge = entry.setting.key.split(separator: ".").prefix(3).joined(separator: ".")
            if context.isComplete, effective[bridge] == nil, reported.insert(bridge).inserted {
                report(
                    .warning,
                    key: entry.setting,
                    "there is no \(bridge), so it does nothing",
                    "add \(bridge) = HOST:PORT"
                )
            }
            guard entry.rule.segments.contains("topic"), let id = entry.setting.key.split(separator: ".").last else {
                continue
            }
            if !(Int(id).map { (1...100).contains($0) } ?? false) {
                report(.warning, key: entry.setting, "VerneMQ reads topics 1 to 100 only", "number it from 1 to 100")
            }
        }
    }

    private mutating func checkSyslog() {
        guard let setting = effective["log.syslog.remote.protocol"], setting.value == "tls", context.isComplete else {
            return
        }
        if value("log.syslog.format") != "rfc5424" {
            report(value: setting, "tls needs messages of the newer form", "add log.syslog.format = rfc5424")
        }
        if effective["log.syslog.remote.tls.cafile"] == nil {
            report(value: setting, "tls needs certificates to trust", "add log.syslog.remote.tls.cafile")
        }
    }

    private mutating func checkPortRange() {
        let stem = "erlang.distribution.port_range"
        guard let first = effective["\(stem).minimum"].flatMap({ Int($0.value) }),
            let setting = effective["\(stem).maximum"], let last = Int(setting.value), first > last
        else { return }
        report(value: setting, "the range of ports is empty", "take \(first) or more")
    }

    /// A buffer that is full below the mark at which it is called empty.
    private mutating func checkWatermarks() {
        for entry in entries where entry.rule.pattern.hasPrefix("listener.vmq.$name.low_") {
            let high = entry.setting.key.replacing(".low_", with: ".high_")
            guard let low = Int(entry.setting.value), let bound = value(high).flatMap({ Int($0) }), low > bound else {
                continue
            }
            report(.warning, value: entry.setting, "it is above \(high), which is \(bound)", "take \(bound) or less")
        }
    }
}

extension String {
    /// A key without its last segment.
    fileprivate var stem: String {
        lastIndex(of: ".").map { String(self[..<$0]) } ?? self
    }
}

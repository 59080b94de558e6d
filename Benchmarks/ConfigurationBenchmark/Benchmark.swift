import VerneMQ

/// Measures the validator: loading the schema, a realistic configuration of 200 keys, and large ones, good and bad.
///
/// `configuration-benchmark` writes one line a row.
@main
enum Benchmark {
    static func main() {
        let clock = ContinuousClock()
        let loading = clock.measure { _ = ConfigurationSchema.shared.rules.count }
        print("schema: \(ConfigurationSchema.shared.rules.count) keys loaded in \(microseconds(loading)) µs")
        measure("200 keys, nothing wrong", settings(200, bad: 0), runs: 500, clock)
        measure("200 keys, each fifth bad", settings(200, bad: 5), runs: 200, clock)
        measure("5000 keys", settings(5000, bad: 0), runs: 20, clock)
        measure("5000 keys, each fifth bad", settings(5000, bad: 5), runs: 20, clock)
    }

    private static func measure(_ title: String, _ settings: [Setting], runs: Int, _ clock: ContinuousClock) {
        let context = ConfigurationContext(usesOfficialImage: false, injectsNodeName: false)
        var count = 0
        var times: [Duration] = []
        for _ in 0..<runs {
            times.append(
                clock.measure {
                    count =
                        ConfigurationValidator.findings(
                            on: settings,
                            version: ConfigurationSchema.newest,
                            context: context
                        ).count
                }
            )
        }
        times.sort()
        let median = times[times.count / 2]
        let high = times[times.count * 99 / 100]
        print("\(title): median \(microseconds(median)) µs, p99 \(microseconds(high)) µs, \(count) findings")
    }

    /// Keys that all brokers have, with their defaults, and then listeners with three options each.
    private static func settings(_ count: Int, bad: Int) -> [Setting] {
        let version = ConfigurationSchema.newest
        var pairs = ConfigurationSchema.shared.rules.compactMap { rule -> (String, String)? in
            guard ConfigurationSchema.shared.isKnown(rule, in: version), !rule.isInert, !rule.hasWildcards,
                rule.requirement == nil, !rule.isBroken(in: version), let value = rule.defaultValue(in: version),
                !["accept_eula", "distributed_cookie", "default_schema_dir"].contains(rule.pattern)
            else { return nil }
            return (rule.pattern, value)
        }
        pairs = Array(pairs.prefix(count * 3 / 4))
        while pairs.count < count {
            let name = "listener.tcp.n\(pairs.count)"
            pairs.append((name, "10.0.0.1:\(1024 + pairs.count)"))
            pairs.append((name + ".max_connections", "infinity"))
            pairs.append((name + ".mountpoint", "m"))
            pairs.append((name + ".allowed_protocol_versions", "3,4,5"))
        }
        return pairs.prefix(count).enumerated().map { number, pair in
            let isBad = bad > 0 && number.isMultiple(of: bad)
            let key = isBad && number.isMultiple(of: 2) ? pair.0 + "x" : pair.0
            return Setting(key, isBad ? "bad value" : pair.1, keyPath: "line \(number)", source: .resource)
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }
}

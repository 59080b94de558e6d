import Testing

@testable import VerneMQ

@Suite("Values of settings")
struct ConfigurationValueTests {
    private static let names = ["$name": "mine", "$module": "vmq_status_http", "$script": "mine", "$topic_id": "1"]

    /// The first and the last release that know a key, and one that is not out yet where none does.
    private static func releases(_ rule: ConfigurationRule) -> [VerneMQVersion] {
        let known = ConfigurationSchema.shared.releases.filter { ConfigurationSchema.shared.isKnown(rule, in: $0) }
        guard let first = known.first, let last = known.last else { return [VerneMQVersion(2, 3, 0)] }
        return [first, last]
    }

    @Test("every key takes the values of its own type, and refuses or warns about all others, in every release")
    func generated() {
        for seed in SeededGenerator.seeds {
            var values = ValueGenerator(seed: seed)
            var cases = 0
            for rule in ConfigurationSchema.shared.rules {
                let key = rule.key(Self.names)
                for release in Self.releases(rule) {
                    for value in values.good(rule, release) {
                        let finding = rule.finding(
                            on: Setting(key, value, keyPath: "p", source: .file),
                            version: release
                        )
                        #expect(finding == nil, "\(key) = \(value) in \(release), seed \(seed)")
                        cases += 1
                    }
                    let bad = values.bad(rule, release)
                    #expect(!bad.isEmpty)
                    for value in bad {
                        let finding = rule.finding(
                            on: Setting(key, value, keyPath: "p", source: .file),
                            version: release
                        )
                        #expect(finding != nil, "\(key) = \(value) in \(release), seed \(seed)")
                        cases += 1
                    }
                }
            }
            #expect(cases > 10_000)
        }
    }

    @Test("the value of a secret is in no finding, whatever is wrong with it")
    func secrets() {
        for rule in ConfigurationSchema.shared.rules where rule.isSecret {
            let setting = Setting(
                rule.key(Self.names),
                "hunter2__\u{1}\nKUBERNETES",
                keyPath: "p",
                source: .environment
            )
            for release in ["1.10.0", "2.2.0", "2.3.0"].compactMap(VerneMQVersion.init(tag:)) {
                let twice = [setting, Setting(setting.key, "hunter2=", keyPath: "q", source: .resource)]
                let findings = ConfigurationValidator.findings(on: twice, version: release)
                #expect(!findings.isEmpty)
                #expect(findings.allSatisfy { !"\($0)".contains("hunter2") }, "\(findings)")
            }
        }
    }

    @Test(
        "what is said about a value",
        arguments: [
            (
                "max_inflight_messages", "abc", "2.2.0",
                "not an integer: max_inflight_messages takes 0 to 65535 (0 = no limit)"
            ),
            ("allow_anonymous", "true", "2.2.0", "not one of its values: VerneMQ takes on and off only: write on"),
            ("allow_anonymous", "No", "2.2.0", "not one of its values: VerneMQ takes on and off only: write off"),
            ("allow_anonymous", "maybe", "2.2.0", "not one of its values: allow_anonymous takes on or off"),
            (
                "log.console.level", "warn", "2.2.0",
                "not one of its values: log.console.level takes debug, info, notice, warning, error, critical, alert or emergency"
            ),
            (
                "log.console.level", "notice", "1.13.0",
                "not one of its values: log.console.level takes debug, info, warning or error"
            ),
            ("log.console", "consol", "2.2.0", "not one of its values: did you mean \"console\"?"),
            (
                "max_message_size", "1MB", "2.2.0",
                "not an integer: max_message_size takes 0 to 268435455 bytes (0 = no limit)"
            ),
            (
                "crl_refresh_interval", "-1", "2.2.0",
                "out of range: crl_refresh_interval takes a whole number of milliseconds, 0 or more (0 = no refresh)"
            ),
            (
                "retry_interval", "-1", "2.2.0",
                "VerneMQ accepts a number out of range and then misbehaves: retry_interval takes a whole number of seconds, 0 or more"
            ),
            (
                "remote_enqueue_timeout", "never", "2.2.0",
                "not an integer: remote_enqueue_timeout takes a whole number of milliseconds or infinity"
            ),
            (
                "listener.tcp.default", "localhost:1883", "2.2.0",
                "not an IP address: host names are refused: listener.tcp.default takes an IP address and a port, as in 0.0.0.0:1883 or local:PATH:PORT"
            ),
            (
                "listener.ws.default", "[::]:8080", "2.2.0",
                "VerneMQ takes IPv6 addresses without brackets: write it as ::1:1883"
            ),
            ("listener.tcp.a", "local:/x", "2.2.0", "not a unix socket: write it as local:/run/vernemq.sock:0"),
            (
                "listener.tcp.a", "local:/x:0", "1.12.5",
                "not an IP address: host names are refused: listener.tcp.a takes an IP address and a port, as in 0.0.0.0:1883"
            ),
            ("graphite_port", "70000", "2.2.0", "out of range: graphite_port takes 1 to 65535"),
            (
                "leveldb.write_buffer_size_min", "1.5MB", "2.2.0",
                "VerneMQ accepts a fraction, which gives no whole number of bytes: leveldb.write_buffer_size_min takes bytes, or a whole number with KB, MB or GB right behind it"
            ),
            (
                "runtime_health.triggers.process.long_schedule", "20", "2.2.0",
                "a duration needs a unit, as in 20ms: runtime_health.triggers.process.long_schedule takes a duration with units, as in 1h30m or off"
            ),
            (
                "vmq_bridge.tcp.a.pubrel_queue_ratio", "50", "2.2.0",
                "without a % sign VerneMQ drops the last digit: write 50%"
            ),
            (
                "persistent_client_expiration", "-1d", "2.2.0",
                "VerneMQ accepts a negative duration and then misbehaves: persistent_client_expiration takes never, or a number with s, h, d, w, m (four weeks) or y behind it"
            ),
            (
                "listener.ssl.tls_version", "tlsv1.2,tlsv1.3", "2.0.1",
                "this release takes one TLS version: listener.ssl.tls_version takes one of tlsv1 to tlsv1.3"
            ),
            (
                "shared_subscription_policy", "randm", "2.2.0",
                "VerneMQ accepts it and knows no such value: did you mean \"random\"?"
            ),
            (
                "vmq_webhooks.a.hook", "on_session_expired", "1.10.3",
                "not one of its values: vmq_webhooks.a.hook takes auth_on_register"
            ),
            (
                "vmq_bridge.ssl.a.mqtt_version", "5", "2.0.1",
                "not one of its values: vmq_bridge.ssl.a.mqtt_version takes 3 or 4"
            ),
            (
                "http_module.a.auth.mode", "token", "2.2.0",
                "VerneMQ accepts it and knows no such value: http_module.a.auth.mode takes noauth or apikey"
            ),
            (
                "erlang.async_threads.stack_size", "131076", "2.2.0",
                "not a multiple of 8 bytes: erlang.async_threads.stack_size takes 128KB to 64MB, a multiple of 8 bytes"
            ),
        ]
    )
    func messages(key: String, value: String, release: String, expected: String) throws {
        let version = try #require(VerneMQVersion(tag: release))
        let rule = try #require(ConfigurationSchema.shared.rule(for: key, version: version).rule)
        let setting = Setting(key, value, keyPath: "k", valuePath: "spec.config.configs[2].value", source: .resource)
        let finding = try #require(rule.finding(on: setting, version: version))
        #expect("\(finding)".hasPrefix("spec.config.configs[2].value: \"\(value)\": \(expected)"), "\(finding)")
    }

    @Test("values that take something over from elsewhere are not judged, and long ones are shortened")
    func references() throws {
        let rule = try #require(
            ConfigurationSchema.shared.rule(for: "retry_interval", version: VerneMQVersion(2, 2, 0)).rule
        )
        let reference = Setting("retry_interval", "$(RETRY)", keyPath: "p", source: .file)
        #expect(rule.finding(on: reference, version: VerneMQVersion(2, 2, 0)) == nil)
        let long = Setting("retry_interval", String(repeating: "x\n", count: 1000), keyPath: "p", source: .file)
        let value = try #require(rule.finding(on: long, version: VerneMQVersion(2, 2, 0))?.value)
        #expect(value.count == 80)
        #expect(!value.contains("\n"))
    }

    @Test("no text brings the checks down")
    func noise() {
        let letters = Array("0123456789abmsKMGB.:-+[]{}(),;%@#/ \"'\\*é\n\t\u{0}local")
        for seed in SeededGenerator.seeds {
            var generator = SeededGenerator(seed: seed)
            for rule in ConfigurationSchema.shared.rules {
                for _ in 0..<20 {
                    let length = Int.random(in: 0...24, using: &generator)
                    let value = String((0..<length).map { _ in generator.pick(letters) })
                    _ = rule.finding(
                        on: Setting("k", value, keyPath: "p", source: .file),
                        version: VerneMQVersion(2, 2, 0)
                    )
                }
            }
        }
    }

    @Test(
        "addresses that two listeners cannot share",
        arguments: [
            ("127.0.0.1:1", "127.0.0.1:1", true), ("0.0.0.0:1", "127.0.0.1:1", true),
            ("127.0.0.1:1", "0.0.0.0:1", true),
            (":::1", "127.0.0.1:1", true), (":::1", "::1:1", true), ("0.0.0.0:1", "::1:1", false),
            ("0.0.0.0:1", ":::1", true),
            ("127.0.0.1:1", "127.0.0.1:2", false), ("127.0.0.1:1", "127.0.0.2:1", false),
            ("0.0.0.0:0", "0.0.0.0:0", false),
        ]
    )
    func collisions(left: String, right: String, collide: Bool) throws {
        let left = try #require(ListenerAddress(left))
        let right = try #require(ListenerAddress(right))
        #expect(left.collides(with: right) == collide)
        #expect(right.collides(with: left) == collide)
    }
}

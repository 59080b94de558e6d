import Testing

@testable import VerneMQ

@Suite("The schema of vernemq.conf")
struct SchemaCoverageTests {
    let schema = ConfigurationSchema.shared

    @Test("the resource can be read, and holds every key of every release and no other")
    func coverage() {
        #expect(schema.faults == [])
        let present = schema.rules.filter { $0.removed == nil && $0.pattern != "accept_eula" }.map(\.pattern)
        #expect(present.count == 633)
        #expect(present.sorted() == KeyList.present.sorted())
        let removed = schema.rules.filter { $0.removed != nil }.map(\.pattern)
        #expect(removed.count == 15)
        #expect(removed.sorted() == KeyList.removed.sorted())
        #expect(Set(schema.rules.map(\.pattern)).count == schema.rules.count)
    }

    @Test("the facts that count, counted")
    func counts() {
        let rules = schema.rules.filter { $0.removed == nil }
        let newest = ConfigurationSchema.newest
        #expect(rules.count { $0.hasWildcards } == 206)
        #expect(rules.count { $0.pattern.hasPrefix("listener.") } == 249)
        #expect(rules.count { $0.liveEffect(in: newest) != nil } == 50)
        #expect(rules.count { $0.isInert } == 15)
        #expect(rules.count { $0.isDeprecated } == 1)
        #expect(rules.count { $0.isBroken(in: newest) } == 29)
        #expect(rules.count { $0.isVMArgument } == 19)
        #expect(rules.count { $0.isHidden } == 385)
        #expect(rules.count { $0.isUnreleased } == 7)
        #expect(schema.releases.count == 24)
        #expect(schema.releases.first == ConfigurationSchema.oldest)
        #expect(schema.releases.last == newest)
        #expect(schema.optionNames.count == 41)
    }

    @Test("a resource that was damaged is noticed, whatever was damaged")
    func damage() {
        let good = ConfigurationSchema.resource
        #expect(ConfigurationSchema(parsing: good).faults.isEmpty)
        #expect(!ConfigurationSchema(parsing: Array(good.dropLast(3))).faults.isEmpty)
        #expect(!ConfigurationSchema(parsing: []).faults.isEmpty)
        let text = String(decoding: good, as: UTF8.self)
        for (part, other) in [
            ("\"type\":\"<string>\"", "\"typ\":\"<string>\""), ("\"hidden\":true", "\"hidden\":false"),
            ("\"min\":0", "\"min\":\"0\""), ("\"format\":\"expiry\"", "\"format\":\"expire\""),
            ("\"since\":\"2.0.0\"", "\"since\":\"new\""), ("\"notes\":[\"", "\"notes\":[1,\""),
        ] {
            let damaged = text.replacing(part, with: other, maxReplacements: 1)
            #expect(damaged != text)
            #expect(ConfigurationSchema(parsing: Array(damaged.utf8)).faults.count == 1, "\(part)")
        }
    }

    @Test("every key is found by its own name, with the names that the user gave")
    func lookup() {
        let names = ["$name": "My_name-1", "$module": "vmq_status_http", "$script": "mine", "$topic_id": "7"]
        for rule in schema.rules {
            let key = rule.key(names)
            let release = rule.removed.map { _ in ConfigurationSchema.oldest } ?? VerneMQVersion(9, 0, 0)
            guard case .known(let found, let bound) = schema.rule(for: key, version: release) else {
                Issue.record("\(key) is not found")
                continue
            }
            #expect(found.pattern == rule.pattern)
            #expect(found.key(bound) == key)
        }
    }

    @Test("defaults are values of their keys, in every release")
    func defaults() {
        for rule in schema.rules {
            for release in schema.releases where schema.isKnown(rule, in: release) {
                guard let value = rule.defaultValue(in: release) else { continue }
                let fault = rule.fault(in: value, version: release)
                #expect(fault?.severity != .error, "\(rule.pattern) = \(value) in \(release): \(fault?.problem ?? "")")
            }
        }
    }

    @Test(
        "a key is known from the release that brought it to the one before it was removed",
        arguments: [
            ("max_inflight_messages", "1.10.0", "known"), ("max_inflight_messages", "2.2.0", "known"),
            ("mqtt_connect_timeout", "1.10.2", "since 1.10.3"), ("mqtt_connect_timeout", "1.10.3", "known"),
            ("max_ws_frame_size", "1.12.6.1", "since 1.12.6.2"), ("max_ws_frame_size", "1.12.6.2", "known"),
            ("listener.tcp.a.allow_anonymous_override", "1.12.4", "since 1.12.5"),
            ("listener.ws.a.allow_anonymous_override", "2.1.2", "since 2.2.0"),
            ("vmq_web_ui.admin.auth", "1.13.0", "since 2.0.0"), ("log.syslog.level", "2.1.1", "known"),
            ("fanout.shard_count", "2.1.2", "since 2.2.0"), ("fanout.shard_count", "2.2.0", "known"),
            ("log.syslog.format", "2.2.0", "since nil"), ("log.syslog.format", "2.3.0", "known"),
            ("message_size_limit", "1.13.0", "known"), ("message_size_limit", "2.0.0", "removed 2.0.0"),
            ("vmq_bridge.registry_mfa", "1.12.3", "known"), ("vmq_bridge.registry_mfa", "1.12.4", "removed 1.12.4"),
            ("vmq_pulse.url", "2.0.1", "known"), ("vmq_pulse.url", "2.1.0", "removed 2.1.0"),
            ("allow_multiple_sessions", "2.2.0", "removed 2.0.0"),
            ("erlang.max_ports", "1.10.0", "known"), ("Max_inflight_messages", "2.2.0", "max_inflight_messages"),
            ("", "2.2.0", "unknown"), (".", "2.2.0", "unknown"), ("listener.tcp.", "2.2.0", "unknown"),
            ("listener.tcp.a b", "2.2.0", "unknown"), ("plugins.a.b", "2.2.0", "unknown"),
        ]
    )
    func releases(key: String, release: String, expected: String) throws {
        let version = try #require(VerneMQVersion(tag: release))
        let outcome =
            switch schema.rule(for: key, version: version) {
            case .known: "known"
            case .notYet(_, _, let since): "since \(since.map(\.description) ?? "nil")"
            case .removed(_, let release): "removed \(release)"
            case .unknown(let suggestion): suggestion ?? "unknown"
            }
        #expect(outcome == expected)
    }

    @Test(
        "an unknown key is answered with the nearest, and the user's own names stay",
        arguments: [
            ("max_inflight_mesages", "max_inflight_messages"), ("allow_anonymus", "allow_anonymous"),
            ("listener.tcp.mine.max_conections", "listener.tcp.mine.max_connections"),
            ("listner.tcp.Mine", "listener.tcp.Mine"), ("listener.tpc.default", "listener.tcp.default"),
            ("listener.wss.a-b.certfiel", "listener.wss.a-b.certfile"),
            ("vmq_webhooks.hook1.endpont", "vmq_webhooks.hook1.endpoint"),
            ("vmq_bridge.tcp.br7.topics.3", "vmq_bridge.tcp.br7.topic.3"),
            ("plugin.vmq_mine", "plugins.vmq_mine"), ("plugins.mine.prioritiy", "plugins.mine.priority"),
            ("log_console_level", "log.console.level"), ("vmq_acl_acl_file", "vmq_acl.acl_file"),
            ("completely.different.thing", nil), ("x", nil), (String(repeating: "a.", count: 200), nil),
            ("my_plugin.pool_size", nil),
        ] as [(String, String?)]
    )
    func suggestions(key: String, expected: String?) {
        guard case .unknown(let suggestion) = schema.rule(for: key, version: ConfigurationSchema.newest) else {
            Issue.record("\(key) is known")
            return
        }
        #expect(suggestion == expected)
    }

    @Test("no suggestion is a key that the release does not know")
    func suggestionsByRelease() {
        guard case .unknown(let suggestion) = schema.rule(for: "fanout.shard_cont", version: VerneMQVersion(1, 13, 0))
        else {
            Issue.record("known")
            return
        }
        #expect(suggestion == nil)
    }

    @Test(
        "the release that a configuration is judged by",
        arguments: [
            (nil, "2.2.0", true), ("2.2.0", "2.2.0", false), ("2.2.7", "2.2.7", false), ("2.1.1", "2.1.1", false),
            ("1.10.0", "1.10.0", false), ("1.9.2", "1.10.0", true), ("0.15.0", "1.10.0", true),
            ("2.3.0", "2.3.0", true),
            ("3.0", "3.0", true), ("2.2", "2.2", false),
        ] as [(String?, String, Bool)]
    )
    func resolution(declared: String?, expected: String, isWarned: Bool) {
        let (version, warning) = ConfigurationSchema.version(for: declared.flatMap(VerneMQVersion.init(tag:)))
        #expect(version.description == expected)
        #expect((warning != nil) == isWarned)
        #expect(warning?.severity ?? .warning == .warning)
    }

    @Test(
        "defaults and types are those of the release",
        arguments: [
            ("metadata_plugin", "1.11.0", "vmq_plumtree", "vmq_plumtree|vmq_swc"),
            ("metadata_plugin", "1.12.0", "vmq_swc", "vmq_plumtree|vmq_swc"),
            ("outgoing_clustering_buffer_size", "2.1.2", "10000", "integer"),
            ("outgoing_clustering_buffer_size", "2.2.0", "67108864", "integer"),
            ("listener.tcp.a", "1.12.5", "127.0.0.1:1883", "address"),
            ("listener.tcp.a", "1.12.6", nil, "address|socket"),
            ("listener.tcp.a", "2.1.0", "127.0.0.1:1883", "address|socket"),
            ("listener.tcp.a", "2.2.0", nil, "address|socket"),
            ("listener.ssl.tls_version", "2.0.1", "tlsv1.2", "atom"),
            ("listener.ssl.tls_version", "2.1.0", "tlsv1.2", "string"),
            ("listener.https.tls_version", "2.1.0", "tlsv1.2", "atom"),
            ("vmq_bridge.tcp.a.mqtt_version", "2.0.1", "3", "3|4"),
            ("vmq_bridge.tcp.a.mqtt_version", "2.1.0", "3", "3|4|5"),
            ("log.crash", "1.13.0", "on", "on|off"), ("log.crash", "2.0.0", "off", "on|off"),
            ("log.crash.rotation.keep", "1.13.0", "5", "integer|current"),
            ("log.console.level", "1.13.0", "info", "debug|info|warning|error"),
            ("expire_retain_cache", "2.1.0", "60", "integer"), ("expire_retain_cache", "2.2.0", "0", "integer"),
            ("listener.tcp.allowed_protocol_versions", "1.12.3", "3,4,131", "string"),
            ("listener.tcp.allowed_protocol_versions", "1.12.4", "3,4,5,131", "string"),
        ] as [(String, String, String?, String)]
    )
    func history(key: String, release: String, value: String?, type: String) throws {
        let version = try #require(VerneMQVersion(tag: release))
        let rule = try #require(schema.rule(for: key, version: version).rule)
        #expect(rule.defaultValue(in: version) == value)
        #expect(rule.type(in: version).description == type)
    }

    @Test(
        "settings that a running broker takes, by release",
        arguments: [
            ("max_inflight_messages", "1.10.0", "new MQTT 3 sessions"),
            ("mqtt_connect_timeout", "2.2.0", "new sessions"),
            ("vmq_webhooks.depth", "1.12.0", "the next webhook call"), ("nodename", "2.2.0", nil),
            ("listener.tcp.a", "2.2.0", nil), ("max_message_size", "2.2.0", "new sessions"),
            ("graphite_host", "2.2.0", "the next connection; an open one stays as it is"),
        ] as [(String, String, String?)]
    )
    func live(key: String, release: String, effect: String?) throws {
        let version = try #require(VerneMQVersion(tag: release))
        #expect(try #require(schema.rule(for: key, version: version).rule).liveEffect(in: version) == effect)
    }

    @Test("secrets are texts, and everything that is called a password and is none is no secret")
    func secrets() {
        let secrets = schema.rules.filter(\.isSecret).map(\.pattern)
        for key in [
            "distributed_cookie", "vmq_web_ui.mgmt_api.key", "vmq_bridge.ssl.$name.psk", "listener.ssl.$name.keypasswd",
        ] {
            #expect(secrets.contains(key))
        }
        for key in ["plugins.vmq_passwd", "vmq_passwd.password_file", "vmq_diversity.postgres.password_hash_method"] {
            #expect(!secrets.contains(key))
        }
        #expect(secrets.allSatisfy { !$0.hasSuffix("_file") })
    }
}

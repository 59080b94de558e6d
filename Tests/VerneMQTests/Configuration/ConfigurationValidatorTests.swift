import Testing

@testable import VerneMQ

@Suite("Settings against each other")
struct ConfigurationValidatorTests {
    @Test(
        "keys",
        arguments: [
            JudgementCase(""),
            JudgementCase("max_inflight_messages = 20\nallow_anonymous = off"),
            JudgementCase("max_inflight_mesages = 20", "E max_inflight_mesages: not a setting of VerneMQ 2.2.0"),
            JudgementCase("Allow_anonymous = off", "E Allow_anonymous: not a setting"),
            JudgementCase("listener.tcp.a.b.c = 1", "E listener.tcp.a.b.c: not a setting"),
            JudgementCase("listener.tcp.a/b = 1", "E listener.tcp.a/b: not a setting"),
            JudgementCase("message_size_limit = 1", "E message_size_limit: VerneMQ no longer has it since 2.0.0"),
            JudgementCase("message_size_limit = 1", version: "1.13.0"),
            JudgementCase("message_size_limit = x", "E message_size_limit: not an integer", version: "1.13.0"),
            JudgementCase(
                "fanout.shard_count = 1",
                "E fanout.shard_count: VerneMQ 2.1.2 does not know it yet",
                version: "2.1.2"
            ),
            JudgementCase("log.syslog.format = rfc5424", "E log.syslog.format: VerneMQ 2.2.0 does not know it yet"),
            JudgementCase("log.syslog.format = rfc5424", version: "2.3.0"),
            JudgementCase("queue_deliver_mode = balance", "W queue_deliver_mode: VerneMQ accepts it and does nothing"),
            JudgementCase(
                "logging.obfuscation_secret = x",
                "W logging.obfuscation_secret: VerneMQ accepts it and does nothing"
            ),
            JudgementCase(
                "vmq_bridge.ssl.a = h:1\nvmq_bridge.ssl.a.capath = /x\nplugins.vmq_bridge = on",
                "W vmq_bridge.ssl.a.capath: VerneMQ accepts it and does nothing"
            ),
            JudgementCase("default_schema_dir = off", "W default_schema_dir: VerneMQ takes off for the name"),
            JudgementCase("default_schema_dir = /x"),
            JudgementCase(
                "listener.tcp.proxy_protocol_use_cn_as_username = off",
                "W listener.tcp.proxy_protocol_use_cn_as_username: VerneMQ accepts it and does nothing",
                "E listener.tcp.proxy_protocol_use_cn_as_username: with off VerneMQ cannot generate"
            ),
            JudgementCase(
                "listener.tcp.proxy_protocol_use_cn_as_username = on",
                "W listener.tcp.proxy_protocol_use_cn_as_username: VerneMQ accepts it and does nothing"
            ),
            JudgementCase("my_plugin.size = 1", "E my_plugin.size: not a setting"),
            JudgementCase(
                "my_plugin.size = 1\nplugins.my_plugin = on\nplugins.my_plugin.path = /p",
                "E my_plugin.size: VerneMQ knows no settings of other plugins"
            ),
            JudgementCase(
                "my_plugin.size = 1",
                "E my_plugin.size: VerneMQ knows no settings of other plugins",
                context: ConfigurationContext(providedPlugins: ["my_plugin"])
            ),
            JudgementCase(
                "a = 1\nretry_interval = x\nallow_anonymous = yes\nvmq_pulse.url = u\nfanout.shard_count = 0.5",
                "E a: not a setting",
                "E retry_interval: not an integer",
                "E allow_anonymous: not one of",
                "E vmq_pulse.url: VerneMQ no longer has it",
                "E fanout.shard_count: not an integer"
            ),
        ]
    )
    func keys(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "keys that are set more than once",
        arguments: [
            JudgementCase(
                "retry_interval = 10\nretry_interval = 20",
                "W retry_interval: it is set twice, and VerneMQ takes the last one without a word"
            ),
            JudgementCase("retry_interval = 10\nretry_interval = 10", "W retry_interval: it is set twice"),
            JudgementCase(
                "resource: retry_interval = 10\nfile: retry_interval = 20",
                "E file retry_interval: two places set it to different values"
            ),
            JudgementCase(
                "resource: retry_interval = 10\nfile: retry_interval = 10",
                "W file retry_interval: it is set in two places"
            ),
            JudgementCase(
                "bootConfiguration: retry_interval = 10\nenvironment: retry_interval = 20\nfile: retry_interval = 30",
                "E environment retry_interval: two places",
                "E file retry_interval: two places"
            ),
            JudgementCase(
                "resource: listener.tcp.a = 10.0.0.1:1\nfile: listener.tcp.a = 10.0.0.1:2",
                "E file listener.tcp.a: two places set it to different values"
            ),
        ]
    )
    func duplicates(_ row: JudgementCase) throws { try row.check() }

    @Test("a conflict names both places")
    func bothPlaces() throws {
        let settings = [
            Setting("retry_interval", "1", keyPath: "spec.vmqConfig:3", source: .bootConfiguration),
            Setting("retry_interval", "2", keyPath: "spec.config.configs[0].name", source: .resource),
        ]
        let finding = try #require(
            ConfigurationValidator.findings(on: settings, version: VerneMQVersion(2, 2, 0)).first
        )
        #expect(finding.path == "spec.config.configs[0].name")
        #expect(finding.remedy == "it is set at spec.vmqConfig:3 as well; keep one of them")
    }

    @Test(
        "values that are given by variables",
        arguments: [
            JudgementCase("environment: retry_interval = 10"),
            JudgementCase(
                "environment: graphite_prefix = a__b",
                "E environment graphite_prefix: the value cannot be given by a variable: the image turns __"
            ),
            JudgementCase("file: graphite_prefix = a__b"),
            JudgementCase(
                "environment: graphite_prefix = KUBERNETES",
                "E environment graphite_prefix: the value cannot be given"
            ),
            JudgementCase(
                "environment: graphite_prefix = my DISCOVERY_NODE",
                "E environment graphite_prefix: the value cannot be given"
            ),
            JudgementCase(
                "environment: plugins.a-b = off",
                "E environment plugins.a-b: no variable of the official image"
            ),
            JudgementCase(
                "environment: plugins.a__b = off",
                "E environment plugins.a__b: no variable of the official image"
            ),
            JudgementCase("environment: plugins.aB = off"),
            JudgementCase(
                "resource: graphite_prefix = a__b",
                "E resource graphite_prefix: the value cannot be given",
                context: ConfigurationContext(environmentSources: [.resource])
            ),
            JudgementCase("environment: graphite_prefix = a__b", context: ConfigurationContext(environmentSources: [])),
        ]
    )
    func variables(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "plugins",
        arguments: [
            JudgementCase("plugins.vmq_webhooks = on"), JudgementCase("plugins.vmq_webhooks = off"),
            JudgementCase("plugins.vmq_paswd = on", "W plugins.vmq_paswd: VerneMQ does not bring this plugin"),
            JudgementCase("plugins.mine = on", "W plugins.mine: VerneMQ does not bring this plugin"),
            JudgementCase("plugins.mine = off"), JudgementCase("plugins.mine = on\nplugins.mine.path = /opt/mine"),
            JudgementCase("plugins.mine = on", context: ConfigurationContext(providedPlugins: ["mine"])),
            JudgementCase(
                "plugins.mine = on\nplugins.mine.path = mine",
                "W plugins.mine.path: a relative path begins where the broker was started"
            ),
            JudgementCase(
                "plugins.mine.path = /opt/mine",
                "W plugins.mine.path: it does nothing, because the plugin is off"
            ),
            JudgementCase(
                "plugins.mine.priority = 1",
                "W plugins.mine.priority: it does nothing, because the plugin is off"
            ),
            JudgementCase("plugins.vmq_acl.priority = 1"),
            JudgementCase("plugins.vmq_acl.priority = first", "E plugins.vmq_acl.priority: not an integer"),
            JudgementCase("plugins.vmq_swc = off", "E plugins.vmq_swc: vmq_swc is a part of the broker"),
            JudgementCase("plugins.vmq_swc = on", "E plugins.vmq_swc: vmq_swc is a part of the broker"),
            JudgementCase("plugins.vmq_plumtree = on", "E plugins.vmq_plumtree: vmq_plumtree is a part of the broker"),
            JudgementCase(
                "plugins.vmq_generic_msg_store = off",
                "E plugins.vmq_generic_msg_store: vmq_generic_msg_store is a part"
            ),
            JudgementCase(
                "plugins.vmq_server.path = /x",
                "E plugins.vmq_server.path: vmq_server is a part of the broker"
            ),
            JudgementCase(
                "plugins.vmq_web_ui = on",
                "W plugins.vmq_web_ui: VerneMQ 1.13.0 does not bring this plugin",
                version: "1.13.0"
            ),
            JudgementCase("plugins.vmq_web_ui = on"),
            JudgementCase(
                "plugins.vmq_http_pub = on",
                "W plugins.vmq_http_pub: VerneMQ 1.12.6 does not bring",
                version: "1.12.6"
            ),
            JudgementCase(
                "plugins.vmq_passwd = yes",
                "E plugins.vmq_passwd: not one of its values",
                "W plugins.vmq_passwd: nobody can connect"
            ),
            JudgementCase("vmq_acl.acl_file = /x"),
            JudgementCase(
                "vmq_acl.acl_file = /x\nplugins.vmq_acl = off",
                "W vmq_acl.acl_file: it does nothing without plugins.vmq_acl = on"
            ),
            JudgementCase(
                "vmq_webhooks.pool_timeout = 1",
                "W vmq_webhooks.pool_timeout: it does nothing without plugins.vmq_webhooks = on"
            ),
            JudgementCase("vmq_webhooks.pool_timeout = 1\nplugins.vmq_webhooks = on"),
            JudgementCase("vmq_webhooks.pool_timeout = 1", context: ConfigurationContext(isComplete: false)),
            JudgementCase(
                "vmq_bcrypt.pool_size = 2",
                "W vmq_bcrypt.pool_size: it does nothing without plugins.vmq_diversity = on"
            ),
            JudgementCase("vmq_swc.sync_interval = 1000"),
            JudgementCase(
                "vmq_swc.sync_interval = 1000\nmetadata_plugin = vmq_plumtree",
                "W vmq_swc.sync_interval: it does nothing without metadata_plugin = vmq_swc"
            ),
            JudgementCase("vmq_swc.directory = /d", "W vmq_swc.directory: it does nothing without", version: "1.11.0"),
            JudgementCase("plumtree.directory = /d", version: "1.11.0"),
            JudgementCase(
                "plumtree.directory = /d",
                "W plumtree.directory: it does nothing without metadata_plugin = vmq_plumtree"
            ),
        ]
    )
    func plugins(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "who may connect",
        arguments: [
            JudgementCase("allow_anonymous = on", "W allow_anonymous: everybody who reaches the broker may connect"),
            JudgementCase("allow_anonymous = off"),
            JudgementCase(
                "listener.tcp.a = 10.0.0.1:1\nlistener.tcp.a.allow_anonymous_override = on",
                "W listener.tcp.a.allow_anonymous_override: everybody"
            ),
            JudgementCase("plugins.vmq_passwd = off", "W plugins.vmq_passwd: nobody can connect"),
            JudgementCase("plugins.vmq_passwd = off\nplugins.vmq_webhooks = on"),
            JudgementCase("plugins.vmq_passwd = off\nplugins.mine = on\nplugins.mine.path = /p"),
            JudgementCase("plugins.vmq_passwd = off\nallow_anonymous = on", "W allow_anonymous: everybody"),
            JudgementCase("plugins.vmq_passwd = off", context: ConfigurationContext(isComplete: false)),
            JudgementCase("plugins.vmq_passwd = off", context: ConfigurationContext(providedPlugins: ["mine"])),
            JudgementCase(
                "listener.tcp.forward_connection_opts = on",
                "E listener.tcp.forward_connection_opts: with on, vmq_passwd is not asked: it has no login hook for connection "
                    + "details, and every login is refused"
            ),
            JudgementCase("listener.tcp.forward_connection_opts = off"),
            JudgementCase(
                "listener.ws.default.forward_connection_opts = on",
                "E listener.ws.default.forward_connection_opts: with on, vmq_passwd is not asked"
            ),
            JudgementCase(
                "listener.ssl.forward_connection_opts = on\nplugins.vmq_webhooks = on",
                "W listener.ssl.forward_connection_opts: with on, vmq_passwd is not asked"
            ),
            JudgementCase(
                "listener.ssl.forward_connection_opts = on\nplugins.vmq_webhooks = on\nplugins.vmq_passwd = off"
            ),
            JudgementCase(
                "listener.ssl.forward_connection_opts = on\nallow_anonymous = on",
                "W listener.ssl.forward_connection_opts: with on, vmq_passwd is not asked",
                "W allow_anonymous: everybody"
            ),
            JudgementCase(
                "listener.ssl.forward_connection_opts = on",
                "W listener.ssl.forward_connection_opts: with on, vmq_passwd is not asked",
                context: ConfigurationContext(providedPlugins: ["mine"])
            ),
            JudgementCase(
                "listener.tcp.default.auth_plugins = vmq_passwd",
                "W listener.tcp.default.auth_plugins: listeners start before plugins do"
            ),
            JudgementCase(
                "listener.tcp.default.auth_plugins = [vmq_passwd, vmq_webhooks]",
                "E listener.tcp.default.auth_plugins: VerneMQ refuses a list with a plugin that is off: vmq_webhooks",
                "W listener.tcp.default.auth_plugins: listeners start before plugins do"
            ),
            JudgementCase(
                "allow_register_during_netsplit = on",
                "W allow_register_during_netsplit: while a broker is out of reach a client may",
                "W allow_register_during_netsplit: clients may connect while a broker is out of reach, and then not publish, "
                    + "subscribe or unsubscribe"
            ),
            JudgementCase(
                "allow_register_during_netsplit = on\nallow_publish_during_netsplit = on\nallow_subscribe_during_netsplit = on\n"
                    + "allow_unsubscribe_during_netsplit = on",
                "W allow_register_during_netsplit: while a broker is out of reach a client may"
            ),
            JudgementCase("allow_publish_during_netsplit = on"),
        ]
    )
    func authentication(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "combinations",
        arguments: [
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.hook = on_publish\nvmq_webhooks.a.endpoint = http://h"
            ),
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.hook = on_publish",
                "E vmq_webhooks.a.hook: without vmq_webhooks.a.endpoint VerneMQ cannot generate"
            ),
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.endpoint = https://h",
                "E vmq_webhooks.a.endpoint: without vmq_webhooks.a.hook VerneMQ cannot generate"
            ),
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.hook = on_publish\nvmq_webhooks.a.endpoint = h/p",
                "E vmq_webhooks.a.endpoint: not an HTTP address"
            ),
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.hook = on_pub\nvmq_webhooks.a.endpoint = http://h",
                "E vmq_webhooks.a.hook: not one of its values"
            ),
            JudgementCase(
                "plugins.vmq_webhooks = on\nvmq_webhooks.a.no_payload = on",
                "W vmq_webhooks.a.no_payload: there is no vmq_webhooks.a.hook",
                "W vmq_webhooks.a.no_payload: there is no vmq_webhooks.a.endpoint"
            ),
            JudgementCase("plugins.vmq_bridge = on\nvmq_bridge.tcp.a = h:1883\nvmq_bridge.tcp.a.topic.1 = # in"),
            JudgementCase(
                "plugins.vmq_bridge = on\nvmq_bridge.tcp.a.client_id = x\nvmq_bridge.tcp.a.topic.1 = #",
                "W vmq_bridge.tcp.a.client_id: there is no vmq_bridge.tcp.a"
            ),
            JudgementCase(
                "plugins.vmq_bridge = on\nvmq_bridge.tcp.a = h:1883\nvmq_bridge.tcp.a.topic.101 = #",
                "W vmq_bridge.tcp.a.topic.101: VerneMQ reads topics 1 to 100 only"
            ),
            JudgementCase(
                "plugins.vmq_bridge = on\nvmq_bridge.ssl.a = h:1883\nvmq_bridge.ssl.a.topic.first = #",
                "W vmq_bridge.ssl.a.topic.first: VerneMQ reads topics 1 to 100 only"
            ),
            JudgementCase(
                "log.syslog.remote.protocol = tls",
                "E log.syslog.remote.protocol: tls needs messages",
                "E log.syslog.remote.protocol: tls needs certificates",
                version: "2.3.0"
            ),
            JudgementCase(
                "log.syslog.remote.protocol = tls\nlog.syslog.format = rfc5424\nlog.syslog.remote.tls.cafile = /c",
                version: "2.3.0"
            ),
            JudgementCase("log.syslog.remote.protocol = udp", version: "2.3.0"),
            JudgementCase(
                "erlang.distribution.port_range.minimum = 9200\nerlang.distribution.port_range.maximum = 9100",
                "E erlang.distribution.port_range.maximum: the range of ports is empty"
            ),
            JudgementCase(
                "erlang.distribution.port_range.minimum = 9100\nerlang.distribution.port_range.maximum = 9200"
            ),
            JudgementCase(
                "listener.vmq.clustering = 0.0.0.0:44053\nlistener.vmq.clustering.low_watermark = 9000",
                "W listener.vmq.clustering.low_watermark: it is above listener.vmq.clustering.high_watermark, which is 8192"
            ),
            JudgementCase(
                "listener.vmq.clustering.low_watermark = 9000\nlistener.vmq.clustering.high_watermark = 9001"
            ),
            JudgementCase(
                "vmq_swc.prevent_nonempty_join = off",
                "W vmq_swc.prevent_nonempty_join: two clusters with data"
            ),
            JudgementCase("vmq_swc.prevent_nonempty_join = on"),
            JudgementCase(
                "vmq_generic_msg_store.db_backend = rocksdb",
                "W vmq_generic_msg_store.db_backend: VerneMQ brings no such"
            ),
            JudgementCase("vmq_generic_msg_store.db_backend = leveldb"),
            JudgementCase(
                "vmq_generic_msg_store.db_backend = sqlite",
                "E vmq_generic_msg_store.db_backend: not one of"
            ),
        ]
    )
    func combinations(_ row: JudgementCase) throws { try row.check() }

    @Test(
        "the broker's image",
        arguments: [
            JudgementCase("nodename = VerneMQ@a", "E nodename: the operator gives each broker the name of its pod"),
            JudgementCase(
                "nodename = VerneMQ@a",
                "W nodename: the official image brings an etc/vm.args",
                context: ConfigurationContext(injectsNodeName: false)
            ),
            JudgementCase("environment: nodename = VerneMQ@a", context: ConfigurationContext(injectsNodeName: false)),
            JudgementCase(
                "nodename = VerneMQ@a",
                context: ConfigurationContext(usesOfficialImage: false, injectsNodeName: false)
            ),
            JudgementCase(
                "erlang.async_threads = 10",
                "W erlang.async_threads: the official image brings an etc/vm.args"
            ),
            JudgementCase("erlang.async_threads = 10", official: false),
            JudgementCase(
                "environment: erlang.async_threads = 10",
                "W environment erlang.async_threads: the official image"
            ),
            JudgementCase("environment: erlang.max_ports = 2048"),
            JudgementCase("erlang.max_ports = 2048", "W erlang.max_ports: the official image brings an etc/vm.args"),
            JudgementCase("erlang.max_ports = 512", "E erlang.max_ports: out of range", official: false),
            JudgementCase("distributed_cookie = s3cret", official: false),
            JudgementCase("environment: distributed_cookie = s3cret"),
            JudgementCase("distributed_cookie = vmq", "W distributed_cookie: everybody knows", official: false),
            JudgementCase(
                "distributed_cookie = a b",
                "E distributed_cookie: the start scripts cannot read",
                official: false
            ),
            JudgementCase(
                "distributed_cookie = a=b",
                "E distributed_cookie: the start scripts cannot read",
                official: false
            ),
            JudgementCase(
                "distributed_cookie = a#b",
                "E distributed_cookie: the start scripts cannot read",
                official: false
            ),
            JudgementCase("accept_eula = yes"),
            JudgementCase("accept_eula = no", "W accept_eula: the official image refuses to start"),
            JudgementCase(
                "accept_eula = true",
                "E accept_eula: not one of its values",
                "W accept_eula: the official image refuses"
            ),
            JudgementCase("accept_eula = no", official: false),
            JudgementCase(
                "",
                "W spec: the official image refuses to start",
                context: ConfigurationContext(acceptsLicence: false)
            ),
            JudgementCase("accept_eula = yes", context: ConfigurationContext(acceptsLicence: false)),
            JudgementCase("", context: ConfigurationContext(acceptsLicence: true)),
        ]
    )
    func image(_ row: JudgementCase) throws { try row.check() }

    @Test("ten thousand settings, known and unknown, are judged without comparing each with all others")
    func many() {
        let settings = (0..<10_000).map { number in
            Setting(
                "plugins.p\(number % 5_000)\(number.isMultiple(of: 2) ? "" : ".nothing")",
                "off",
                keyPath: "\(number)",
                source: .file
            )
        }
        let findings = ConfigurationValidator.findings(on: settings, version: VerneMQVersion(2, 2, 0))
        #expect(findings.count { $0.severity == .error } == 5_000)
    }
}

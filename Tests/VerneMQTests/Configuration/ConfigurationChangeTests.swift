import Testing

@testable import VerneMQ

@Suite("Changes of a configuration")
struct ConfigurationChangeTests {
    private func change(_ old: String, _ new: String, _ version: String = "2.2.0") throws -> ConfigurationChange {
        let version = try #require(VerneMQVersion(tag: version))
        return ConfigurationChange(from: JudgementCase(old).settings, to: JudgementCase(new).settings, version: version)
    }

    @Test(
        "keys that change live, with a restart, or not at all",
        arguments: [
            ("", "", [], []),
            ("retry_interval = 1", "retry_interval = 1", [], []),
            ("retry_interval = 1", "retry_interval = 2", ["retry_interval"], []),
            ("", "retry_interval = 2", ["retry_interval"], []), ("retry_interval = 2", "", ["retry_interval"], []),
            ("retry_interval = 2\nretry_interval = 3", "retry_interval = 3", [], []),
            (
                "max_message_size = 1\nlog.console = file", "max_message_size = 2\nlog.console = both",
                ["max_message_size"], ["log.console"]
            ),
            ("", "listener.max_connections = 5", [], ["listener.max_connections"]),
            ("", "listener.tcp.max_connections = 5", [], ["listener.tcp.max_connections"]),
            ("", "no.such.key = 5", [], ["no.such.key"]),
            ("listener.tcp.a = 1", "listener.tcp.a = 2", [], []), ("", "plugins.mine = on", [], []),
        ] as [(String, String, [String], [String])]
    )
    func keys(old: String, new: String, live: [String], restart: [String]) throws {
        let change = try change(old, new)
        #expect(change.live.map(\.key) == live)
        #expect(change.restart.map(\.key) == restart)
        #expect(change.isEmpty == (old == new || old.hasSuffix(new) && !new.isEmpty))
    }

    @Test("the moment at which a change takes effect, and keys that fall back to their default")
    func effects() throws {
        let change = try change("graphite_port = 1", "retry_interval = 1")
        #expect(
            change.live.map(\.effect) == ["the next connection; an open one stays as it is", "new MQTT 3 sessions"]
        )
        #expect(change.live.map(\.isSet) == [false, true])
        #expect(!change.needsRestart)
        #expect(try self.change("", "vmq_webhooks.depth = 1").live.first?.plugin == "vmq_webhooks")
        #expect(try self.change("", "allow_multiple_sessions = on", "1.13.0").live.count == 1)
        #expect(try self.change("", "allow_multiple_sessions = on").restart.count == 1)
        #expect(try self.change("", "max_subscriptions_per_client = 1").live.count == 1)
        #expect(try self.change("", "max_subscriptions_per_client = 1", "2.1.0").restart.count == 1)
    }

    @Test(
        "listeners",
        arguments: [
            ("", "listener.tcp.a = 1", "tcp.a start false"), ("listener.tcp.a = 1", "", "tcp.a stop false"),
            ("listener.tcp.a = 1", "listener.tcp.a = 2", "tcp.a restart false"),
            ("listener.tcp.a = 1", "listener.tcp.a = 1\nlistener.tcp.a.mountpoint = m", "tcp.a restart false"),
            ("listener.tcp.a = 1\nlistener.tcp.a.mountpoint = m", "", "tcp.a stop false"),
            ("listener.vmq.a = 1", "listener.vmq.a = 2", "vmq.a restart true"),
            ("listener.vmqs.a = 1", "", "vmqs.a stop true"),
            ("listener.tcp.a = 1", "listener.ssl.a = 1", "ssl.a start false, tcp.a stop false"),
            (
                "", "listener.http.a = 1\nlistener.http.a.http_modules = []\nlistener.http.b = 2",
                "http.a start false, http.b start false"
            ),
        ]
    )
    func listeners(old: String, new: String, expected: String) throws {
        let change = try change(old, new)
        #expect(
            change.listeners.map { "\($0.name) \($0.action) \($0.needsRestart)" }.joined(separator: ", ") == expected
        )
        #expect(change.needsRestart == expected.contains("true"))
    }

    @Test(
        "plugins",
        arguments: [
            ("", "plugins.mine = on", "mine start"), ("plugins.mine = on", "", "mine stop"),
            ("", "plugins.mine = off", ""),
            ("plugins.mine = on", "plugins.mine = off", "mine stop"), ("", "plugins.vmq_acl = on", ""),
            ("", "plugins.vmq_acl = off", "vmq_acl stop"), ("plugins.vmq_acl = off", "", "vmq_acl start"),
            ("plugins.mine = on\nplugins.mine.path = /a", "plugins.mine = on\nplugins.mine.path = /b", "mine restart"),
            ("plugins.mine.path = /a", "plugins.mine.path = /b", ""),
            ("plugins.a = on", "plugins.b = on", "a stop, b start"),
        ]
    )
    func plugins(old: String, new: String, expected: String) throws {
        #expect(try change(old, new).plugins.map { "\($0.name) \($0.action)" }.joined(separator: ", ") == expected)
    }

    @Test("what is said about a change names the keys, and never a value")
    func messages() throws {
        let change = try change(
            "graphite_api_key = old\nlog.console = file\nlistener.tcp.a = 0.0.0.0:1\nmetadata_plugin = vmq_swc",
            "graphite_api_key = new\nlog.console = both\nretry_interval = 4\nplugins.mine = on\nmetadata_plugin = vmq_plumtree"
        )
        #expect(
            change.messages == [
                "takes effect without a restart: retry_interval (new MQTT 3 sessions)",
                "listeners: tcp.a is stopped", "plugins: mine is started",
                "needs a restart of the brokers: graphite_api_key, log.console, metadata_plugin",
                "makes brokers with data forget it: metadata_plugin",
            ]
        )
        #expect(try self.change("", "").messages.isEmpty)
    }
}

import BrokerDouble
import Document
import LiveConfiguration
import Testing
import Transport
import VerneMQ

@testable import Controller

/// One broker and what the operator does to it.
private struct Bench {
    let exec: DoubleExec
    var memory = BrokerMemory(pod: "pod-1", container: "c1")

    init(_ settings: [Setting] = []) {
        exec = DoubleExec(settings)
    }

    /// Brings the broker to settings.
    mutating func bring(
        _ settings: [Setting],
        plugins: [JSONValue] = [],
        asksAgain: Bool = false
    ) async -> BrokerOutcome {
        let desired = DesiredConfiguration.make(
            settings,
            plugins: plugins,
            in: BrokerSurroundings(version: VerneMQVersion(2, 1, 0), address: "10.0.0.7")
        )
        let look = BrokerLook(exec: exec, target: BrokerTargetTests.target, container: "c1")
        let session = BrokerSession(look: look, desired: desired, fileInterval: .zero)
        return await session.bring(&memory, asksAgain: asksAgain)
    }

    /// The operator ends, and another begins.
    mutating func restartOperator() { memory = BrokerMemory(pod: "pod-1", container: "c1") }

    func value(_ key: String) -> String? { exec.with { $0.broker.values[key] } }
}

private func setting(_ key: String, _ value: String) -> Setting {
    Setting(key, value, keyPath: key, source: .file)
}

@Suite("Bringing a broker to its configuration")
struct BrokerSessionTests {
    @Test("all keys go in one call, are read back, and a second look does nothing")
    func keys() async {
        var bench = Bench()
        let settings = [setting("max_inflight_messages", "40"), setting("persistent_client_expiration", "1w")]
        let outcome = await bench.bring(settings)
        #expect(outcome.fault == nil && outcome.digest != nil && outcome.restartRequired == [] && !outcome.hasDrifted)
        #expect(bench.exec.takeChanges() == ["set max_inflight_messages=40 persistent_client_expiration=1w"])
        #expect(await bench.bring(settings).digest == outcome.digest)
        #expect(bench.exec.with { $0.calls } == [], "a broker of which all is known is not asked")
        bench.restartOperator()
        #expect(await bench.bring(settings).digest == outcome.digest)
        #expect(bench.exec.takeChanges() == [])
    }

    @Test("a change is brought to a broker that is known without asking it first")
    func quick() async {
        var bench = Bench()
        _ = await bench.bring([])
        _ = bench.exec.takeChanges()
        let outcome = await bench.bring([setting("retry_interval", "7")])
        #expect(outcome.fault == nil && !outcome.hasDrifted)
        #expect(bench.exec.with { $0.calls.first } == "set retry_interval=7")
    }

    @Test("drift is put back and noticed")
    func drift() async {
        var bench = Bench()
        let settings = [setting("max_inflight_messages", "40")]
        _ = await bench.bring(settings)
        bench.exec.with { $0.broker.drift("max_inflight_messages", "1") }
        let outcome = await bench.bring(settings, asksAgain: true)
        #expect(outcome.hasDrifted && outcome.fault == nil)
        #expect(bench.value("max_inflight_messages") == "40")
    }

    @Test("one value that the broker refuses does not keep the others from being set, and is not tried again and again")
    func refused() async {
        var bench = Bench()
        let settings = [setting("max_inflight_messages", "many"), setting("retry_interval", "7")]
        let outcome = await bench.bring(settings)
        #expect(outcome.fault?.contains("max_inflight_messages") == true)
        #expect(outcome.digest == nil && !outcome.isTransient)
        #expect(bench.value("retry_interval") == "7")
        #expect(bench.memory.failed != nil)
        _ = bench.exec.takeChanges()
        #expect(await bench.bring(settings).fault == "the broker refuses the value of max_inflight_messages")
        #expect(bench.exec.takeChanges() == [])
        let mended = await bench.bring([setting("max_inflight_messages", "5"), setting("retry_interval", "7")])
        #expect(mended.fault == nil)
    }

    @Test("listeners are started, made anew and deleted; those that have not changed keep their connections")
    func listeners() async {
        var bench = Bench()
        let more = [setting("listener.tcp.more", "0.0.0.0:1884")]
        let before = bench.exec.with { $0.broker.listeners.map(\.number) }
        #expect(await bench.bring(more).fault == nil)
        #expect(await bench.bring(more + [setting("listener.tcp.more.max_connections", "5")]).fault == nil)
        let listener = bench.exec.with { $0.broker.listeners.first { $0.port == "1884" } }
        #expect(listener?.maximum == "5")
        bench.restartOperator()
        #expect(await bench.bring([]).fault == nil)
        #expect(bench.exec.with { $0.broker.listeners.map(\.number) } == before)
    }

    @Test("a listener that cannot be opened is told of, and tried again later")
    func takenPort() async {
        var bench = Bench()
        let outcome = await bench.bring([setting("listener.tcp.more", "0.0.0.0:8080")])
        #expect(outcome.fault?.contains("eaddrinuse") == true)
    }

    @Test("plugins are switched, their keys follow, and their commands run around it")
    func plugins() async {
        var bench = Bench()
        let hooks: [JSONValue] = [
            ["name": "vmq_webhooks", "postStart": [["cmd": "register"]], "preStop": [["cmd": "deregister"]]]
        ]
        let settings = [setting("plugins.vmq_webhooks", "on"), setting("vmq_webhooks.pool_timeout", "7")]
        #expect(await bench.bring(settings, plugins: hooks).fault == nil)
        #expect(
            bench.exec.takeChanges() == [
                "plugin enable --name=vmq_webhooks", "$ register", "set vmq_webhooks.pool_timeout=7",
            ]
        )
        bench.restartOperator()
        #expect(await bench.bring(settings, plugins: hooks).fault == nil)
        #expect(bench.exec.takeChanges() == [])
        #expect(await bench.bring([]).fault == nil)
        #expect(bench.exec.takeChanges() == ["$ deregister", "plugin disable --name=vmq_webhooks"])
    }

    @Test("a command that fails or takes too long is told of, and a plugin whose first command fails is not started")
    func failingHooks() async {
        var bench = Bench()
        bench.exec.with { $0.endings = ["first": 3] }
        let hooks: [JSONValue] = [["name": "vmq_webhooks", "preStart": [["cmd": "first"]]]]
        let outcome = await bench.bring([setting("plugins.vmq_webhooks", "on")], plugins: hooks)
        #expect(outcome.fault == "preStart of plugin vmq_webhooks ended with exit code 3")
        #expect(bench.exec.with { !$0.broker.plugins.contains("vmq_webhooks") })
        bench.exec.with { $0.endings = ["first": 124] }
        let late = await bench.bring([setting("plugins.vmq_webhooks", "on")], plugins: hooks)
        #expect(late.fault == "preStart of plugin vmq_webhooks did not end within 5 s")
    }

    @Test("a plugin that would crash the plugin manager is not started")
    func lookBeforeYouAsk() async {
        var bench = Bench()
        let settings = [setting("plugins.mine", "on"), setting("plugins.mine.path", "/p")]
        let missing = await bench.bring(settings)
        #expect(missing.fault?.contains("there is no lib/mine/ebin/mine.app in /p") == true)
        bench.exec.with {
            $0.application =
                "{application, mine, [{vsn, \"1\"},\n {applications, [kernel, stdlib, % and\n 'hackney']}]}."
        }
        #expect(await bench.bring(settings).fault?.contains("it needs hackney") == true)
        #expect(bench.exec.takeChanges() == [])
        bench.exec.with { $0.application = "{application, mine, [{applications, [kernel,stdlib]}]}." }
        #expect(await bench.bring(settings).fault == nil)
        #expect(bench.exec.takeChanges() == ["plugin enable --name=mine --path=/p"])
    }

    @Test("after a crash of the plugin manager no plugin is touched, not even by another operator")
    func crash() async {
        var bench = Bench()
        bench.exec.with { $0.broker.crashing = ["vmq_webhooks"] }
        _ = await bench.bring([setting("plugins.vmq_webhooks", "on")])
        #expect(bench.exec.takeChanges() == ["plugin enable --name=vmq_webhooks"])
        bench.restartOperator()
        let outcome = await bench.bring([setting("plugins.vmq_webhooks", "on"), setting("plugins.vmq_bridge", "on")])
        #expect(outcome.restartRequired == ["plugins.vmq_bridge", "plugins.vmq_webhooks"])
        #expect(bench.exec.takeChanges() == [])
    }

    @Test("a renewed certificate clears the cache, once, though the broker fails to say so")
    func certificates() async {
        var bench = Bench()
        let settings = [
            setting("listener.ssl.s", "0.0.0.0:8883"), setting("listener.ssl.s.certfile", "/s/tls.crt"),
            setting("listener.ssl.s.keyfile", "/s/tls.key"),
        ]
        bench.exec.with { $0.files = ["/s/tls.crt": "1", "/s/tls.key": "1"] }
        #expect(await bench.bring(settings).fault == nil)
        _ = bench.exec.takeChanges()
        bench.exec.with { $0.files["/s/tls.crt"] = "2" }
        #expect(await bench.bring(settings).fault == nil)
        #expect(bench.exec.takeChanges() == ["tls clear-pem-cache"])
        bench.restartOperator()
        #expect(await bench.bring(settings).fault == nil)
        #expect(bench.exec.takeChanges() == [])
    }

    @Test("where renewed certificates cannot be noticed, that is said, and all else is done")
    func blind() async {
        var bench = Bench()
        bench.exec.with { $0.lacksChecksums = true }
        #expect(await bench.bring([setting("retry_interval", "9")]).fault == nil, "nobody needs it without TLS files")
        let settings = [
            setting("listener.ssl.s", "0.0.0.0:8883"), setting("listener.ssl.s.certfile", "/s/tls.crt"),
            setting("listener.ssl.s.keyfile", "/s/tls.key"),
        ]
        let outcome = await bench.bring(settings)
        #expect(outcome.fault?.contains("no cksum") == true)
        #expect(outcome.changed.contains("start-listener listener ssl.s"))
    }

    @Test("what waits for a restart is named, also where nothing is permitted any more")
    func restart() async {
        var bench = Bench()
        #expect(await bench.bring([setting("log.console", "both")]).restartRequired == ["log.console"])
        bench.exec.with {
            $0.remaining = 0
            $0.refusal = .notPermitted("no")
        }
        let outcome = await bench.bring([], asksAgain: true)
        #expect(!outcome.isPermitted && outcome.restartRequired == nil && !outcome.isTransient)
    }

    @Test("cut off after any call, by the operator's end or the network's, it ends in the same state")
    func cutOff() async {
        let hooks: [JSONValue] = [["name": "vmq_webhooks", "postStart": [["cmd": "register"]]]]
        let settings = [
            setting("max_inflight_messages", "40"), setting("plugins.vmq_webhooks", "on"),
            setting("vmq_webhooks.pool_timeout", "7"), setting("plugins.vmq_passwd", "off"),
            setting("listener.tcp.more", "0.0.0.0:1884"), setting("listener.tcp.default", "0.0.0.0:1883"),
        ]
        let old = [setting("listener.ws.old", "0.0.0.0:9001"), setting("retry_interval", "3")]
        var whole = Bench(old)
        #expect(await whole.bring(settings, plugins: hooks).fault == nil)
        let wanted = whole.exec.with {
            (
                $0.broker.values, Set($0.broker.listeners.map { "\($0.type) \($0.address):\($0.port)" }),
                $0.broker.plugins
            )
        }
        for calls in 0..<24 {
            var bench = Bench(old)
            bench.exec.with { $0.remaining = calls }
            _ = await bench.bring(settings, plugins: hooks)
            bench.exec.with { $0.remaining = nil }
            bench.restartOperator()
            let outcome = await bench.bring(settings, plugins: hooks)
            #expect(outcome.fault == nil, "cut off after \(calls) calls")
            let state = bench.exec.with {
                (
                    $0.broker.values, Set($0.broker.listeners.map { "\($0.type) \($0.address):\($0.port)" }),
                    $0.broker.plugins
                )
            }
            #expect(state == wanted, "cut off after \(calls) calls")
        }
    }
}

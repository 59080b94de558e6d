import Document
import Testing
import VerneMQ

@testable import LiveConfiguration

@Suite("The plan for one broker")
struct PlannerTests {
    static func plan(from old: [Setting], to new: [Setting]) -> LivePlan {
        LivePlanner.plan(ModelBroker.desired(new), on: ModelBroker(old).state)
    }

    @Test("nothing is done to a broker that runs with what is wanted")
    func nothing() {
        let settings = [setting("max_inflight_messages", "40"), setting("listener.tcp.more", "0.0.0.0:1884")]
        #expect(Self.plan(from: settings, to: settings) == LivePlan())
        #expect(Self.plan(from: [], to: []) == LivePlan())
    }

    @Test("all keys that changed are set in one call, and a removed one returns to its default")
    func keys() {
        let plan = Self.plan(
            from: [setting("max_inflight_messages", "40"), setting("retry_interval", "5")],
            to: [setting("max_inflight_messages", "50"), setting("allow_anonymous", "on")]
        )
        let wanted: [LiveAction.KeyValue] = [
            .init("allow_anonymous", "on"), .init("max_inflight_messages", "50"), .init("retry_interval", "20"),
        ]
        #expect(plan.actions == [.set(wanted)])
        #expect(
            plan.actions.first?.arguments == [
                "set", "allow_anonymous=on", "max_inflight_messages=50", "retry_interval=20",
            ]
        )
        #expect(plan.restartRequired == [])
    }

    @Test("a value that was changed by hand is put back, also one that nobody has written")
    func drift() {
        var broker = ModelBroker([setting("max_inflight_messages", "40")])
        broker.drift("max_inflight_messages", "1")
        broker.drift("allow_anonymous", "on")
        let plan = broker.bring(to: ModelBroker.desired([setting("max_inflight_messages", "40")]))
        #expect(plan.actions == [.set([.init("allow_anonymous", "off"), .init("max_inflight_messages", "40")])])
    }

    @Test("where somebody else may have a say, only what is written is looked after, and what once was")
    func incomplete() {
        var surroundings = BrokerSurroundings(version: ModelBroker.version, address: ModelBroker.address)
        surroundings.isComplete = false
        var broker = ModelBroker([setting("retry_interval", "5")])
        broker.drift("allow_anonymous", "on")
        let desired = DesiredConfiguration.make([setting("max_inflight_messages", "40")], in: surroundings)
        let plan = LivePlanner.plan(desired, on: broker.state)
        #expect(plan.actions == [.set([.init("max_inflight_messages", "40"), .init("retry_interval", "20")])])
    }

    @Test("what is shown after its translation is recognised")
    func translated() {
        var broker = ModelBroker([])
        broker.drift("persistent_client_expiration", String(7 * 86_400))
        let settings = [setting("persistent_client_expiration", "1w")]
        #expect(broker.bring(to: ModelBroker.desired(settings)).isEmpty)
        #expect(!broker.bring(to: ModelBroker.desired([setting("persistent_client_expiration", "8d")])).isEmpty)
    }

    @Test("keys that a running broker does not take wait for a restart, by name, and values that are arguments nowhere")
    func restart() {
        let plan = Self.plan(
            from: [setting("log.console", "both"), setting("vmq_bcrypt.pool_size", "2")],
            to: [setting("log.console", "file"), setting("graphite_api_key", "two words")]
        )
        #expect(plan.actions == [])
        #expect(plan.restartRequired == ["graphite_api_key", "log.console", "vmq_bcrypt.pool_size"])
    }

    @Test("a broker that has started with the configuration waits for nothing")
    func restarted() {
        let settings = [setting("log.console", "file"), setting("graphite_host", "two words")]
        #expect(Self.plan(from: settings, to: settings) == LivePlan())
    }

    @Test("no secret is ever an argument, nor part of what is shown")
    func secrets() throws {
        let secrets = ConfigurationSchema.shared.rules.filter { $0.isSecret && !$0.hasWildcards }
        try #require(!secrets.isEmpty)
        let settings =
            secrets.map { setting($0.pattern, "hunter2") } + [
                setting("listener.ssl.a", "0.0.0.0:8883"), setting("listener.ssl.a.keypasswd", "hunter2"),
            ]
        let broker = ModelBroker([])
        let desired = ModelBroker.desired(settings)
        let plan = LivePlanner.plan(desired, on: broker.state)
        #expect(!plan.actions.contains { ($0.arguments ?? []).joined().contains("hunter2") })
        #expect(plan.restartRequired.contains("listener.ssl.a"))
        let other = settings.map { setting($0.key, $0.value == "hunter2" ? "hunter3" : $0.value) }
        #expect(ModelBroker.desired(other).digest == desired.digest)
    }

    @Test("invalid keys are left as they are")
    func excluded() {
        let desired = DesiredConfiguration.make(
            [setting("max_inflight_messages", "many"), setting("retry_interval", "7")],
            excluded: ["max_inflight_messages"],
            in: BrokerSurroundings(version: ModelBroker.version, address: ModelBroker.address)
        )
        let plan = LivePlanner.plan(desired, on: ModelBroker([setting("max_inflight_messages", "40")]).state)
        #expect(plan.actions == [.set([.init("retry_interval", "7")])])
        #expect(plan.restartRequired == [])
    }

    @Test("what the broker's environment says beats what is written")
    func environment() {
        let surroundings = BrokerSurroundings(
            environment: [setting("retry_interval", "9")],
            unknownKeys: ["max_client_id_size"],
            version: ModelBroker.version,
            address: ModelBroker.address
        )
        let desired = DesiredConfiguration.make(
            [setting("retry_interval", "5"), setting("max_client_id_size", "1")],
            in: surroundings
        )
        var broker = ModelBroker([])
        broker.drift("max_client_id_size", "77")
        #expect(LivePlanner.plan(desired, on: broker.state).actions == [.set([.init("retry_interval", "9")])])
    }
}

@Suite("The plan for listeners")
struct ListenerPlanTests {
    static let base = [setting("listener.tcp.more", "0.0.0.0:1884")]

    @Test("a new listener is started with the options that hold for all")
    func start() throws {
        let settings =
            Self.base + [
                setting("listener.max_connections", "500"), setting("listener.tcp.nr_of_acceptors", "3"),
                setting("listener.tcp.more.mountpoint", "m"),
                setting("listener.tcp.more.allowed_protocol_versions", "[4, 5]"),
            ]
        var broker = ModelBroker([
            setting("listener.max_connections", "500"), setting("listener.tcp.nr_of_acceptors", "3"),
        ])
        let plan = broker.bring(to: ModelBroker.desired(settings))
        #expect(
            plan.actions.map(\.arguments) == [
                [
                    "listener", "start", "address=0.0.0.0", "port=1884", "--allowed_protocol_versions=4,5",
                    "--max_connections=500", "--mountpoint=m", "--nr_of_acceptors=3",
                ]
            ]
        )
        #expect(broker.bring(to: ModelBroker.desired(settings)).isEmpty)
    }

    @Test("one whose options changed is made anew, one that is gone is deleted, and no other is touched")
    func change() {
        let changed = Self.base + [setting("listener.tcp.more.max_connections", "7")]
        let plan = PlannerTests.plan(from: Self.base + [setting("listener.ws.w", "0.0.0.0:9001")], to: changed)
        #expect(plan.actions.map(\.code) == ["delete-listener", "delete-listener", "start-listener"])
        #expect(plan.actions.last?.subject == "listener tcp.more")
        #expect(PlannerTests.plan(from: changed, to: []).actions == [.deleteListener(address: "0.0.0.0:1884")])
    }

    @Test("one that was stopped by hand is started again, one that was started by hand stays")
    func drift() {
        var broker = ModelBroker(Self.base)
        broker.state.listeners.removeAll { $0.address == "0.0.0.0:1884" }
        broker.state.listeners.append(BrokerState.Listener(type: "mqtt", address: "0.0.0.0:7777"))
        let plan = broker.bring(to: ModelBroker.desired(Self.base))
        #expect(plan.actions.map(\.code) == ["start-listener"])
    }

    @Test("the image's own listener gives way to one of its name")
    func imageListener() {
        let plan = PlannerTests.plan(from: [], to: [setting("listener.tcp.default", "0.0.0.0:1883")])
        #expect(plan.actions.map(\.code) == ["delete-listener", "start-listener"])
        #expect(plan.actions.first == .deleteListener(address: "10.0.0.7:1883"))
        let back = PlannerTests.plan(from: [setting("listener.tcp.default", "0.0.0.0:1883")], to: [])
        #expect(back.actions.map(\.code) == ["delete-listener", "start-listener"])
    }

    @Test("what no command can start waits for a restart, once")
    func obstacles() {
        let settings =
            Self.base + [
                setting("listener.tcp.more.buffer_sizes", "1,2,3"), setting("listener.http.h", "0.0.0.0:9999"),
            ]
        let plan = PlannerTests.plan(from: [], to: settings)
        #expect(plan.actions == [])
        #expect(plan.restartRequired == ["listener.http.h", "listener.tcp.more"])
        #expect(PlannerTests.plan(from: settings, to: settings) == LivePlan())
    }

    static let tls = [
        setting("listener.ssl.s", "0.0.0.0:8883"), setting("listener.ssl.s.cafile", "/s/ca.crt"),
        setting("listener.ssl.s.certfile", "/s/tls.crt"), setting("listener.ssl.s.keyfile", "/s/tls.key"),
    ]

    @Test("a renewed certificate is read by new handshakes, a renewed authority by a new listener")
    func certificates() {
        var broker = ModelBroker(Self.tls)
        let desired = ModelBroker.desired(Self.tls)
        #expect(desired.files == ["/s/ca.crt", "/s/tls.crt", "/s/tls.key"])
        broker.state.files = ["/s/ca.crt": "1", "/s/tls.crt": "1", "/s/tls.key": "1"]
        #expect(broker.bring(to: desired).actions.allSatisfy { $0.code == "note" })
        #expect(broker.bring(to: desired).isEmpty)

        broker.state.files["/s/tls.crt"] = "2"
        #expect(broker.bring(to: desired).actions.map(\.code) == ["clear-certificates", "note"])
        #expect(broker.bring(to: desired).isEmpty)

        broker.state.files["/s/ca.crt"] = "2"
        #expect(broker.bring(to: desired).actions.map(\.code) == ["delete-listener", "start-listener", "note"])
        #expect(broker.bring(to: desired).isEmpty)
    }
}

@Suite("The plan for plugins")
struct PluginPlanTests {
    @Test("a new authentication plugin runs before the old one is stopped, and its keys come in a second round")
    func order() {
        let settings = [
            setting("plugins.vmq_webhooks", "on"), setting("plugins.vmq_passwd", "off"),
            setting("vmq_webhooks.pool_timeout", "7"),
        ]
        var broker = ModelBroker([])
        let plan = broker.bring(to: ModelBroker.desired(settings))
        #expect(plan.faults == [])
        #expect(plan.actions.map(\.code) == ["enable", "note", "disable"])
        #expect(
            broker.bring(to: ModelBroker.desired(settings)).actions == [.set([.init("vmq_webhooks.pool_timeout", "7")])]
        )
        #expect(broker.bring(to: ModelBroker.desired(settings)).isEmpty)
    }

    @Test("parts of the broker itself are never switched")
    func system() {
        let plan = PlannerTests.plan(
            from: [],
            to: [setting("plugins.vmq_swc", "off"), setting("plugins.vmq_plumtree", "on")]
        )
        #expect(plan.actions == [])
    }

    @Test("a plugin that runs unseen is started once")
    func unseen() {
        let settings = [setting("plugins.vmq_bridge", "on")]
        var broker = ModelBroker([])
        #expect(broker.bring(to: ModelBroker.desired(settings)).actions.map(\.code) == ["enable", "note"])
        #expect(broker.bring(to: ModelBroker.desired(settings)).isEmpty)
        #expect(broker.bring(to: ModelBroker.desired([])).actions == [.disable("vmq_bridge")])
        #expect(broker.bring(to: ModelBroker.desired([])).isEmpty)
    }

    @Test("another path or priority waits for a restart")
    func options() {
        let old = [setting("plugins.mine", "on"), setting("plugins.mine.path", "/a")]
        let new = [setting("plugins.mine", "on"), setting("plugins.mine.path", "/b")]
        #expect(PlannerTests.plan(from: old, to: new).restartRequired == ["plugins.mine"])
        #expect(PlannerTests.plan(from: old, to: old) == LivePlan())
        #expect(PlannerTests.plan(from: old, to: []).actions == [.disable("mine")])
    }

    static let hooked: [JSONValue] = [
        [
            "name": "vmq_webhooks",
            "preStart": [["cmd": "one"]], "postStart": [["cmd": "two", "timeoutSeconds": 9]],
            "preStop": [["cmd": "three"]], "postStop": [["cmd": "four"]],
        ]
    ]

    @Test("commands run around a start and a stop, also when the plugin is no longer spoken of")
    func hooks() {
        let settings = [setting("plugins.vmq_webhooks", "on")]
        var broker = ModelBroker([])
        let start = broker.bring(to: ModelBroker.desired(settings, plugins: Self.hooked))
        #expect(start.actions.map(\.code) == ["hook", "enable", "hook", "note"])
        #expect(start.actions[2] == .hook(plugin: "vmq_webhooks", .postStart, .init("two", timeout: 9)))
        #expect(broker.bring(to: ModelBroker.desired(settings, plugins: Self.hooked)).isEmpty)
        broker.state.record = LiveRecord(broker.state.record.text, container: "c1")
        let stop = broker.bring(to: ModelBroker.desired([]))
        #expect(
            stop.actions.map(\.subject) == [
                "preStop of plugin vmq_webhooks", "plugin vmq_webhooks", "postStop of plugin vmq_webhooks",
            ]
        )
        #expect(broker.bring(to: ModelBroker.desired([])).isEmpty)
    }

    @Test("a broker that has started the plugin by itself runs only what comes after")
    func hooksAfterBoot() {
        let settings = [setting("plugins.vmq_webhooks", "on")]
        var broker = ModelBroker(settings)
        let plan = broker.bring(to: ModelBroker.desired(settings, plugins: Self.hooked))
        #expect(plan.actions.map(\.code) == ["hook", "note"])
        #expect(broker.bring(to: ModelBroker.desired(settings, plugins: Self.hooked)).isEmpty)
    }

    @Test("once the plugin manager has crashed, no plugin is touched until the broker has started again")
    func crashed() {
        var broker = ModelBroker([])
        broker.state.record.hasCrashed = true
        let plan = broker.bring(to: ModelBroker.desired([setting("plugins.vmq_webhooks", "on")]))
        #expect(plan.actions == [])
        #expect(plan.restartRequired == ["plugins.vmq_webhooks"])
        #expect(plan.faults.count == 1)
    }
}

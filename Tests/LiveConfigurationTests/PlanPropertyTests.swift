import Testing
import VerneMQ

@testable import LiveConfiguration

/// Random configurations, one after another, with brokers that restart in between.
@Suite("Any sequence of configurations")
struct PlanPropertyTests {
    static let seeds: [UInt64] = Array(1...300)

    @Test(
        "a plan that was carried out leaves nothing to do, and what a start brings is what was applied",
        arguments: seeds
    )
    func converges(seed: UInt64) {
        var random = SplitMix(state: seed)
        var settings = Self.settings(&random)
        var broker = ModelBroker(settings)
        for step in 0..<6 {
            if Bool.random(using: &random) { broker = ModelBroker(settings, container: "c\(step)") }
            settings = Self.settings(&random)
            let desired = ModelBroker.desired(settings)
            for _ in 0..<2 { broker.bring(to: desired) }
            let rest = LivePlanner.plan(desired, on: broker.state)
            #expect(rest.isEmpty, "seed \(seed), step \(step): \(rest.actions)")
            #expect(rest.faults == [], "seed \(seed), step \(step)")
            // The operator is killed: what it knew is what the container knows.
            broker.state.record = LiveRecord(broker.state.record.text, container: broker.state.record.container)
            #expect(LivePlanner.plan(desired, on: broker.state) == rest)
            let fresh = LivePlanner.plan(desired, on: ModelBroker(settings).state)
            #expect(fresh == LivePlan(), "seed \(seed), step \(step): a start does not bring it: \(fresh)")
        }
    }

    @Test("killed after any step, it goes on to the same end", arguments: seeds.prefix(60))
    func killed(seed: UInt64) {
        var random = SplitMix(state: seed)
        let old = Self.settings(&random)
        let desired = ModelBroker.desired(Self.settings(&random))
        var whole = ModelBroker(old)
        for _ in 0..<2 { whole.bring(to: desired) }
        let steps = LivePlanner.plan(desired, on: ModelBroker(old).state).actions.count
        for end in 0...steps {
            var broker = ModelBroker(old)
            for action in LivePlanner.plan(desired, on: broker.state).actions.prefix(end) {
                // Killed between a step and the note of it.
                let record = broker.state.record
                broker.take(action)
                if Bool.random(using: &random) { broker.state.record = record }
            }
            for _ in 0..<3 { broker.bring(to: desired) }
            #expect(LivePlanner.plan(desired, on: broker.state).isEmpty, "seed \(seed), killed at \(end)")
            #expect(broker.state.values == whole.state.values, "seed \(seed), killed at \(end)")
            #expect(Set(broker.state.listeners) == Set(whole.state.listeners), "seed \(seed), killed at \(end)")
            #expect(broker.state.plugins == whole.state.plugins, "seed \(seed), killed at \(end)")
        }
    }

    private static func settings(_ random: inout SplitMix) -> [Setting] {
        let choices: [(String, [String])] = [
            ("max_inflight_messages", ["10", "20", "30"]), ("allow_anonymous", ["on", "off"]),
            ("persistent_client_expiration", ["1d", "never"]), ("retry_interval", ["5", "20"]),
            ("vmq_acl.acl_file", ["/etc/a", "/etc/b"]), ("log.console", ["both", "file"]),
            ("plugins.vmq_passwd", ["on", "off"]), ("plugins.vmq_webhooks", ["on", "off"]),
            ("plugins.vmq_bridge", ["on", "off"]), ("plugins.mine", ["on", "off"]), ("plugins.mine.path", ["/x"]),
            ("vmq_webhooks.pool_timeout", ["100", "200"]),
            ("listener.tcp.default", ["0.0.0.0:1883", "10.0.0.7:1883"]), ("listener.max_connections", ["100", "200"]),
            ("listener.tcp.a", ["0.0.0.0:1884", "127.0.0.1:1884"]), ("listener.tcp.a.mountpoint", ["m", "n"]),
            ("listener.ws.b", ["0.0.0.0:9001", "0.0.0.0:9002"]), ("listener.ssl.c", ["0.0.0.0:8883"]),
            ("listener.ssl.c.certfile", ["/c1", "/c2"]), ("listener.tcp.a.buffer_sizes", ["1,2,3"]),
        ]
        var settings: [Setting] = []
        for (key, values) in choices where Int.random(in: 0..<3, using: &random) == 0 {
            if let value = values.randomElement(using: &random) { settings.append(setting(key, value)) }
        }
        return settings
    }
}

/// Chance that can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

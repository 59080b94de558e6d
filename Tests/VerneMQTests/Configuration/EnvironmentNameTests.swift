import Testing

@testable import VerneMQ

@Suite("Settings as variables of the official image")
struct EnvironmentNameTests {
    @Test(
        "a key and its variable",
        arguments: [
            ("max_inflight_messages", "DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES"),
            ("vmq_bcrypt.pool_size", "DOCKER_VERNEMQ_VMQ_BCRYPT__POOL_SIZE"),
            ("listener.tcp.default", "DOCKER_VERNEMQ_LISTENER__TCP__DEFAULT"),
            ("erlang.W", "DOCKER_VERNEMQ_erlang__W"), ("listener.tcp.myName", "DOCKER_VERNEMQ_listener__tcp__myName"),
            ("vmq_webhooks.swarm.hook", "DOCKER_VERNEMQ_vmq_webhooks__swarm__hook"),
            ("a", "DOCKER_VERNEMQ_A"), ("listener.tcp.a-b", nil), ("listener.tcp.a__b", nil), ("a_.b", nil), ("", nil),
            ("listener.tcp.é", nil), ("K", nil), ("a._b", "DOCKER_VERNEMQ_A___B"),
        ] as [(String, String?)]
    )
    func variables(key: String, variable: String?) {
        #expect(EnvironmentName.variable(for: key) == variable)
    }

    @Test(
        "a variable and the key that the image makes of it",
        arguments: [
            ("DOCKER_VERNEMQ_ALLOW_ANONYMOUS", "allow_anonymous"),
            ("DOCKER_VERNEMQ_LISTENER__TCP__fooBar", "listener.tcp.fooBar"),
            ("DOCKER_VERNEMQ_LISTENER__TCP__Foo", "listener.tcp.foo"), ("DOCKER_VERNEMQ_A-BC", "a-BC"),
            ("DOCKER_VERNEMQ_DISCOVERY_KUBERNETES", nil), ("DOCKER_VERNEMQ_DISCOVERY_NODE", nil),
            ("DOCKER_VERNEMQ_KUBERNETES_LABEL_SELECTOR", nil), ("DOCKER_VERNEMQ_USER_ADMIN", nil),
            ("DOCKER_VERNEMQ_COMPOSE", nil), ("DOCKER_VERNEMQ_SWARM", nil), ("DOCKER_VERNEMQ_", nil),
            ("MY_POD_NAME", nil),
            ("docker_vernemq_a", nil),
        ] as [(String, String?)]
    )
    func keys(variable: String, key: String?) {
        #expect(EnvironmentName.key(of: variable) == key)
    }

    @Test(
        "values that no variable can carry",
        arguments: [
            ("a__b", false), ("a\nb", false), ("KUBERNETES", false), ("x-COMPOSE-y", false), ("DISCOVERY_NODE", false),
            ("a_b", true), ("kubernetes", true), ("", true), ("10.0.0.1:1883", true), ("a#b", true),
        ]
    )
    func values(value: String, isCarried: Bool) {
        #expect((EnvironmentName.obstacle(to: value) == nil) == isCarried)
    }

    @Test("the key of a variable for a key is that key, for every key of the schema and whatever names it is given")
    func roundTrip() {
        for seed in SeededGenerator.seeds {
            var generator = SeededGenerator(seed: seed)
            for rule in ConfigurationSchema.shared.rules {
                let name = String(
                    (0..<Int.random(in: 1...8, using: &generator)).map { _ in generator.pick(Array("abzABZ019_")) }
                )
                let key = rule.key(["$name": name, "$module": name, "$script": name, "$topic_id": name])
                guard let variable = EnvironmentName.variable(for: key) else {
                    #expect(name.contains("__") || name.hasSuffix("_") || name.hasPrefix("_"), "\(key), seed \(seed)")
                    continue
                }
                #expect(EnvironmentName.key(of: variable) == key, "\(key), seed \(seed)")
                #expect(variable.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") })
            }
        }
    }
}

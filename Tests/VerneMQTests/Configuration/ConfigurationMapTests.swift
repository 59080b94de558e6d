import Document
import Testing
import VerneMQ

@Suite("ConfigMaps with a configuration")
struct ConfigurationMapTests {
    private static func map(_ text: String?, version: String? = nil) -> JSONValue {
        var map: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "mqtt", "labels": ["vmq.k8s.vernemq.com/config": "vernemq"]],
        ]
        if let text { map["data"] = ["vernemq.conf": .string(text)] }
        if let version { map["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/version": .string(version)] }
        return map
    }

    @Test(
        "contents are judged with line and column",
        arguments: [
            ("max_inflight_messages = 20\n", [String]()), ("retry_interval = 5 # seconds\n", []),
            ("vmq_diversity.postgres.port = 5432\n", []), ("listener.tcp.default.max_connections = 5\n", []),
            ("max_inflight_messages = x\n", ["error data[vernemq.conf]:1:25"]),
            ("\nno_such = 1\n", ["error data[vernemq.conf]:2:1"]),
            ("allow_anonymous = on\n", ["warning data[vernemq.conf]:1:19"]),
            ("nodename = a@b\n", ["error data[vernemq.conf]:1:12"]),
            ("include a.conf\n", ["error data[vernemq.conf]:1:9"]),
            ("a\n\nb\n", ["error data[vernemq.conf]:1:1", "error data[vernemq.conf]:3:1"]),
            (" \n", ["warning data[vernemq.conf]"]),
        ]
    )
    func contents(text: String, told: [String]) {
        #expect(ConfigurationMap.validate(Self.map(text)).map { "\($0.severity.rawValue) \($0.path)" } == told)
    }

    @Test(
        "the annotation says by which version",
        arguments: [
            ("2.1.1", ["error data[vernemq.conf]:1:1"]), ("2.2.0", []), (nil, []),
            ("none", ["error metadata.annotations[vmq.k8s.vernemq.com/version]"]),
            ("1.9.0", ["warning metadata.annotations[vmq.k8s.vernemq.com/version]", "error data[vernemq.conf]:1:1"]),
        ] as [(String?, [String])]
    )
    func version(version: String?, told: [String]) {
        let map = Self.map("listener.tcp.active_n = 50\n", version: version)
        #expect(ConfigurationMap.validate(map).map { "\($0.severity.rawValue) \($0.path)" } == told)
    }

    @Test("a version that is asked for beats the annotation")
    func assumed() {
        let map = Self.map("listener.tcp.active_n = 50\n", version: "2.1.1")
        #expect(ConfigurationMap.validate(map, judgingBy: VerneMQVersion(2, 2, 0)) == [])
    }

    @Test("a change says what applies live and what waits")
    func change() {
        let findings = ConfigurationMap.validate(
            Self.map("max_inflight_messages = 20\nleveldb.maximum_memory.percent = 20\n"),
            old: Self.map("max_inflight_messages = 10\n")
        )
        #expect(findings.map(\.severity) == [.warning, .warning])
        #expect(findings.first?.problem.contains("max_inflight_messages") == true)
        #expect(findings.last?.problem.contains("leveldb.maximum_memory.percent") == true)
        let same = Self.map("max_inflight_messages = 20\n")
        #expect(ConfigurationMap.validate(same, old: same) == [])
    }
}

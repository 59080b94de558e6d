import Document
import Testing

@testable import Command

@Suite("validate, on configurations")
struct ValidateConfigurationTests {
    private static let configMap = """
        # the configuration
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: mqtt
          labels: {vmq.k8s.vernemq.com/config: vernemq}
        data:
          other: x
          vernemq.conf: |
            # comment

            max_inflight_messages = many
              retry_interval = 5
            listener.tcp.default = 0.0.0.0:1885

        """

    private static func resource(_ config: String) -> String {
        """
        apiVersion: vmq.k8s.vernemq.com/v1alpha1
        kind: VerneMQ
        metadata: {name: mqtt}
        spec:
          size: 3
          version: 2.1.1
          configFrom: {configMapRef: {name: mqtt}}
          env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: "yes"}]
          config: \(config)

        """
    }

    @Test("the line of a text in a block is the file's")
    func blocks() async {
        let captured = CapturedConsole(input: "---\n" + Self.configMap)
        #expect(await captured.run("validate", "-f", "-") == .failure)
        let start = "standard input:13:29: error: ConfigMap mqtt: data[vernemq.conf]:3:25: \"many\": not an integer"
        #expect(captured.output.hasPrefix(start), "\(captured.output)")
    }

    @Test(
        "in other notations it is the key's",
        arguments: [
            "vernemq.conf: \"max_inflight_messages = many\\n\"", "vernemq.conf: max_inflight_messages = many",
            "vernemq.conf: >\n    max_inflight_messages = many\n",
        ]
    )
    func otherNotations(entry: String) async {
        let head =
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {vmq.k8s.vernemq.com/config: vernemq}}\n"
        let captured = CapturedConsole(input: head + "data:\n  \(entry)\n")
        #expect(await captured.run("validate", "-f", "-") == .failure)
        #expect(captured.output.hasPrefix("standard input:5:3: error: "), "\(captured.output)")
    }

    @Test("a resource and its ConfigMap are judged together, wherever they stand, each finding once and in its place")
    func together() async throws {
        let scratch = try Scratch()
        let map = try scratch.write("b/map.yaml", Self.configMap)
        let resource = try scratch.write(
            "a.yaml",
            Self.resource(
                "{configs: [{name: retry_interval, value: '6'}], listeners: [{address: 10.0.0.1, port: 1885}]}"
            )
        )
        let captured = CapturedConsole()
        #expect(await captured.run("validate", "-R", "-f", scratch.path) == .failure)
        let output = captured.output
        let lines = output.split(separator: "\n")
        #expect(lines.count { $0.contains("many") } == 1, "\(output)")
        #expect(lines.contains { $0.contains("two places") }, "\(output)")
        #expect(lines.contains { $0.contains("collides") }, "\(output)")
        #expect(lines.allSatisfy { $0.hasPrefix(map) || $0.hasPrefix(resource) }, "\(output)")

        let alone = CapturedConsole()
        #expect(await alone.run("validate", "-f", resource) == .success, "\(alone.output)")
    }

    @Test("a StatefulSet and the ConfigMap that its annotation names are judged together")
    func statefulSet() async throws {
        let set = Sample.statefulSet.replacing(
            "    name: mqtt            # the name\n",
            with: "    name: mqtt\n    annotations: {vmq.k8s.vernemq.com/config: mqtt}\n"
        ).replacing(
            "{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: \"yes\"}",
            with: "{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: \"yes\"}\n"
                + "                    - {name: DOCKER_VERNEMQ_RETRY_INTERVAL, value: \"7\"}"
        )
        let map = Self.configMap.replacing("many", with: "20")
        let captured = CapturedConsole(input: "\(set)\n---\n\(map)")
        #expect(await captured.run("validate", "-f", "-") == .failure)
        #expect(captured.output.split(separator: "\n").count == 1, "\(captured.output)")
        #expect(captured.output.contains("retry_interval"), "\(captured.output)")
        let without = CapturedConsole(input: "\(set)\n---\n\(map.replacing("retry_interval = 5", with: ""))")
        #expect(await without.run("validate", "-f", "-") == .success, "\(without.output)")
    }

    @Test("a ConfigMap that is referred to and not labelled is told of")
    func unlabelled() async throws {
        let map = Self.configMap.replacing("config: vernemq", with: "config: none").replacing("many", with: "20")
        let captured = CapturedConsole(input: "\(Self.resource("{}"))\n---\n\(map)")
        #expect(await captured.run("validate", "-f", "-") == .success)
        #expect(captured.output.contains("without this label"), "\(captured.output)")
    }

    @Test(
        "the version to judge by can be given",
        arguments: [
            ("2.1.1", Command.ExitStatus.failure), ("2.2.0", .success), ("v2.2.0-alpine", .success), ("two", .usage),
        ]
    )
    func version(version: String, status: Command.ExitStatus) async throws {
        let scratch = try Scratch()
        let text = "listener.tcp.active_n = 50\nlistener.vmq.clustering = 0.0.0.0:44053\n"
        let file = try scratch.write("a.conf", text)
        let captured = CapturedConsole()
        #expect(
            await captured.run("validate", "-f", file, "--vernemq-version", version) == status,
            "\(captured.output)"
        )
    }

    @Test("includes of a file are followed from its directory, and each fault is told where it is")
    func includes() async throws {
        let scratch = try Scratch()
        let cluster = "listener.vmq.clustering = 0.0.0.0:44053\n"
        let main = try scratch.write("vernemq.conf", cluster + "include conf.d/*.conf\ninclude none.conf\n")
        let first = try scratch.write("conf.d/a.conf", "max_inflight_messages = many\n")
        try scratch.write("conf.d/b.conf", "retry_interval = 5\n")
        try scratch.write("conf.d/c.txt", "no_such = 5\n")
        let captured = CapturedConsole()
        #expect(await captured.run("validate", "-f", main) == .failure)
        let lines = captured.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("\(first):1:25: error: vernemq.conf: \"many\"") }, "\(lines)")
        #expect(
            lines.contains { $0.hasPrefix("\(main):3:9: warning: vernemq.conf: \"none.conf\": finds no file") },
            "\(lines)"
        )
        #expect(lines.count == 2, "\(lines)")
    }

    @Test("findings on files are JSON too")
    func json() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.conf", "retry_interval = x\nlistener.vmq.clustering = 0.0.0.0:44053\n")
        let captured = CapturedConsole()
        #expect(await captured.run("validate", "-f", file, "-o", "json") == .failure)
        let finding = try #require(try JSONValue(parsing: captured.output)["findings"]?[0])
        #expect(finding["file"]?.stringValue == file)
        #expect(finding["line"] == 1 && finding["column"] == 18)
        #expect(finding["path"] == "vernemq.conf")
    }
}

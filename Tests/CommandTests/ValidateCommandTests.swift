import Document
import Testing

@testable import Command

@Suite("validate")
struct ValidateCommandTests {
    static let configMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: mqtt
          labels:
            vmq.k8s.vernemq.com/config: vernemq
        data:
          vernemq.config: x

        """
    static let resource = """
        apiVersion: vmq.k8s.vernemq.com/v1alpha1
        kind: VerneMQ
        metadata:
          name: mqtt
        spec:
          sizze: 3

        """

    @Test("findings carry file, line and column, the field and the remedy, in the order of the lines")
    func findings() async throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "all.yaml",
            [Sample.service, Sample.broken, Self.configMap, Self.resource].joined(separator: "---\n")
        )
        let captured = CapturedConsole()
        #expect(await captured.run("validate", "-f", file) == .failure)
        let lines = captured.output.split(separator: "\n")
        #expect(lines.count == 3, "\(captured.output)")
        #expect(lines.first?.hasPrefix("\(file):13:5: error: StatefulSet mqtt: spec.serviceName: ") == true)
        #expect(lines.dropFirst().first?.hasPrefix("\(file):36:1: error: ConfigMap mqtt: data[vernemq.conf]: ") == true)
        #expect(lines.last?.hasPrefix("\(file):44:3: error: VerneMQ mqtt: spec.sizze: ") == true, "\(lines)")
        #expect(lines.last?.contains("size") == true)
        #expect(captured.reports == "3 objects checked, 1 passed over: 3 errors, 0 warnings")
    }

    @Test("plugin sources are held against --allow-plugin-source, in StatefulSets and in resources")
    func pluginSources() async {
        let set = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: mqtt
              labels: {vmq.k8s.vernemq.com/inject: enabled}
              annotations:
                vmq.k8s.vernemq.com/plugins: |
                  - applicationName: my_auth
                    repoURL: https://git.example.org/team/my_auth.git
                    versionType: commit
                    version: 0123456789abcdef0123456789abcdef01234567
            spec:
              serviceName: mqtt
              selector: {matchLabels: {app: mqtt}}
              template:
                metadata: {labels: {app: mqtt}}
                spec: {containers: [{name: vernemq, image: "vernemq/vernemq:2.1.1"}]}
            ---
            apiVersion: vmq.k8s.vernemq.com/v1alpha1
            kind: VerneMQ
            metadata: {name: mqtt}
            spec:
              externalPlugins:
                - applicationName: my_auth
                  repoURL: git@git.example.org:team/my_auth.git
                  versionType: commit
                  version: 0123456789abcdef0123456789abcdef01234567

            """
        for (pattern, errors) in [("git.example.org/team/*", 0), ("git.example.org/other/*", 2)] {
            for command in ["validate", "inject"] {
                let captured = CapturedConsole(input: set)
                let status = await captured.run(command, "-f", "-", "--allow-plugin-source", pattern)
                let told = captured.output + captured.reports
                let found = told.split(separator: "\n").count { $0.contains("not a source that this operator allows") }
                // inject looks at workloads only.
                #expect(found == (command == "validate" ? errors : errors / 2), "\(command): \(told)")
                #expect(status == (errors == 0 ? .success : .failure), "\(command): \(told)")
            }
        }
    }

    @Test("JSON for programs has the same, and faults of the text besides")
    func json() async throws {
        let scratch = try Scratch()
        let bad = try scratch.write("bad.json", "{\"a\": ]")
        let captured = CapturedConsole(input: Self.configMap)
        #expect(await captured.run("validate", "-f", "-", bad, "-o", "json") == .failure)
        let report = try JSONValue(parsing: captured.output)
        #expect(report["checked"] == 1)
        let finding = try #require(report["findings"]?[0])
        #expect(finding["file"] == "standard input")
        #expect(finding["line"] == 7)
        #expect(finding["column"] == 1)
        #expect(finding["severity"] == "error")
        #expect(finding["object"] == "ConfigMap mqtt")
        #expect(finding["path"] == "data[vernemq.conf]")
        #expect(report["faults"]?[0]?["file"]?.stringValue == bad)
        #expect(report["faults"]?[0]?["line"] == 1)
    }

    @Test("items of Lists are judged where they stand")
    func lists() async throws {
        let list = """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"kind": "Other", "apiVersion": "v1"},
              {"apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ", "metadata": {"name": "a"},
               "spec": {"sizze": 1}}]}
            """
        let captured = CapturedConsole(input: list)
        #expect(await captured.run("validate", "-f", "-") == .failure)
        #expect(captured.output.hasPrefix("standard input:4:13: error: VerneMQ a: spec.sizze: "), "\(captured.output)")
    }

    @Test(
        "good inputs, warnings and other people's objects are no failure",
        arguments: [
            (Sample.statefulSet, 0), (Sample.service, 0), ("", 0), ("# only\n---\n", 0),
            (configMap.replacing("vernemq.config: x", with: "vernemq.conf: ''"), 1),
            (configMap.replacing("vernemq.config: x", with: "vernemq.conf: max_inflight_messages = 5"), 0),
        ]
    )
    func success(input: String, warnings: Int) async {
        let captured = CapturedConsole(input: input)
        #expect(await captured.run("validate", "-f", "-") == .success, "\(captured.output)")
        #expect(captured.output.split(separator: "\n").count { $0.contains(": warning: ") } == warnings)
        #expect(captured.reports.hasSuffix("0 errors, \(warnings) warnings"), "\(captured.output)")
    }

    @Test("plain configuration files are read as such")
    func configurationFiles() async throws {
        let scratch = try Scratch()
        try scratch.write("good.conf", "allow_anonymous = off\n")
        let bad = try scratch.write("bad.conf", "a = b\u{0}")
        let captured = CapturedConsole()
        #expect(await captured.run("validate", "-f", scratch.path) == .failure)
        #expect(captured.output.hasPrefix("\(bad):1:6: error: vernemq.conf: "), "\(captured.output)")
        #expect(captured.reports.hasPrefix("2 objects checked"))
    }

    @Test("text that is not YAML is shown with its line and a caret")
    func pictures() async {
        let captured = CapturedConsole(input: "a: 1\n---\nb: c: d\n")
        #expect(await captured.run("validate", "-f", "-") == .failure)
        let lines = captured.reports.split(separator: "\n")
        #expect(lines.first?.hasPrefix("standard input:3:5: error: ") == true, "\(captured.reports)")
        #expect(lines.contains("  b: c: d"))
        #expect(lines.contains("      ^"))
    }
}

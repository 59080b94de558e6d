import Document
import Foundation
import Testing

/// What the charts make of the values in Tests/Charts.
@Suite("Charts, rendered")
struct GoldenChartTests {
    @Test("what is rendered is what was recorded (RECORD_GOLDEN=1 records it)", arguments: ChartCase.all)
    func golden(example: ChartCase) async throws {
        let rendered = try await example.render(kubernetes: try example.kubernetes)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(rendered.utf8).write(to: example.golden)
            Issue.record("recorded \(example.golden.path)")
        }
        let expected = try String(contentsOf: example.golden, encoding: .utf8)
        // Line by line: a whole rendering is too long to look for a difference in.
        let pairs = zip(rendered.split(separator: "\n"), expected.split(separator: "\n"))
        if let difference = pairs.first(where: { $0 != $1 }) {
            Issue.record("rendered: \(difference.0), recorded: \(difference.1)")
        }
        #expect(rendered.count == expected.count)
    }

    @Test("the values pass a strict lint", arguments: ChartCase.all)
    func lints(example: ChartCase) async throws {
        let output = try await Subprocess.run(
            Repository.script("helm"),
            ["lint", example.path, "--kube-version", try example.kubernetes, "--values", example.values.path]
        )
        #expect(output.status == 0, "\(output.standardError)")
    }

    @Test("what the chart of a cluster renders is valid to the operator", arguments: ChartCase.all)
    func validates(example: ChartCase) async throws {
        guard example.chart == "vernemq" else { return }
        let output = try await Subprocess.run(
            Repository.operatorExecutable.path,
            ["validate", "-f", "-"],
            input: try await example.render(kubernetes: try example.kubernetes)
        )
        #expect(output.status == 0, "\(output.standardError)")
    }

    @Test("the notes tell the next step, whatever the values are", arguments: ChartCase.all)
    func notes(example: ChartCase) async throws {
        let notes = try await example.render(kubernetes: try example.kubernetes, showOnly: ["NOTES.txt"])
        #expect(
            notes.split(separator: "\n").contains { $0.hasPrefix("  kubectl ") || $0.hasPrefix("  helm ") },
            "\(notes)"
        )
        #expect(notes.contains("example"), "\(notes)")
        for line in notes.split(separator: "\n") { #expect(line.count <= 200, "\(line)") }
        #expect(!notes.contains("<no value>") && !notes.contains("\n\n\n"), "\(notes)")
    }

    @Test(
        "every object has the labels and annotations that all are to have; selectors and pods, which they would restart, have not"
    )
    func common() async throws {
        let common: JSONValue = [
            "commonLabels": ["team": "messaging"], "commonAnnotations": ["example.com/owner": "messaging"],
        ]
        var operators = common
        operators["dashboards"] = ["enabled": true]
        operators["networkPolicy"] = ["enabled": true]
        operators["exec"] = ["namespaces": ["mqtt"]]
        operators["webhook"] = ["separate": true]
        operators["metrics"] = ["serviceMonitor": ["enabled": true], "prometheusRule": ["enabled": true]]
        var brokers = common
        brokers["kind"] = "statefulset"
        brokers["acceptEula"] = true
        for (chart, values) in [(Repository.chart, operators), (Repository.clusterChart, brokers)] {
            let text = try await Chart.template("common", chart: chart, values: values, kubernetes: "1.30.0")
            let documents = try Chart.documents(text)
            #expect(documents.count >= 4)
            for document in documents {
                let metadata = document["metadata"]
                let name = "\(document["kind"]?.stringValue ?? "") \(metadata?["name"]?.stringValue ?? "")"
                #expect(metadata?["labels"]?["team"] == "messaging", "\(name)")
                #expect(metadata?["annotations"]?["example.com/owner"] == "messaging", "\(name)")
                guard ["Deployment", "StatefulSet"].contains(document["kind"]?.stringValue) else { continue }
                let inside = document["spec"].map { $0.serializedString() } ?? ""
                #expect(!inside.contains("messaging"), "\(name)")
            }
        }
    }

    /// Values that the chart of a cluster must not take, and what the refusal has to name.
    struct WrongValues: Sendable, CustomTestStringConvertible {
        var values: JSONValue
        var mention: String
        var testDescription: String { values.serializedString() }

        static let all = [
            WrongValues(values: [:], mention: "acceptEula"),
            WrongValues(values: ["acceptEula": true, "replicas": 3], mention: "replicas"),
            WrongValues(values: ["acceptEula": true, "kind": "deployment"], mention: "kind"),
            WrongValues(values: ["acceptEula": true, "leave": "sometimes"], mention: "leave"),
            WrongValues(values: ["acceptEula": true, "config": ["a b": "c"]], mention: "a b"),
            WrongValues(values: ["acceptEula": true, "config": ["a": "b\nc = d"]], mention: "/config/a"),
            WrongValues(
                values: ["acceptEula": true, "kind": "statefulset", "spec": ["restartPolicy": "Rolling"]],
                mention: "kind=resource"
            ),
            WrongValues(
                values: ["acceptEula": true, "fullnameOverride": .string(String(repeating: "a", count: 45))],
                mention: "fullnameOverride"
            ),
        ]
    }

    @Test("the chart of a cluster refuses values that cannot be right", arguments: WrongValues.all)
    func refusesValues(wrong: WrongValues) async throws {
        let output = try await Subprocess.run(
            Repository.script("helm"),
            ["template", "test", Repository.clusterChart, "--values", "-"],
            input: wrong.values.serializedString()
        )
        #expect(output.status == 1)
        #expect(output.standardError.contains(wrong.mention), "\(output.standardError)")
    }
}

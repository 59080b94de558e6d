import Document
import Foundation
import Testing

/// The charts in charts/, through Helm's own SDK.
enum Chart {
    /// Renders a chart, the operator's unless said otherwise; `values` are Helm's, as JSON.
    static func template(
        _ release: String,
        chart: String = Repository.chart,
        namespace: String = "vernemq-operator",
        values: JSONValue = [:],
        kubernetes version: String,
        showOnly templates: [String] = []
    ) async throws -> String {
        try await Subprocess.output(
            Repository.script("helm"),
            [
                "template", release, chart, "--namespace", namespace, "--kube-version", version, "--values",
                "-",
            ]
                + templates.flatMap { ["--show-only", $0] },
            input: values.serializedString()
        )
    }

    /// The documents of a rendering.
    static func documents(_ yaml: String) throws -> [JSONValue] {
        try YAMLDocument.parse(Array(yaml.utf8)).map(\.value).filter { !$0.isNull }
    }
}

/// One set of values out of Tests/Charts, and what a chart made of them when it was last recorded.
struct ChartCase: Sendable, CustomTestStringConvertible {
    /// The chart's name.
    var chart: String
    /// What the values are about.
    var name: String

    var testDescription: String { "\(chart), \(name)" }

    /// The chart's directory.
    var path: String { Repository.root.appendingPathComponent("charts/\(chart)").path }
    /// The values, YAML.
    var values: URL { directory.appendingPathComponent("\(name).values.yaml") }
    /// What was recorded.
    var golden: URL { directory.appendingPathComponent("\(name).golden.yaml") }

    private var directory: URL { Self.root.appendingPathComponent(chart) }
    private static let root = Repository.root.appendingPathComponent("Tests/Charts")

    /// The Kubernetes version that the golden file is for: the values say so.
    var kubernetes: String {
        get throws {
            let text = try String(contentsOf: values, encoding: .utf8)
            guard let version = text.firstMatch(of: /# kubernetes: ([0-9.]+)/)?.output.1 else {
                throw NeverHappened(description: "\(values.path) does not say which Kubernetes it is for")
            }
            return String(version)
        }
    }

    /// Renders it, or some of its templates.
    func render(
        namespace: String = "example",
        kubernetes version: String,
        showOnly templates: [String] = []
    ) async throws -> String {
        try await Subprocess.output(
            Repository.script("helm"),
            [
                "template", "example", path, "--namespace", namespace, "--kube-version", version,
                "--values", values.path,
            ] + templates.flatMap { ["--show-only", $0] }
        )
    }

    /// All that there are.
    static let all: [ChartCase] = {
        let suffix = ".values.yaml"
        do {
            return try ["vernemq-operator", "vernemq"].flatMap { chart in
                try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(chart).path)
                    .filter { $0.hasSuffix(suffix) }.sorted()
                    .map { ChartCase(chart: chart, name: String($0.dropLast(suffix.count))) }
            }
        } catch {
            return []
        }
    }()
}

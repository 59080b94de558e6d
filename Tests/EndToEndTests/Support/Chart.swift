import Document
import Foundation

/// The chart in charts/, through Helm's own SDK.
enum Chart {
    /// Renders the chart; `values` are Helm's, as JSON.
    static func template(
        _ release: String,
        namespace: String = "vernemq-operator",
        values: JSONValue = [:],
        kubernetes version: String,
        showOnly templates: [String] = []
    ) async throws -> String {
        try await Subprocess.output(
            Repository.script("helm"),
            [
                "template", release, Repository.chart, "--namespace", namespace, "--kube-version", version, "--values",
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

import Document
import Foundation
import Injection
import Testing
import VerneMQ

/// Rendered manifests as people read them, and templates of every contract version ever released with what `strip` makes
/// of them. `RECORD_GOLDEN=1` writes the rendered ones anew; frozen ones are only ever added.
@Suite("Golden files")
struct GoldenTests {
    let injector = Injector(version: "1.0.0")

    @Test("the rendering of every fixture is what it was", arguments: Fixture.all)
    func rendered(fixture: Fixture) throws {
        let decision = injector.inject(fixture.object)
        let warnings = decision.findings.map { "# \($0.severity.rawValue): \($0.description)\n" }.joined()
        try compare(
            warnings + YAMLDocument.serialize(Self.withoutScripts(decision.object)),
            "rendered/\(fixture.name).yaml"
        )
    }

    @Test("companions are what they were")
    func companions() throws {
        let documents = Companions.documents(for: try Fixture.named("official-chart"))
        try compare(
            documents.map(YAMLDocument.serialize).joined(separator: "---\n"),
            "rendered/official-chart.companions.yaml"
        )
    }

    @Test("strip takes out what contract version 1 has put in, for ever")
    func frozen() throws {
        let directory = TestFiles.root.appending(path: "Golden/contract-1")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
            $0.hasSuffix(".injected.json")
        }
        #expect(names.count >= 20)
        for name in names {
            let injected = try read(directory.appending(path: name))
            let user = try read(directory.appending(path: name.replacing(".injected.json", with: ".user.json")))
            let shell: JSONValue = [
                "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": ["name": "x"],
                "spec": ["template": injected],
            ]
            let stripped = injector.strip(shell)
            #expect(stripped.verdict == .stripped, "\(name): \(stripped.findings)")
            #expect(stripped.object["spec"]?["template"] == user, "\(name)")
        }
    }

    @Test("new fixtures are added to the frozen ones when recording, old ones never change", arguments: Fixture.all)
    func freeze(fixture: Fixture) throws {
        let directory = TestFiles.root.appending(path: "Golden/contract-1")
        let file = directory.appending(path: "\(fixture.name).injected.json")
        guard !FileManager.default.fileExists(atPath: file.path) else { return }
        guard TestFiles.isRecording else {
            Issue.record("\(fixture.name) is not frozen yet: run once with RECORD_GOLDEN=1")
            return
        }
        let injected = Self.withoutScripts(injector.inject(fixture.object).object)["spec"]?["template"] ?? .null
        try Data(injected.prettySerialized().utf8).write(to: file)
        let user = fixture.object["spec"]?["template"] ?? .null
        try Data(user.prettySerialized().utf8).write(to: directory.appending(path: "\(fixture.name).user.json"))
        Issue.record("recorded \(fixture.name)")
    }

    private func read(_ file: URL) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    }

    private func compare(_ text: String, _ name: String) throws {
        let file = TestFiles.root.appending(path: "Golden/\(name)")
        if TestFiles.isRecording {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name)")
            return
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        if golden != text {
            Issue.record(
                "\(name):\n\(LineDiff.unified(from: golden, to: text, fromName: "golden", toName: "rendered", context: 3))"
            )
        }
    }

    /// Scripts have tests of their own; here they would only be noise.
    private static func withoutScripts(_ object: JSONValue) -> JSONValue {
        object.with { object in
            object.editElements(["spec", "template", "spec", "initContainers"]) { container in
                guard container["name"] == "vernemq-prepare", case .array(var arguments)? = container["args"] else {
                    return
                }
                for index in stride(from: 1, to: arguments.count, by: 2) {
                    arguments[index] = .string("(the script \(arguments[index - 1].stringValue ?? ""))")
                }
                container["args"] = .array(arguments)
            }
        }
    }
}

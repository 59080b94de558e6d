import Document
import Foundation
import Testing

@testable import Command

@Suite("inject")
struct InjectCommandTests {
    private func documents(_ text: String) throws -> [JSONValue] {
        try YAMLDocument.parse(Array(text.utf8)).map(\.value)
    }

    @Test(
        "a stream from standard input comes out with the StatefulSet rewritten, its companions behind it, the rest as it was"
    )
    func stream() async throws {
        let input = "\(Sample.service)---\n\(Sample.statefulSet)--- # last\nkind: Other\n"
        let captured = CapturedConsole(input: input)
        #expect(await captured.run("inject", "-f", "-") == .success)
        let output = captured.output
        #expect(output.hasPrefix("\(Sample.service)---\n# The broker of the demo\n"))
        #expect(output.hasSuffix("--- # last\nkind: Other\n"))
        #expect(output.contains("image: \"vernemq/vernemq:2.1.1-alpine\"   # pinned\n"))
        #expect(output.contains("futureField: {kept: true}\n"))
        let kinds = try documents(output).compactMap { $0["kind"]?.stringValue }
        #expect(kinds.prefix(2) == ["Service", "StatefulSet"])
        #expect(kinds.last == "Other")
        #expect(Set(kinds).isSuperset(of: ["Role", "RoleBinding"]))
        #expect(captured.reports.isEmpty, "\(captured.reports)")
    }

    @Test("injecting twice is injecting once, and uninject gives back the bytes")
    func roundTrip() async throws {
        let input = "\(Sample.statefulSet)---\n\(Sample.service)"
        let first = CapturedConsole(input: input)
        #expect(await first.run("inject", "-f", "-") == .success)
        let second = CapturedConsole(input: first.output)
        #expect(await second.run("inject", "-f", "-") == .success)
        #expect(second.output == first.output)
        let back = CapturedConsole(input: first.output)
        #expect(await back.run("inject", "--uninject", "-f", "-") == .success)
        #expect(back.output == input)
        #expect(back.reports.hasPrefix("note: StatefulSet mqtt still has label "), "\(back.reports)")
    }

    @Test("--workload-only leaves the companions out")
    func workloadOnly() async throws {
        let captured = CapturedConsole(input: Sample.statefulSet)
        #expect(await captured.run("inject", "-f", "-", "--workload-only") == .success)
        #expect(try documents(captured.output).count == 1)
    }

    @Test("--diff shows the added lines and no others")
    func diff() async throws {
        let captured = CapturedConsole(input: Sample.statefulSet)
        #expect(await captured.run("inject", "--diff", "-f", "-") == .success)
        let lines = captured.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["--- standard input", "+++ standard input (rewritten)"])
        #expect(lines.contains("+                  envFrom:"))
        let removed = lines.dropFirst(2).filter { $0.hasPrefix("-") }
        #expect(removed.isEmpty)
    }

    @Test(
        "what carries no label comes back byte for byte, with a word about it",
        arguments: [
            Sample.service, "", "# nothing\n", "---\n---\n",
            Sample.statefulSet.replacing("inject: enabled", with: "inject: no"),
            "{\"kind\": \"Pod\"}\n[1,2]", "a: 1\r\n---\r\nb: 2\r\n",
        ]
    )
    func untouched(input: String) async {
        let captured = CapturedConsole(input: input)
        #expect(await captured.run("inject", "-f", "-") == .success)
        #expect(captured.output == input)
        #expect(captured.reports.hasPrefix("note: "), "\(captured.reports)")
    }

    @Test("JSON stays JSON, spread as it was, and Lists get the companions among their items")
    func json() async throws {
        let object = try #require(try documents(Sample.statefulSet).first)
        let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": [object, ["kind": "Other"]]]
        let compact = CapturedConsole(input: list.serializedString())
        #expect(await compact.run("inject", "-f", "-") == .success)
        #expect(compact.output.split(separator: "\n").count == 1)
        #expect(compact.reports.isEmpty, "\(compact.reports)")
        let items = try #require(try JSONValue(parsing: Array(compact.output.utf8))["items"]?.arrayValue)
        #expect(items.compactMap { $0["kind"]?.stringValue }.prefix(2) == ["StatefulSet", "Other"])
        #expect(items.count > 3)
        let back = CapturedConsole(input: compact.output)
        #expect(await back.run("inject", "--uninject", "-f", "-") == .success)
        #expect(try JSONValue(parsing: Array(back.output.utf8)) == list)
        let pretty = CapturedConsole(input: object.prettySerialized())
        #expect(await pretty.run("inject", "-f", "-") == .success)
        #expect(pretty.output.contains("\n  \"kind\": \"StatefulSet\",\n"))
        #expect(try documents(pretty.output).count > 1)
    }

    @Test("--output turns one notation into the other", arguments: [("json", "{"), ("yaml", "apiVersion")])
    func output(format: String, start: String) async throws {
        let captured = CapturedConsole(input: Sample.statefulSet)
        #expect(await captured.run("inject", "-f", "-", "-o", format) == .success)
        #expect(captured.output.drop { $0 == "#" || $0.isNewline }.contains(start))
        let plain = CapturedConsole(input: Sample.statefulSet)
        #expect(await plain.run("inject", "-f", "-") == .success)
        let values = try documents(captured.output)
        let expected = try documents(plain.output)
        #expect(values.count == expected.count)
        for (value, expected) in zip(values, expected) { #expect(value.isEquivalent(to: expected)) }
    }

    @Test("--label opts in by name, and says so if there is no such name")
    func label() async throws {
        let unlabelled = Sample.statefulSet.replacing(", vmq.k8s.vernemq.com/inject: enabled", with: "")
        let captured = CapturedConsole(input: unlabelled)
        #expect(await captured.run("inject", "--label", "mqtt", "-f", "-") == .success)
        let first = try #require(try documents(captured.output).first)
        #expect(first["metadata"]?["labels"]?["vmq.k8s.vernemq.com/inject"] == "enabled")
        #expect(first["spec"]?["template"]?["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/injected"] != nil)
        let wrong = CapturedConsole(input: unlabelled)
        #expect(await wrong.run("inject", "--label", "mqqt", "-f", "-") == .failure)
        #expect(wrong.output.isEmpty)
        #expect(wrong.reports.contains("no StatefulSet named mqqt"))
    }

    @Test("everything that is wrong with any input is told, with its line, and nothing is written")
    func refusals() async throws {
        let scratch = try Scratch()
        let good = try scratch.write("a-good.yaml", Sample.statefulSet)
        let bad = try scratch.write("b-bad.yaml", "\(Sample.service)---\n\(Sample.broken)")
        let torn = try scratch.write("c-torn.yaml", "a: 1\n---\nb: [1\n")
        let json = try scratch.write("d-torn.json", "{\"a\": 1}\n{\"b\": }")
        let wide = "\(scratch.path)/f-wide.yaml"
        try "a: 1\n".write(toFile: wide, atomically: false, encoding: .utf16)
        let captured = CapturedConsole()
        let absent = "\(scratch.path)/e-absent.yaml"
        let status = await captured.run("inject", "-f", good, bad, torn, absent, "-f", json, "-f", wide)
        #expect(status == .failure)
        #expect(captured.output.isEmpty)
        let reports = captured.reports
        #expect(reports.contains("\(bad):13:5: error: StatefulSet mqtt: spec.serviceName"), "\(reports)")
        #expect(reports.contains("\(torn):"), "\(reports)")
        #expect(reports.contains("e-absent.yaml: error: cannot read it: No such file or directory"))
        #expect(reports.contains("\(json):2:7: error: "), "\(reports)")
        #expect(reports.contains("\(wide): error: the text is not UTF-8"), "\(reports)")
        #expect(reports.hasSuffix("error: nothing was written, because of the above"))
        #expect(!reports.contains(good))
    }

    @Test("a directory is read in order, manifests only, deeper only with -R")
    func directories() async throws {
        let scratch = try Scratch()
        try scratch.write("b.yaml", "name: b\n")
        try scratch.write("a.yml", "name: a\n")
        try scratch.write("notes.txt", "name: no\n")
        try scratch.write(".hidden.yaml", "name: no\n")
        try scratch.write("deep/c.json", "{\"name\": \"c\"}")
        let flat = CapturedConsole()
        #expect(await flat.run("inject", "-f", scratch.path) == .success)
        #expect(flat.output == "name: a\n---\nname: b\n")
        let deep = CapturedConsole()
        #expect(await deep.run("inject", "-R", "-f", "\(scratch.path)/") == .success)
        #expect(deep.output == "name: a\n---\nname: b\n---\nname: c\n")
    }

    @Test("companions that the input has already are not written again; changed ones are kept and named")
    func existingCompanions() async throws {
        let first = CapturedConsole(input: Sample.statefulSet)
        #expect(await first.run("inject", "-f", "-") == .success)
        let changed = first.output.replacing("- statefulsets", with: "- statefulsets/status")
        #expect(changed != first.output)
        let second = CapturedConsole(input: changed)
        #expect(await second.run("inject", "-f", "-") == .success)
        #expect(second.output == changed)
        #expect(second.reports.contains("note: Role "), "\(second.reports)")
        let back = CapturedConsole(input: changed)
        #expect(await back.run("inject", "--uninject", "-f", "-") == .success)
        #expect(try documents(back.output).compactMap { $0["kind"]?.stringValue } == ["StatefulSet", "Role"])
    }
}

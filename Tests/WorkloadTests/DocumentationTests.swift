import Document
import Foundation
import Testing
import VerneMQ
import Workload

/// What the documentation says about the resource is what the code does.
@Suite("The documentation of the resource")
struct DocumentationTests {
    private let page = TestFiles.repository.appending(path: "docs/resource.md")
    private let begin =
        "<!-- fields: made from the structure, RECORD_GOLDEN=1 swift test --filter DocumentationTests -->\n"
    private let end = "<!-- end of fields -->\n"

    @Test("the field reference is the one that the structure makes (RECORD_GOLDEN=1 writes it)")
    func fields() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: begin)).upperBound
        let stop = try #require(text.range(of: end)).lowerBound
        let made = Self.table("spec", VerneMQStructure.specFields) + Self.table("status", VerneMQStructure.statusFields)
        if TestFiles.isRecording {
            try Data((text[..<start] + made + text[stop...]).utf8).write(to: page)
            Issue.record("recorded \(page.lastPathComponent)")
            return
        }
        #expect(String(text[start..<stop]) == made)
    }

    @Test("the page names every object, every condition, and the defaults")
    func words() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let status = StatusTests.status(StatusTests.well)
        let conditions = (status["conditions"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
        let kinds = try Fixture.named("minimal").workload.objects.compactMap { $0.configuration["kind"]?.stringValue }
        for word in conditions + kinds + [BrokerImage.defaultBase + ":" + BrokerImage.defaultVersion] {
            #expect(text.contains(word), "docs/resource.md says nothing about \(word)")
        }
    }

    private static func table(_ title: String, _ fields: [SchemaField]) -> String {
        "\n### `\(title)`\n\n| field | type | meaning |\n| --- | --- | --- |\n" + rows(fields, under: "") + "\n"
    }

    private static func rows(_ fields: [SchemaField], under path: String) -> String {
        fields.map { field in
            let name = path + field.name
            let summary = field.isRequired ? "Required. " + field.summary : field.summary
            let row = "| `\(name)` | \(typeName(of: field.type)) | \(summary) |\n"
            switch field.type {
            case .object(let inner): return row + rows(inner, under: name + ".")
            case .list(.object(let inner)): return row + rows(inner, under: name + "[].")
            default: return row
            }
        }.joined()
    }

    private static func typeName(of type: SchemaType) -> String {
        switch type {
        case .string: "string"
        case .choice(let choices): choices.map { "`\($0)`" }.joined(separator: ", ")
        case .boolean: "boolean"
        case .int32, .int64: "number"
        case .list(let element): "list of " + typeName(of: element)
        case .stringMap: "map of strings"
        case .object: "object"
        case .opaque: "object as Kubernetes has it"
        }
    }
}

import Document
import Foundation
import Testing

/// The files beside the tests' sources.
enum TestFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let repository = root.deletingLastPathComponent().deletingLastPathComponent()
    /// How many runs each property gets: few by default, `PROPERTY_RUNS` for more.
    static let propertySeeds: [UInt64] = {
        let runs = ProcessInfo.processInfo.environment["PROPERTY_RUNS"].flatMap(UInt64.init) ?? 8
        return Array(1...max(runs, 1))
    }()
    /// Set to write golden files instead of comparing with them; the tests fail all the same, so that nobody leaves it set.
    static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil

    /// Compares a text with a golden file.
    static func compare(_ text: String, _ file: URL) throws {
        if isRecording {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(file.lastPathComponent)")
            return
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        if golden != text {
            let difference = LineDiff.unified(from: golden, to: text, fromName: "golden", toName: "made", context: 3)
            Issue.record("\(file.lastPathComponent):\n\(difference)")
        }
    }
}

/// A resource of the directory Fixtures, with a StatefulSet of the user's own where its file has one.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    let resource: JSONValue
    let statefulSet: JSONValue?

    var testDescription: String { name }
    /// Whether the operator makes the StatefulSet.
    var isOwn: Bool { resource["spec"]?["statefulSetRef"] == JSONValue?.none }

    static let all: [Fixture] = {
        do {
            let directory = TestFiles.root.appending(path: "Fixtures")
            return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().map { file in
                let bytes = try [UInt8](Data(contentsOf: directory.appending(path: file)))
                let documents = try YAMLDocument.parse(bytes).map(\.value)
                return Fixture(
                    name: String(file.dropLast(".yaml".count)),
                    resource: try #require(documents.first),
                    // Not a conditional expression, in which nil would be JSON's null.
                    statefulSet: documents.dropFirst().first
                )
            }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    static func named(_ name: String) throws -> Fixture {
        try #require(all.first { $0.name == name })
    }
}

import Document
import Foundation
import Testing

/// A StatefulSet of the directory Fixtures.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    let object: JSONValue

    var testDescription: String { name }

    /// All of them, by name.
    static let all: [Fixture] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().map { file in
                let bytes = try [UInt8](Data(contentsOf: directory.appending(path: file)))
                let documents = try YAMLDocument.parse(bytes)
                return Fixture(name: String(file.dropLast(".yaml".count)), object: try #require(documents.first?.value))
            }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    static func named(_ name: String) throws -> JSONValue {
        try #require(all.first { $0.name == name }?.object)
    }

    private static let directory = TestFiles.root.appending(path: "Fixtures")
}

/// The files beside the tests' sources.
enum TestFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    /// How many runs each property gets: few by default, `PROPERTY_RUNS` for more.
    static let propertySeeds: [UInt64] = {
        let runs = ProcessInfo.processInfo.environment["PROPERTY_RUNS"].flatMap(UInt64.init) ?? 8
        return Array(1...max(runs, 1))
    }()
    /// Set to write golden files instead of comparing with them; the tests fail all the same, so that nobody leaves it set.
    static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil
}

extension TestFiles {
    /// The source of a script.
    static func script(_ name: String) throws -> String {
        let repository = root.deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: repository.appending(path: "Sources/Injection/Scripts/\(name)"), encoding: .utf8)
    }
}

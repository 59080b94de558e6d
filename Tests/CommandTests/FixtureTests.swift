import Document
import Foundation
import Injection
import Testing

@testable import Command

/// The StatefulSets that the injection itself is tested with, through the command line.
@Suite("inject on the injection's own fixtures")
struct FixtureTests {
    static let names: [String] = {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".yaml") }
                .sorted()
        } catch {
            return []  // which the first test reports
        }
    }()

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("InjectionTests/Fixtures").path

    @Test("the fixtures are there")
    func presence() {
        #expect(Self.names.count >= 20)
    }

    @Test(
        "what is written means just what the injector decided, twice is once, and uninject means the original",
        arguments: names
    )
    func fixture(name: String) async throws {
        let text = try String(contentsOfFile: "\(Self.directory)/\(name)", encoding: .utf8)
        let original = try #require(try YAMLDocument.parse(Array(text.utf8)).first).value
        let first = CapturedConsole(input: text)
        #expect(await first.run("inject", "--workload-only", "-f", "-") == .success, "\(first.reports)")
        let documents = try YAMLDocument.parse(Array(first.output.utf8))
        #expect(documents.count == 1)
        let injected = try #require(documents.first).value
        #expect(injected.isEquivalent(to: Injector(version: Release.version).inject(original).object))

        let second = CapturedConsole(input: first.output)
        #expect(await second.run("inject", "--workload-only", "-f", "-") == .success)
        #expect(second.output == first.output)

        let back = CapturedConsole(input: first.output)
        #expect(await back.run("inject", "--uninject", "--workload-only", "-f", "-") == .success)
        let stripped = try #require(try YAMLDocument.parse(Array(back.output.utf8)).first).value
        #expect(stripped.isEquivalent(to: original))

        // Nothing of the user's is rewritten but what is wrapped or stands in flow style around an addition.
        let kept = text.split(separator: "\n").count { first.output.contains($0) }
        #expect(Double(kept) >= 0.6 * Double(text.split(separator: "\n").count), "\(kept)")
    }
}

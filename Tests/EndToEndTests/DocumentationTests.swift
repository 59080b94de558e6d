import Foundation
import Testing

/// What can be said of the documentation without a cluster.
@Suite("The documentation")
struct DocumentationTests {
    private static let pages: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appendingPathComponent("docs").path
        )
        let own = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
        return own + (files ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    @Test("there are commands for a test to run, or a reason why none does, in every page", arguments: pages)
    func everyCommand(page: String) throws {
        let run = try DocumentedJourney.all.flatMap(\.pages).filter { $0.path == page }.flatMap { try $0.blocks }
        let lines = Set(run.map(\.line))
        for block in try CommandBlock.all(of: page) {
            if case .skipped = block.directive { continue }
            #expect(lines.contains(block.line), "\(page):\(block.line): no test runs this, and nothing says why")
        }
    }

    @Test("commands are marked as such, so that none is overlooked", arguments: pages)
    func marks(page: String) throws {
        let text = try String(contentsOf: Repository.root.appendingPathComponent(page), encoding: .utf8)
        let known: Set<String> = ["", "sh", "yaml", "json", "diff", "ini", "mermaid", "erlang", "swift", "text"]
        var isInside = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.hasPrefix("```") {
            if !isInside { #expect(known.contains(String(line.dropFirst(3))), "\(page):\(index + 1): \(line)") }
            isInside.toggle()
        }
        #expect(!isInside, "\(page): a block does not end")
    }

    @Test("the journeys lead through pages that are there")
    func journeys() throws {
        #expect(Self.pages.count > 20)
        for page in DocumentedJourney.all.flatMap(\.pages) {
            #expect(try !page.blocks.isEmpty, "\(page.path) \(page.section ?? "")")
        }
    }
}

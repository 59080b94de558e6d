import Document
import Foundation

/// One block of shell commands out of a page of the documentation.
struct CommandBlock: Sendable {
    /// What a page says of a block, in a comment before it, for those who run it.
    enum Directive: Sendable, Equatable {
        /// It runs, and succeeds.
        case succeeds
        /// It runs, and fails with this in what it says: `<!-- fails: TEXT -->`.
        case fails(String)
        /// It is not run, for this reason: `<!-- not run: REASON -->`.
        case skipped(String)
    }

    /// What becomes of it.
    var directive: Directive
    /// Its lines.
    var script: String
    /// Where it begins, counted from one.
    var line: Int

    /// The blocks of a page that are marked as shell.
    ///
    /// - Parameters:
    ///   - page: a path in the repository.
    ///   - section: a heading, with its `#`; only what is below it and above the next of its kind is looked at.
    static func all(of page: String, below section: String? = nil) throws -> [CommandBlock] {
        let text = try String(contentsOf: Repository.root.appendingPathComponent(page), encoding: .utf8)
        var blocks: [CommandBlock] = []
        var open: CommandBlock?
        var comment = Directive.succeeds
        var isInside = section == nil
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if var block = open {
                if line == "```" {
                    blocks.append(block)
                    open = nil
                    comment = .succeeds
                } else {
                    block.script += line + "\n"
                    open = block
                }
                continue
            }
            if let section, line.hasPrefix("## ") { isInside = line == section }
            guard isInside else { continue }
            if let match = line.wholeMatch(of: /<!-- (not run|fails): (.+) -->/) {
                let words = String(match.output.2)
                comment = match.output.1 == "fails" ? .fails(words) : .skipped(words)
            } else if line == "```sh" {
                open = CommandBlock(directive: comment, script: "", line: index + 1)
            } else if !line.isEmpty {
                comment = .succeeds
            }
        }
        return blocks
    }
}

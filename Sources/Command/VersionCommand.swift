import ArgumentParser
import Document

/// `vernemq-operator version`.
struct VersionCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Says what this build is."
    )

    /// Forms in which the version is told.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(name: [.short, .long], help: "text or json.")
    var output = Output.text

    func execute(_ console: Console) throws(FileError) -> ExitStatus {
        switch output {
        case .text:
            try console.write(Release.summary + "\n")
        case .json:
            let description: JSONValue = [
                "version": .string(Release.version),
                "mode": .string(Release.mode),
                "swift": .string(Release.compiler),
                "platform": .string("linux/\(Release.architecture)"),
            ]
            try console.write(description.prettySerialized() + "\n")
        }
        return .success
    }
}

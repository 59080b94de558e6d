import ArgumentParser
import Document
import Injection

/// `vernemq-operator inject`: the mutating webhook on files.
struct InjectCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "inject",
        abstract: "Rewrites labelled StatefulSets just as the webhook would.",
        discussion: """
            Reads manifests (YAML, JSON, Lists, several documents to a file) and writes all of them to standard output: \
            StatefulSets with label vmq.k8s.vernemq.com/inject=enabled rewritten, everything else byte for byte. What a \
            rewritten StatefulSet leans on (Role, RoleBinding, boot Secret) follows it.

            Nothing is written if anything is refused, so that the output can be piped into kubectl apply -f -.
            """
    )

    @OptionGroup var inputs: InputOptions

    @Flag(help: "Take the injection out again; the label stays.")
    var uninject = false

    @Flag(help: "Show what would change as a unified diff instead of writing manifests.")
    var diff = false

    @Flag(help: "Leave out the Role, RoleBinding and boot Secret.")
    var workloadOnly = false

    @Option(
        help: ArgumentHelp(
            "Label the StatefulSet of this name first; may be given several times.",
            valueName: "name"
        )
    )
    var label: [String] = []

    @Option(name: [.short, .long], help: "yaml or json; default: the inputs' own.")
    var output: ManifestFormat?

    @OptionGroup(title: "Plugins") var plugins: PluginOptions

    mutating func validate() throws {
        guard !(diff && output != nil) else {
            throw ValidationError("--diff compares texts, so it cannot be combined with --output")
        }
        guard !(uninject && !label.isEmpty) else {
            throw ValidationError("--label opts in, so it cannot be combined with --uninject")
        }
    }

    func execute(_ console: Console) throws(FileError) -> ExitStatus {
        let (contents, unread) = inputs.read(console, extensions: ["yaml", "yml", "json"])
        var faults = unread
        var streams: [ManifestStream] = []
        for input in contents {
            switch ManifestStream.parse(input.bytes, source: input.name) {
            case .success(let stream): streams.append(stream)
            case .failure(let error): faults += error.faults
            }
        }
        var rewriting = StreamRewriting(
            injection: ManifestInjection(
                injector: Injector(version: Release.version, pluginPolicy: plugins.policy),
                direction: uninject ? .uninject : .inject,
                labelled: Set(label),
                withCompanions: !workloadOnly
            ),
            streams: streams
        )
        let results = rewriting.run()
        for finding in rewriting.findings { console.report(finding.line) }
        for fault in faults { console.report("\(fault)") }
        guard faults.isEmpty, !rewriting.findings.hasErrors else {
            console.report("error: nothing was written, because of the above")
            return .failure
        }
        let unmatched = Set(label).subtracting(rewriting.statefulSetNames).sorted()
        guard unmatched.isEmpty else {
            console.report(
                "error: no StatefulSet named \(unmatched.joined(separator: ", ")) in the input: see --label; "
                    + "nothing was written"
            )
            return .failure
        }
        for note in rewriting.notes { console.report("note: \(note)") }
        try console.write(diff ? Self.difference(results) : Self.text(results, as: output))
        return .success
    }

    private static func difference(_ results: [StreamRewriting.Result]) -> String {
        results.map { result in
            LineDiff.unified(
                from: result.original,
                to: ManifestWriter.text(result.documents, as: nil),
                fromName: result.source,
                toName: "\(result.source) (rewritten)"
            )
        }.joined()
    }

    /// All inputs as one stream: JSON if all of them are, else YAML, of which JSON is a part.
    private static func text(_ results: [StreamRewriting.Result], as format: ManifestFormat?) -> String {
        ManifestWriter.text(results.flatMap(\.documents), as: format)
    }
}

extension ManifestFormat: ExpressibleByArgument {}

import ArgumentParser
import Document
import VerneMQ

/// `vernemq-operator explain`: what VerneMQ's settings are.
struct ExplainCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what a setting of VerneMQ takes and does.",
        discussion: """
            Takes keys as they stand in vernemq.conf (listener.tcp.default.max_connections), or as the schema has them \
            (listener.tcp.$name.max_connections). With --list it takes at most one pattern instead: * stands for any text, \
            and a pattern without * for all keys that contain it. Exit status 1 if a key is none of the release's.
            """
    )

    /// Forms in which settings are told.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: ArgumentHelp("Keys, or a pattern after --list.", valueName: "key"))
    var keys: [String] = []

    @Flag(help: "One line for each key that there is.")
    var list = false

    @Option(name: [.short, .long], help: "text or json.")
    var output = Output.text

    @Option(
        name: .customLong("vernemq-version"),
        help: ArgumentHelp("The VerneMQ version; default: the newest.", valueName: "version"),
        transform: { text in
            guard let version = VerneMQVersion(tag: text) else {
                throw ValidationError("\(text) is not a version such as 2.1.1")
            }
            return version
        }
    )
    var version: VerneMQVersion?

    mutating func validate() throws {
        guard list || !keys.isEmpty else { throw ValidationError("name a key, or list them with --list") }
        guard !list || keys.count <= 1 else { throw ValidationError("--list takes one pattern; quote it") }
    }

    func execute(_ console: Console) throws(FileError) -> ExitStatus {
        let schema = ConfigurationSchema.shared
        var release = ConfigurationSchema.newest
        if let version {
            let (supported, warning) = ConfigurationSchema.version(for: version, path: "--vernemq-version")
            release = supported
            if let warning { console.report("warning: \(warning)") }
        }
        return list
            ? try tell(
                schema.rules(matching: keys.first ?? "", version: version == nil ? nil : release),
                release,
                console
            )
            : try explain(schema, release, console)
    }

    private func tell(
        _ rules: [ConfigurationRule],
        _ release: VerneMQVersion,
        _ console: Console
    ) throws(FileError) -> ExitStatus {
        let lines = rules.map { Explanation(key: $0.pattern, rule: $0, release: release) }
        switch output {
        case .text: try console.write(Explanation.table(lines))
        case .json: try console.write(JSONValue.array(lines.map(\.jsonValue)).prettySerialized() + "\n")
        }
        guard rules.isEmpty else { return .success }
        console.report("no key of VerneMQ matches \"\(keys.first ?? "")\"")
        return .failure
    }

    private func explain(
        _ schema: ConfigurationSchema,
        _ release: VerneMQVersion,
        _ console: Console
    ) throws(FileError) -> ExitStatus {
        var explanations: [Explanation] = []
        var status = ExitStatus.success
        for key in keys {
            guard let rule = schema.rule(named: key) else {
                status = .failure
                console.report("\(key): " + Self.unknown(key, schema, release))
                continue
            }
            let explanation = Explanation(key: key, rule: rule, release: release)
            explanations.append(explanation)
            if version != nil, !schema.isKnown(rule, in: release) {
                status = .failure
                console.report("\(key): no setting of VerneMQ \(release): it is known \(explanation.life)")
            }
        }
        switch output {
        case .text: try console.write(explanations.map(\.text).joined(separator: "\n"))
        case .json: try console.write(JSONValue.array(explanations.map(\.jsonValue)).prettySerialized() + "\n")
        }
        return status
    }

    private static func unknown(_ key: String, _ schema: ConfigurationSchema, _ release: VerneMQVersion) -> String {
        let problem = "no setting of VerneMQ"
        guard case .unknown(let suggestion?) = schema.rule(for: key, version: release) else {
            return "\(problem); `explain --list` shows all there are"
        }
        return "\(problem): did you mean \"\(suggestion)\"?"
    }
}

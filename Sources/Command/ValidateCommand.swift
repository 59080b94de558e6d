import ArgumentParser
import Document
import Injection
import VerneMQ

/// `vernemq-operator validate`: the webhooks' judgement on files.
struct ValidateCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Says what is wrong with manifests before a cluster does.",
        discussion: """
            Checks VerneMQ resources, labelled StatefulSets, ConfigMaps with label vmq.k8s.vernemq.com/config=vernemq, and \
            files named *.conf as vernemq.conf. Other objects are passed over. Exit status 1 if there are errors.
            """
    )

    /// Forms in which findings are told.
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var inputs: InputOptions

    @Option(name: [.short, .long], help: "text or json.")
    var output = Output.text

    @Option(
        name: .customLong("vernemq-version"),
        help: ArgumentHelp(
            "The VerneMQ version to judge by; default: what each object says, else the newest.",
            valueName: "version"
        ),
        transform: { text in
            guard let version = VerneMQVersion(tag: text) else {
                throw ValidationError("\(text) is not a version such as 2.1.1")
            }
            return version
        }
    )
    var version: VerneMQVersion?

    @OptionGroup(title: "Plugins") var plugins: PluginOptions

    func execute(_ console: Console) throws(FileError) -> ExitStatus {
        let (contents, unread) = inputs.read(console, extensions: ["yaml", "yml", "json", "conf"])
        var faults = unread
        let injector = Injector(version: Release.version, pluginPolicy: plugins.policy, judgingBy: version)
        var check = ManifestCheck(injector: injector, judgingBy: version)
        var streams: [ManifestStream] = []
        for input in contents {
            guard !input.name.hasSuffix(".conf") else {
                check.configuration(input)
                continue
            }
            switch ManifestStream.parse(input.bytes, source: input.name) {
            case .success(let stream): streams.append(stream)
            case .failure(let error): faults += error.faults
            }
        }
        check.check(streams)
        switch output {
        case .text:
            for finding in check.findings { try console.write(finding.line + "\n") }
            for fault in faults { console.report("\(fault)") }
            console.report(Self.summary(check, faults))
        case .json:
            try console.write(Self.report(check, faults).prettySerialized() + "\n")
        }
        return faults.isEmpty && !check.findings.hasErrors ? .success : .failure
    }

    private static func summary(_ check: ManifestCheck, _ faults: [InputFault]) -> String {
        let errors = check.findings.count { $0.finding.severity == .error } + faults.count
        let warnings = check.findings.count { $0.finding.severity == .warning }
        return "\(check.checked) objects checked, \(check.passed) passed over: \(errors) errors, \(warnings) warnings"
    }

    private static func report(_ check: ManifestCheck, _ faults: [InputFault]) -> JSONValue {
        [
            "checked": .integer(Int64(check.checked)),
            "passedOver": .integer(Int64(check.passed)),
            "findings": .array(check.findings.map(\.jsonValue)),
            "faults": .array(
                faults.map { fault in
                    var members: JSONObject = ["file": .string(fault.source)]
                    if let position = fault.position {
                        members["line"] = .integer(Int64(position.line))
                        members["column"] = .integer(Int64(position.column))
                    }
                    members["problem"] = .string(fault.message)
                    return .object(members)
                }
            ),
        ]
    }
}

import Admission
import ArgumentParser
import Document
import Injection
import Kubernetes
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

    @OptionGroup(title: "Plugins") var plugins: PluginOptions

    func execute(_ console: Console) throws(FileError) -> ExitStatus {
        let (contents, unread) = inputs.read(console, extensions: ["yaml", "yml", "json", "conf"])
        var faults = unread
        var check = ManifestCheck(injector: Injector(version: Release.version, pluginPolicy: plugins.policy))
        for input in contents {
            guard !input.name.hasSuffix(".conf") else {
                check.configuration(input)
                continue
            }
            switch ManifestStream.parse(input.bytes, source: input.name) {
            case .success(let stream): check.stream(stream)
            case .failure(let error): faults += error.faults
            }
        }
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

/// What `validate` does to documents, without reading any.
struct ManifestCheck {
    private let injector: Injector
    /// What was found, input by input, each in the order of its lines.
    private(set) var findings: [LocatedFinding] = []
    /// Objects that were judged.
    private(set) var checked = 0
    /// Objects that are no matter of ours.
    private(set) var passed = 0

    init(injector: Injector) {
        self.injector = injector
    }

    /// Judges all objects of an input.
    mutating func stream(_ stream: ManifestStream) {
        var found: [LocatedFinding] = []
        for manifest in stream.manifests {
            for document in manifest.documents {
                check(document.value, at: [], of: document, source: stream.source, &found)
            }
        }
        findings += found.sorted { ($0.position ?? .start) < ($1.position ?? .start) }
    }

    /// Judges a file as a broker's configuration.
    mutating func configuration(_ input: Input) {
        checked += 1
        guard let text = String(validating: input.bytes, as: UTF8.self) else {
            let finding = Finding(
                .error,
                path: ConfigurationMap.key,
                problem: "the file is not UTF-8 text",
                remedy: "save it as UTF-8"
            )
            findings.append(LocatedFinding(finding, source: input.name, position: nil))
            return
        }
        findings += ConfigurationMap.findings(on: text, ConfigurationMap.key).map {
            LocatedFinding($0, source: input.name, position: nil)
        }
    }

    private mutating func check(
        _ value: JSONValue,
        at base: [String],
        of document: Manifest.Parsed,
        source: String,
        _ found: inout [LocatedFinding]
    ) {
        guard !value.isNull else { return }
        if let kind = ObjectView(value).kind, kind.kind.hasSuffix("List"), base.count < 8,
            let items = value["items"]?.arrayValue
        {
            for (index, item) in items.enumerated() {
                check(item, at: base + ["items", String(index)], of: document, source: source, &found)
            }
            return
        }
        guard let judged = judge(value) else {
            passed += 1
            return
        }
        checked += 1
        found += judged.map { LocatedFinding($0, about: value, at: base, of: document, source: source) }
    }

    /// Findings on an object as a user writes it, before any webhook has seen it; nil for what is no matter of ours.
    private func judge(_ object: JSONValue) -> [Finding]? {
        guard let kind = ObjectView(object).kind else { return nil }
        if kind.isSameKind(as: .statefulSet) {
            let decision = injector.inject(object)
            return decision.verdict == .notSelected && decision.findings.isEmpty ? nil : decision.findings
        }
        if kind.isSameKind(as: .verneMQ) {
            return VerneMQStructure.validate(object) + PluginSource.judge(object, policy: injector.pluginPolicy)
        }
        if kind.isSameKind(as: .configMap), ConfigurationMap.isSelected(object) {
            return ConfigurationMap.validate(object)
        }
        return nil
    }
}

extension SourcePosition {
    /// Where an input begins.
    static let start = SourcePosition(line: 1, column: 1)
}

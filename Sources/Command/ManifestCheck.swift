import Document
import Injection
import Kubernetes
import VerneMQ

/// What `validate` does to documents, without reading any.
struct ManifestCheck {
    /// An object of the inputs and where it stands.
    private struct Item {
        var value: JSONValue
        /// The way to it in its document: not the root for an item of a List.
        var base: [String]
        var document: Manifest.Parsed
        var source: String

        func located(_ finding: Finding) -> LocatedFinding {
            LocatedFinding(finding, about: value, at: base, of: document, source: source)
        }
    }

    private let injector: Injector
    private let version: VerneMQVersion?
    private var configMaps: [String: Item] = [:]
    /// What was found, input by input, each in the order of its lines.
    private(set) var findings: [LocatedFinding] = []
    /// Objects that were judged.
    private(set) var checked = 0
    /// Objects that are no matter of ours.
    private(set) var passed = 0

    /// - Parameter version: the VerneMQ version to judge configurations by, nil for what the objects say.
    init(injector: Injector, judgingBy version: VerneMQVersion? = nil) {
        self.injector = injector
        self.version = version
    }

    /// Judges all objects of all inputs, those that belong together with one another.
    mutating func check(_ streams: [ManifestStream]) {
        let inputs = streams.map { stream in
            stream.manifests.flatMap(\.documents).flatMap { document in
                Self.items(of: document.value, at: [], of: document, source: stream.source)
            }
        }
        for item in inputs.joined() where ObjectView(item.value).kind?.isSameKind(as: .configMap) == true {
            configMaps[Self.key(ObjectView(item.value).name, in: item.value)] = item
        }
        for items in inputs {
            var found: [LocatedFinding] = []
            for item in items { check(item, &found) }
            findings += found.sorted { ($0.position ?? .start) < ($1.position ?? .start) }
        }
        findings = findings.uniqued()
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
        let reader = ConfigurationFile.Reader.broker(include: IncludeReader.files)
        var source = SettingsSource(ConfigurationFile(parsing: text, at: input.name, reader: reader))
        if text.allSatisfy(\.isWhitespace) { source.findings.append(ConfigurationMap.emptiness(ConfigurationMap.key)) }
        // A file of a broker's own: whose image it runs in and what names it is for its owner to know.
        let context = ConfigurationContext(usesOfficialImage: false, injectsNodeName: false)
        let judged = source.judged(by: version ?? ConfigurationSchema.newest, context: context)
        findings += judged.map { LocatedFinding($0, in: input.name) }
            .sorted { ($0.position ?? .start) < ($1.position ?? .start) }
    }

    // MARK: - Objects

    private static func items(
        of value: JSONValue,
        at base: [String],
        of document: Manifest.Parsed,
        source: String
    ) -> [Item] {
        guard !value.isNull else { return [] }
        guard let kind = ObjectView(value).kind, kind.kind.hasSuffix("List"), base.count < 8,
            let items = value["items"]?.arrayValue
        else { return [Item(value: value, base: base, document: document, source: source)] }
        return items.enumerated().flatMap { index, item in
            Self.items(of: item, at: base + ["items", String(index)], of: document, source: source)
        }
    }

    private static func key(_ name: String?, in object: JSONValue) -> String {
        "\(ObjectView(object).namespace ?? "")/\(name ?? "")"
    }

    private mutating func check(_ item: Item, _ found: inout [LocatedFinding]) {
        guard let kind = ObjectView(item.value).kind, let judged = judge(item, kind) else {
            passed += 1
            return
        }
        checked += 1
        found += judged
    }

    /// Findings on an object as a user writes it, before any webhook has seen it; nil for what is no matter of ours.
    private func judge(_ item: Item, _ kind: ResourceKind) -> [LocatedFinding]? {
        let object = item.value
        if kind.isSameKind(as: .statefulSet) {
            let decision = injector.inject(object)
            guard decision.verdict != .notSelected || !decision.findings.isEmpty else { return nil }
            let name = ObjectView(object).annotation(Annotation.config.name)
            let partner = decision.verdict == .notSelected ? nil : partner(name, of: object)
            let joint = partner.map { injector.review(object, with: $0.value) } ?? []
            return (decision.findings + injector.review(object)).map(item.located) + located(joint, item, partner)
        }
        if kind.isSameKind(as: .verneMQ) {
            let name = object["spec"]?["configFrom"]?["configMapRef"]?["name"]?.stringValue
            let partner = partner(name, of: object)
            let joint = VerneMQResource.validate(
                object,
                configMap: partner?.value,
                pluginPolicy: injector.pluginPolicy,
                judgingBy: version
            )
            return located(joint, item, partner)
        }
        if kind.isSameKind(as: .configMap), ConfigurationMap.isSelected(object) {
            return ConfigurationMap.validate(object, judgingBy: version).map(item.located)
        }
        return nil
    }

    /// The ConfigMap of the inputs that an object refers to.
    private func partner(_ name: String?, of object: JSONValue) -> Item? {
        name.flatMap { configMaps[Self.key($0, in: object)] }
    }

    /// Findings on an object and its ConfigMap together, each where it belongs.
    private func located(_ findings: [Finding], _ item: Item, _ partner: Item?) -> [LocatedFinding] {
        guard let partner else { return findings.map(item.located) }
        let prefix = "ConfigMap \(ObjectView(partner.value).name ?? ""): "
        var located = findings.map { finding in
            guard finding.path.hasPrefix(prefix) else { return item.located(finding) }
            var finding = finding
            finding.path.removeFirst(prefix.count)
            return partner.located(finding)
        }
        if !ConfigurationMap.isSelected(partner.value) {
            let name = "metadata.labels[\(Label.config.name)]"
            located.append(
                partner.located(
                    Finding(
                        .warning,
                        path: name,
                        problem: "without this label the webhook does not look at the configuration",
                        remedy: "set it to \(Label.vernemq)"
                    )
                )
            )
        }
        return located
    }
}

extension [LocatedFinding] {
    /// The findings without those that came before.
    fileprivate func uniqued() -> [LocatedFinding] {
        var seen: Set<LocatedFinding> = []
        return filter { seen.insert($0).inserted }
    }
}

extension SourcePosition {
    /// Where an input begins.
    static let start = SourcePosition(line: 1, column: 1)
}

import Document
import Kubernetes
import LiveConfiguration
import VerneMQ

/// The settings with which pods start: most in the boot Secret, a change of which restarts nothing; those that refer to
/// the pod (`$MY_POD_IP`) in its template, because nothing is replaced in a Secret.
struct BootSettings {
    /// The content of the Secret, not yet encoded, sorted by name.
    private(set) var secret: [(name: String, value: String)] = []
    /// The settings that are in the Secret.
    private(set) var kept: [Setting] = []
    /// Variables for the template, in the form of `env`.
    private(set) var variables: [JSONValue] = []
    /// The settings' keys by the names of their variables.
    private var names: [String: String] = [:]
    /// What is not in the Secret yet, for the sake of a release that goes.
    private(set) var withheld: [WithheldSetting] = []
    /// What cannot be given to a broker at its start.
    private(set) var findings: [Finding] = []

    /// - Parameters:
    ///   - settings: every setting of the resource and of what it refers to, as the `VerneMQ` target reads them.
    ///   - environment: the broker's `env`, for references and collisions.
    ///   - version: the VerneMQ release.
    ///   - others: the releases of brokers that read the same Secret when they start.
    init(
        _ settings: [Setting],
        environment: [JSONValue],
        version: VerneMQVersion,
        beside others: Set<VerneMQVersion> = []
    ) {
        let names = Set(environment.compactMap { $0["name"]?.stringValue })
        var seen: [String: Setting] = [:]
        for setting in settings where setting.source != .environment {
            if setting.key == Self.httpListener {
                findings.append(Self.misplacedListener(setting))
                continue
            }
            switch BootVariable.name(for: setting) {
            case .failure(let error): findings.append(error.finding)
            case .success(let name):
                if let earlier = seen.updateValue(setting, forKey: name) {
                    if earlier.value != setting.value { findings.append(Self.collision(setting, earlier)) }
                    continue
                }
                if names.contains(name) {
                    findings.append(Self.collision(setting, variable: name))
                    continue
                }
                add(name, setting, defined: names)
            }
        }
        withhold(version, others)
        let record = DesiredConfiguration.record(of: kept, version: version)
        secret.append((BootRecord.variable, record.text))
        secret.sort { $0.name < $1.name }
        variables.sort { $0["name"]?.stringValue ?? "" < $1["name"]?.stringValue ?? "" }
    }

    private mutating func add(_ name: String, _ setting: Setting, defined: Set<String>) {
        // Only what is written for the boot is a template; the value of a live setting is meant as it stands.
        guard setting.source == .bootConfiguration else { return keep(name, setting) }
        let template = VariableTemplate(setting.value)
        guard !template.references.isEmpty else { return keep(name, setting) }
        if let unknown = template.references.first(where: { !defined.contains($0) }) {
            findings.append(
                Finding(
                    .error,
                    path: setting.valuePath,
                    value: "$" + unknown.shortened,
                    problem: "is no variable of the broker's",
                    remedy: "define it in spec.env"
                )
            )
            return
        }
        variables.append(["name": .string(name), "value": .string(template.kubernetesForm)])
    }

    private mutating func keep(_ name: String, _ setting: Setting) {
        names[name] = setting.key
        secret.append((name, setting.value))
        kept.append(setting)
    }

    /// Takes out what another release refuses. What refers to the pod stands in the template, of which each release has
    /// its own.
    private mutating func withhold(_ version: VerneMQVersion, _ others: Set<VerneMQVersion>) {
        withheld = WithheldSetting.find(in: kept, version: version, beside: others)
        guard !withheld.isEmpty else { return }
        let keys = Set(withheld.map(\.key))
        secret.removeAll { entry in names[entry.name].map(keys.contains) ?? false }
        kept.removeAll { keys.contains($0.key) }
    }

    /// The `data` of the Secret.
    var data: JSONValue {
        .members(secret.map { ($0.name, .string(Base64.encode(Array($0.value.utf8)))) })
    }

    private static let httpListener = "listener.http.metrics"

    private static func misplacedListener(_ setting: Setting) -> Finding {
        Finding(
            .error,
            path: setting.keyPath,
            value: setting.key,
            problem: "is the listener that probes and hooks ask, which must be known when pods are made",
            remedy: "set \(ListenerEnvironment.httpVariable) in spec.env instead"
        )
    }

    private static func collision(_ setting: Setting, _ earlier: Setting) -> Finding {
        Finding(
            .error,
            path: setting.keyPath,
            value: setting.key.shortened,
            problem: "is set to something else at \(earlier.keyPath)",
            remedy: "keep one of the two"
        )
    }

    private static func collision(_ setting: Setting, variable: String) -> Finding {
        Finding(
            .error,
            path: setting.keyPath,
            value: setting.key.shortened,
            problem: "is also set by the variable \(variable), which wins at every start",
            remedy: "keep one of the two"
        )
    }
}

/// A text in which `$NAME` and `${NAME}` stand for variables of the broker's, as `vmqConfig` and `vmArgs` of the Go operator
/// have them. `$$` and a `$` before anything else stand for themselves.
struct VariableTemplate {
    /// The names that the text refers to, in order.
    private(set) var references: [String] = []
    /// The text with kubelet's `$(NAME)`, and every other `$` doubled, as kubelet wants it.
    private(set) var kubernetesForm = ""

    init(_ text: String) {
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            kubernetesForm += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{" || rest.first == "("
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let after = body[name.endIndex...]
            let closes = !isBraced || after.first == (rest.first == "{" ? "}" : ")")
            guard !name.isEmpty, name.first?.isNumber == false, closes else {
                kubernetesForm += "$$"
                continue
            }
            references.append(String(name))
            kubernetesForm += "$(\(name))"
            rest = isBraced ? after.dropFirst() : after
        }
        kubernetesForm += rest
    }
}

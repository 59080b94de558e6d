import Document

/// What was injected into a pod template and what stood there before: all that `strip` needs. It lives in the template
/// itself, because that is what a ControllerRevision keeps: a rollback brings template and ledger back together.
struct Ledger: Sendable, Hashable {
    /// Lists of the template that entries of ours are added to.
    enum List: String, Sendable, Hashable, CaseIterable {
        case volumes, initContainers, env, envFrom, volumeMounts

        /// Where the list is.
        func path(container: String) -> TemplatePath {
            switch self {
            case .volumes: .volumes
            case .initContainers: .initContainers
            case .env, .envFrom, .volumeMounts: .container(container).appending(rawValue)
            }
        }

        /// What tells an entry from the others of its list.
        func key(of entry: JSONValue) -> String? {
            switch self {
            case .volumes, .initContainers, .env: entry["name"]?.stringValue
            case .volumeMounts: entry["mountPath"]?.stringValue
            case .envFrom: entry["secretRef"]?["name"]?.stringValue
            }
        }

        /// Whether only an entry of ours can have this key.
        func isReserved(_ key: String) -> Bool {
            switch self {
            case .volumes: Contract.isReservedVolume(key)
            case .initContainers: Contract.isReservedContainer(key)
            case .env: Contract.isReservedVariable(key) || key.hasPrefix(Contract.pluginVariablePrefix)
            case .envFrom: key.hasSuffix(Contract.bootSecretSuffix)
            case .volumeMounts: Contract.isReservedMountPath(key)
            }
        }
    }

    /// A value that was set where the user has one or could have one. Undone field by field: a live value that is no
    /// longer ours is the user's.
    struct Wrapped: Sendable, Hashable {
        var path: TemplatePath
        /// What stood there, nil if nothing did.
        var was: JSONValue?
        /// What was put there.
        var now: JSONValue
    }

    /// A list or object that was there without content (`null`, `[]`, `{}`) and is put back so when nothing is left in it.
    struct Vacant: Sendable, Hashable {
        var path: TemplatePath
        var was: JSONValue
    }

    /// The version of the operator that rendered it.
    var renderer: String
    /// The name of the broker's container.
    var container: String
    /// The keys of the entries that were added, by list.
    var added: [List: [String]] = [:]
    /// The values that were set.
    var wrapped: [Wrapped] = []
    /// The lists and objects that had no content.
    var vacant: [Vacant] = []
    /// What was not added because the user's manifest brings it.
    var skipped: [String] = []

    init(renderer: String, container: String) {
        self.renderer = renderer
        self.container = container
    }

    /// Whether a template carries any entry or command of ours. Numbers do not count: a user may have the same.
    func isPresent(in template: JSONValue) -> Bool {
        entries(in: template).values.contains { !$0.isEmpty }
            || wrapped.contains { $0.path.tokens.last == "command" && template.value(at: $0.path) == $0.now }
    }

    /// The entries that were added and still stand in a template, by list.
    func entries(in template: JSONValue) -> [List: [JSONValue]] {
        added.reduce(into: [:]) { entries, list in
            let present = template.value(at: list.key.path(container: container))?.arrayValue ?? []
            entries[list.key] = present.filter { list.key.key(of: $0).map(list.value.contains) ?? false }
        }
    }
}

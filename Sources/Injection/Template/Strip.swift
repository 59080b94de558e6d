import Document
import VerneMQ

extension Ledger {
    /// The template without the injection that this ledger describes. Works on whatever users and merges have made of the
    /// injected template since: entries of ours go wherever they stand now, a wrapped value goes back only while it is
    /// ours, and a list or object in which neither we nor the user have left anything goes as well.
    func strip(_ template: JSONValue) -> JSONValue {
        var template = template
        removeAdded(from: &template)
        restoreWrapped(in: &template)
        template.change(.annotations) { annotations in
            annotations?[Annotation.injected.name] = nil
        }
        prune(&template)
        return template
    }

    private func removeAdded(from template: inout JSONValue) {
        for list in List.allCases {
            guard let keys = added[list], !keys.isEmpty else { continue }
            template.change(list.path(container: container)) { value in
                guard case .array(var entries) = value else { return }
                value = nil
                entries.removeAll { entry in list.key(of: entry).map(keys.contains) ?? false }
                value = .array(entries)
            }
        }
    }

    private func restoreWrapped(in template: inout JSONValue) {
        let fields = InjectedFields(container: container)
        // The user may have put a probe of his own over ours by a merge, which leaves our numbers in it. The API server
        // would have put its defaults there.
        let defaults = isProbeTakenOver(in: template, fields) ? InjectedFields.probeDefaults : []
        for entry in wrapped {
            guard let live = template.value(at: entry.path), live.isEquivalent(to: entry.now) else { continue }
            var original = entry.was
            if original == nil, entry.path.isInside(fields.startupProbe) {
                let field = entry.path.tokens.last
                original = defaults.first { $0.field == field }.map { .integer($0.value) }
            }
            template.change(entry.path) { $0 = original }
        }
    }

    /// Whether the startup probe was ours alone and has a handler of the user's now.
    private func isProbeTakenOver(in template: JSONValue, _ fields: InjectedFields) -> Bool {
        let command = fields.startupProbe.appending("exec", "command")
        guard let ours = wrapped.first(where: { $0.path == command }), ours.was == nil,
            case .object(let probe) = template.value(at: fields.startupProbe)
        else { return false }
        let handlers = probe.filter { name, value in !value.isNull && !InjectedFields.probeTiming.contains(name) }
        if handlers.keys != ["exec"] { return !handlers.isEmpty }
        return template.value(at: command)?.isEquivalent(to: ours.now) == false
    }

    private func prune(_ template: inout JSONValue) {
        let fields = InjectedFields(container: container)
        let lists = List.allCases.filter { added[$0]?.isEmpty == false }.map { $0.path(container: container) }
        let touched = wrapped.map(\.path) + lists + vacant.map(\.path) + [.annotations]
        for path in fields.prunable {
            guard let value = template.value(at: path), fields.isLeftover(value, at: path),
                touched.contains(where: { $0.isInside(path) })
            else { continue }
            let original = vacant.first { $0.path == path }?.was
            template.change(path) { $0 = original }
        }
    }
}

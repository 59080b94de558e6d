import Document
import VerneMQ

/// Changes a pod template and keeps the ledger of the changes, so that `ledger.strip` of the result is what went in.
/// Everything new goes to the end of its list or object: what was there keeps its place.
struct TemplateEditor {
    private(set) var template: JSONValue
    private(set) var ledger: Ledger

    init(template: JSONValue, renderer: String, container: String) {
        self.template = template
        ledger = Ledger(renderer: renderer, container: container)
    }

    /// Adds entries of ours to the end of a list, which is made where there is none.
    mutating func add(_ entries: [JSONValue], to list: Ledger.List) {
        guard !entries.isEmpty else { return }
        ledger.added[list, default: []] += entries.compactMap(list.key(of:))
        append(entries, at: list.path(container: ledger.container))
    }

    /// Adds a variable whose name is not reserved for us: a user may put his own value into it by a merge, so its value
    /// is wrapped instead of claiming the entry.
    mutating func addShared(_ name: String, value: JSONValue) {
        let list = Ledger.List.env.path(container: ledger.container)
        append([["name": .string(name)]], at: list)
        set(value, at: list.appending(name, "value"))
    }

    /// Sets a field, making the objects that hold it where there are none.
    mutating func set(_ value: JSONValue, at path: TemplatePath) {
        var holder = TemplatePath()
        for token in path.tokens.dropLast() {
            holder = holder.appending(token)
            make([:], at: holder)
        }
        let was = template.value(at: path)
        guard was != value else { return }
        ledger.wrapped.append(Ledger.Wrapped(path: path, was: was, now: value))
        template.change(path) { $0 = value }
    }

    /// Notes something that the user's manifest brings itself.
    mutating func skip(_ name: String) {
        ledger.skipped.append(name)
    }

    /// Writes the ledger into the template and returns it.
    consuming func finish() -> JSONValue {
        make([:], at: .metadata)
        make([:], at: .annotations)
        let text = ledger.text
        template.change(.annotations) { annotations in
            annotations?[Annotation.injected.name] = .string(text)
        }
        return template
    }

    private mutating func append(_ entries: [JSONValue], at path: TemplatePath) {
        make([], at: path)
        template.change(path) { value in
            guard case .array(var elements) = value else { return }
            value = nil
            elements += entries
            value = .array(elements)
        }
    }

    /// Puts an empty list or object where nothing is, or null, and notes what was there.
    private mutating func make(_ empty: JSONValue, at path: TemplatePath) {
        let live = template.value(at: path)
        if let live {
            guard live.isVacant else { return }
            ledger.vacant.append(Ledger.Vacant(path: path, was: live))
        }
        if live != empty { template.change(path) { $0 = empty } }
    }
}

import Document
import VerneMQ

extension Ledger {
    /// The compact text of the annotation. The same ledger always gives the same bytes.
    var text: String {
        var lists = JSONObject()
        for list in List.allCases {
            if let keys = added[list], !keys.isEmpty { lists[list.rawValue] = .array(keys.map(JSONValue.string)) }
        }
        let changes = wrapped.map { entry -> JSONValue in
            var object: JSONObject = ["path": .string(entry.path.text)]
            if let was = entry.was { object["was"] = was }
            object["is"] = entry.now
            return .object(object)
        }
        var object: JSONObject = [
            "contract": .integer(Contract.version), "renderer": .string(renderer), "container": .string(container),
            "added": .object(lists), "wrapped": .array(changes),
        ]
        if !vacant.isEmpty {
            object["vacant"] = .array(vacant.map { ["path": .string($0.path.text), "was": $0.was] })
        }
        if !skipped.isEmpty { object["skipped"] = .array(skipped.map(JSONValue.string)) }
        return JSONValue.object(object).serializedString()
    }

    /// Reads the text of the annotation. Nothing is guessed: a ledger that this version does not wholly understand, or that
    /// speaks of anything that an injection never touches, is an error.
    init(text: String) throws(LedgerError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .damaged("it is not JSON (\(error))")
        }
        guard case .object(let members) = value, let contract = members["contract"]?.integerValue else {
            throw .damaged("it names no contract version")
        }
        guard contract == Contract.version else { throw .unknownContract(contract) }
        guard let renderer = members["renderer"]?.stringValue, let container = members["container"]?.stringValue,
            !container.isEmpty, !container.contains("/")
        else { throw .damaged("renderer or container is missing") }
        self.init(renderer: renderer, container: container)
        for (name, member) in members {
            switch name {
            case "contract", "renderer", "container": break
            case "added": try readAdded(member)
            case "wrapped": try readWrapped(member)
            case "vacant": try readVacant(member)
            case "skipped": skipped = try Self.strings(member)
            default: throw .damaged("it has a member \"\(name.shortened)\"")
            }
        }
        try checkReach()
    }

    private mutating func readAdded(_ value: JSONValue) throws(LedgerError) {
        guard case .object(let lists) = value else { throw .damaged("added is not an object") }
        for (name, keys) in lists {
            guard let list = List(rawValue: name) else { throw .damaged("added has a list \"\(name.shortened)\"") }
            added[list] = try Self.strings(keys)
        }
    }

    private mutating func readWrapped(_ value: JSONValue) throws(LedgerError) {
        guard case .array(let entries) = value else { throw .damaged("wrapped is not a list") }
        for entry in entries {
            guard let path = entry["path"]?.stringValue.flatMap(TemplatePath.init(text:)), let now = entry["is"] else {
                throw .damaged("an entry of wrapped is incomplete")
            }
            wrapped.append(Wrapped(path: path, was: entry["was"], now: now))
        }
    }

    private mutating func readVacant(_ value: JSONValue) throws(LedgerError) {
        guard case .array(let entries) = value else { throw .damaged("vacant is not a list") }
        for entry in entries {
            guard let path = entry["path"]?.stringValue.flatMap(TemplatePath.init(text:)), let was = entry["was"],
                was.isVacant
            else { throw .damaged("an entry of vacant is incomplete") }
            vacant.append(Vacant(path: path, was: was))
        }
    }

    private static func strings(_ value: JSONValue) throws(LedgerError) -> [String] {
        guard case .array(let elements) = value else { throw .damaged("a list of names is missing") }
        let names = elements.compactMap(\.stringValue)
        guard names.count == elements.count else { throw .damaged("a name is not a string") }
        return names
    }

    /// A ledger, which users can edit, gives `strip` no power over anything but what an injection touches.
    private func checkReach() throws(LedgerError) {
        for (list, keys) in added {
            for key in keys where !list.isReserved(key) { throw .damaged("it claims \"\(key.shortened)\" as injected") }
        }
        let fields = InjectedFields(container: container)
        for entry in wrapped where !fields.wrappable.contains(entry.path) {
            throw .damaged("it claims \(entry.path.text.shortened) as injected")
        }
        for entry in vacant where !fields.prunable.contains(entry.path) {
            throw .damaged("it claims \(entry.path.text.shortened) as injected")
        }
    }
}

public import Document

/// The path of a field as server-side apply writes it in a conflict: `.spec.replicas`,
/// `.spec.template.spec.containers[name="vernemq"].image`, `.metadata.finalizers[="x"]`, `.spec.args[0]`.
///
/// Source: `sigs.k8s.io/structured-merge-diff`, `fieldpath.Path.String()`.
public struct ManagedFieldPath: Sendable, Hashable {
    /// One step of a path.
    public enum Step: Sendable, Hashable {
        /// A member of an object.
        case field(String)
        /// The element of a list that has these members.
        case key([String: JSONValue])
        /// The element of a set that is this value.
        case value(JSONValue)
        /// The element at that place.
        case index(Int)
    }

    /// The steps from the object's root.
    public let steps: [Step]

    /// Reads a path, nil if it is not written like one.
    public init?(_ text: String) {
        var reader = ManagedFieldReader(text)
        guard let steps = reader.read(), !steps.isEmpty else { return nil }
        self.steps = steps
    }

    /// The object without the field; as it is where it has no such field.
    ///
    /// What becomes empty by that stays: an empty object names no field, so that server-side apply makes nothing of it.
    public func removed(from object: JSONValue) -> JSONValue {
        Self.removed(steps[...], from: object)
    }

    private static func removed(_ steps: ArraySlice<Step>, from value: JSONValue) -> JSONValue {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        var changed = value
        switch step {
        case .field(let name):
            guard let member = value[name] else { return value }
            changed[name] = rest.isEmpty ? JSONValue?.none : removed(rest, from: member)
        case .key, .value, .index:
            guard let elements = value.arrayValue, let place = place(of: step, in: elements) else { return value }
            changed[place] = rest.isEmpty ? JSONValue?.none : removed(rest, from: elements[place])
        }
        return changed
    }

    private static func place(of step: Step, in elements: [JSONValue]) -> Int? {
        switch step {
        case .field: nil
        case .key(let members):
            elements.firstIndex { element in
                members.allSatisfy { element[$0.key]?.isEquivalent(to: $0.value) ?? false }
            }
        case .value(let value): elements.firstIndex { $0.isEquivalent(to: value) }
        case .index(let index): elements.indices.contains(index) ? index : nil
        }
    }
}

/// Reads the text of a ``ManagedFieldPath``.
private struct ManagedFieldReader {
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
    }

    mutating func read() -> [ManagedFieldPath.Step]? {
        var steps: [ManagedFieldPath.Step] = []
        while let first = rest.first {
            rest.removeFirst()
            switch first {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                rest = rest.dropFirst(name.count)
                steps.append(.field(String(name)))
            case "[":
                guard let inside = bracketed(), let step = Self.element(inside) else { return nil }
                steps.append(step)
            default: return nil
            }
        }
        return steps
    }

    /// What stands up to the closing bracket; one inside of a JSON string does not close.
    private mutating func bracketed() -> Substring? {
        var isInString = false
        var isEscaped = false
        for index in rest.indices {
            let character = rest[index]
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if character == "\\" { isEscaped = true } else if character == "\"" { isInString = false }
            } else if character == "\"" {
                isInString = true
            } else if character == "]" {
                let inside = rest[..<index]
                rest = rest[rest.index(after: index)...]
                return inside
            }
        }
        return nil
    }

    private static func element(_ text: Substring) -> ManagedFieldPath.Step? {
        if text.hasPrefix("=") {
            return json(text.dropFirst()).map(ManagedFieldPath.Step.value)
        }
        if let index = Int(text) { return index >= 0 ? .index(index) : nil }
        var members: [String: JSONValue] = [:]
        for pair in pairs(text) {
            guard let equals = pair.firstIndex(of: "="), let value = json(pair[pair.index(after: equals)...]) else {
                return nil
            }
            members[String(pair[..<equals])] = value
        }
        return members.isEmpty ? nil : .key(members)
    }

    /// The parts between the commas that are not inside of a string.
    private static func pairs(_ text: Substring) -> [Substring] {
        var isInString = false
        var isEscaped = false
        return text.split { character in
            if isEscaped {
                isEscaped = false
            } else if character == "\\", isInString {
                isEscaped = true
            } else if character == "\"" {
                isInString.toggle()
            }
            return character == "," && !isInString
        }
    }

    private static func json(_ text: Substring) -> JSONValue? {
        do { return try JSONValue(parsing: String(text)) } catch { return nil }  // then it is not such a path
    }
}

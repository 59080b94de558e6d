import Document

/// A place in a pod template. Elements of lists are addressed by their `name`, never by their index, because merges move
/// them: `/spec/containers/vernemq/startupProbe/exec/command`.
struct TemplatePath: Sendable, Hashable {
    var tokens: [String]

    init(_ tokens: String...) {
        self.tokens = tokens
    }

    /// Reads the form with slashes, nil if it does not begin with one or has an empty part.
    init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].isEmpty, parts.dropFirst().allSatisfy({ !$0.isEmpty }) else { return nil }
        tokens = parts.dropFirst().map(String.init)
    }

    /// The form with slashes.
    var text: String { tokens.reduce(into: "") { $0 += "/" + $1 } }

    func appending(_ more: String...) -> TemplatePath {
        var path = self
        path.tokens += more
        return path
    }

    /// Whether this place is the other or lies inside it.
    func isInside(_ other: TemplatePath) -> Bool {
        tokens.starts(with: other.tokens)
    }

    static let metadata = TemplatePath("metadata")
    static let annotations = TemplatePath("metadata", "annotations")
    static let initContainers = TemplatePath("spec", "initContainers")
    static let volumes = TemplatePath("spec", "volumes")
    static let gracePeriod = TemplatePath("spec", "terminationGracePeriodSeconds")
    static let automountToken = TemplatePath("spec", "automountServiceAccountToken")

    static func container(_ name: String) -> TemplatePath {
        TemplatePath("spec", "containers", name)
    }
}

extension JSONValue {
    /// What stands at a place, nil if nothing does.
    func value(at path: TemplatePath) -> JSONValue? {
        var value = self
        for token in path.tokens {
            let next: JSONValue?
            if case .array(let elements) = value {
                next = elements.first { $0["name"]?.stringValue == token }
            } else {
                next = value[token]
            }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// Changes what stands at a place; nil is «nothing», before and after. Nothing happens if what should hold the place
    /// does not exist, nor can an element be added to a list this way.
    mutating func change(_ path: TemplatePath, _ body: (inout JSONValue?) -> Void) {
        change(path.tokens[...], body)
    }

    private mutating func change(_ tokens: ArraySlice<String>, _ body: (inout JSONValue?) -> Void) {
        guard let token = tokens.first else { return }
        let rest = tokens.dropFirst()
        switch self {
        case .object(var object):
            self = .null  // gives up our reference, so that the object is changed in place
            if rest.isEmpty {
                var member = object[token]
                body(&member)
                object[token] = member
            } else {
                object.update(token) { $0.change(rest, body) }
            }
            self = .object(object)
        case .array(var elements):
            guard let index = elements.firstIndex(where: { $0["name"]?.stringValue == token }) else { return }
            self = .null
            if rest.isEmpty {
                var element: JSONValue? = elements[index]
                body(&element)
                if let element { elements[index] = element } else { elements.remove(at: index) }
            } else {
                elements[index].change(rest, body)
            }
            self = .array(elements)
        default:
            return
        }
    }

    /// Whether there is nothing in it: `null`, `[]` or `{}`.
    var isVacant: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}

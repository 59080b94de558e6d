import Document

/// Keeps one copy of each long text that many objects have in common: the scripts in a thousand StatefulSets are the same.
struct StringInterner: Sendable {
    private var known: Set<String> = []

    /// Texts of up to 15 bytes are kept inside the value and cost nothing more.
    private static let inlineLimit = 15
    /// How many texts are remembered. Beyond, it begins anew: what is shared stays shared.
    private static let capacity = 20_000

    /// Replaces texts by equal ones that are known. Recursion is bounded: the parser has counted the depth.
    mutating func intern(_ value: inout JSONValue) {
        switch value {
        case .string(let text): value = .string(shared(text))
        case .array(var elements):
            value = .null  // gives up our reference, so that the array is changed in place
            for index in elements.indices { intern(&elements[index]) }
            value = .array(elements)
        case .object(var object):
            value = .null
            for key in object.keys { object.update(key) { intern(&$0) } }
            value = .object(object)
        case .null, .bool, .integer, .number: break
        }
    }

    private mutating func shared(_ text: String) -> String {
        guard text.utf8.count > Self.inlineLimit else { return text }
        if known.count >= Self.capacity { known = [] }
        let member = known.insert(text).memberAfterInsert
        // Unicode calls texts of different bytes equal; an object must keep its own.
        return member.utf8.elementsEqual(text.utf8) ? member : text
    }
}

public import Document

extension JSONValue {
    /// Whether this object says all that an apply configuration says, so that applying it again would change nothing:
    /// each member is there with that value, and each element of a list of objects has one here that covers it.
    ///
    /// Lists are compared as server-side apply merges them: elements of objects in any order, among others' elements; lists
    /// of plain values as a whole. An empty object in the configuration asks for nothing. The answer may be no where the
    /// server would say «unchanged» (a quantity that it writes in another way): then applying is harmless, only not free.
    public func covers(_ configuration: JSONValue) -> Bool {
        switch (self, configuration) {
        case (.object(let live), .object(let wanted)):
            return wanted.allSatisfy { name, value in
                guard let found = live[name] else { return value.asksForNothing }
                return found.covers(value)
            }
        case (.array(let live), .array(let wanted)):
            guard wanted.contains(where: { $0.objectValue != nil }) else { return isEquivalent(to: configuration) }
            return wanted.allSatisfy { element in live.contains { $0.covers(element) } }
        default:
            return isEquivalent(to: configuration)
        }
    }

    private var asksForNothing: Bool {
        switch self {
        case .object(let members): members.values.allSatisfy(\.asksForNothing)
        default: false
        }
    }
}

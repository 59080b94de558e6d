extension JSONPatch {
    /// The document with all changes made, or none of them: a failure leaves no half-changed document anywhere.
    ///
    /// - Parameter limits: bounds of the result. Copies can double a document with every step, so what they add is counted.
    /// - Throws: ``JSONPatchError`` for the first operation that cannot be done.
    public func apply(to document: JSONValue, limits: JSONLimits = .default) throws(JSONPatchError) -> JSONValue {
        var patched = PatchedDocument(document: document, limits: limits)
        for (index, operation) in operations.enumerated() {
            do throws(PatchedDocument.Failure) {
                try patched.perform(operation)
            } catch {
                throw JSONPatchError(error.code, operation: index, path: error.path, problem: error.problem)
            }
        }
        return patched.document
    }
}

/// A document in the course of being patched.
private struct PatchedDocument {
    /// A ``JSONPatchError`` that does not know its operation's index yet.
    struct Failure: Error {
        let code: JSONPatchError.Code
        let path: JSONPointer
        let problem: String
    }

    private(set) var document: JSONValue
    private let limits: JSONLimits
    private var copiedBytes = 0

    init(document: JSONValue, limits: JSONLimits) {
        self.document = document
        self.limits = limits
    }

    mutating func perform(_ operation: PatchOperation) throws(Failure) {
        switch operation {
        case .add(let path, let value): try add(value, at: path)
        case .remove(let path): _ = try remove(at: path)
        case .replace(let path, let value): try replace(at: path, with: value)
        case .move(let from, let path): try move(from: from, to: path)
        case .copy(let from, let path):
            let value = try existing(at: from)
            copiedBytes += value.approximateSize(limit: limits.bytes)
            guard copiedBytes <= limits.bytes else {
                throw Failure(code: .tooLarge, path: path, problem: "the copies add more than \(limits.bytes) bytes")
            }
            try add(value, at: path)
        case .test(let path, let expected): try test(path, expected)
        }
    }

    // MARK: Operations

    private mutating func add(_ value: JSONValue, at path: JSONPointer) throws(Failure) {
        guard path.tokens.count + value.depth(limit: limits.depth) <= limits.depth else {
            throw Failure(
                code: .tooDeep,
                path: path,
                problem: "the result is nested deeper than \(limits.depth) levels"
            )
        }
        guard let (steps, last) = path.split() else {
            document = value
            return
        }
        try edit(path, steps) { container throws(Failure) in
            switch container {
            case .object(var object):
                container = .null
                object[last] = value
                container = .object(object)
            case .array(var elements):
                let index =
                    last == "-" ? elements.count : try Self.index(last, in: path, upTo: elements.count)
                container = .null
                elements.insert(value, at: index)
                container = .array(elements)
            default: throw Self.notAContainer(container, at: path)
            }
        }
    }

    private mutating func remove(at path: JSONPointer) throws(Failure) -> JSONValue {
        guard let (steps, last) = path.split() else {
            throw Failure(code: .removesDocument, path: path, problem: "a document cannot be removed, only replaced")
        }
        var removed = JSONValue.null
        try edit(path, steps) { container throws(Failure) in
            switch container {
            case .object(var object):
                container = .null
                let value = object.removeValue(forKey: last)
                container = .object(object)
                guard let value else { throw Self.noMember(last, at: path) }
                removed = value
            case .array(var elements):
                let index = try Self.index(last, in: path, upTo: elements.count - 1)
                container = .null
                removed = elements.remove(at: index)
                container = .array(elements)
            default: throw Self.notAContainer(container, at: path)
            }
        }
        return removed
    }

    private mutating func replace(at path: JSONPointer, with value: JSONValue) throws(Failure) {
        guard path.tokens.count + value.depth(limit: limits.depth) <= limits.depth else {
            throw Failure(
                code: .tooDeep,
                path: path,
                problem: "the result is nested deeper than \(limits.depth) levels"
            )
        }
        try edit(path, path.tokens[...]) { place throws(Failure) in place = value }
    }

    private mutating func move(from: JSONPointer, to path: JSONPointer) throws(Failure) {
        guard from != path else {
            _ = try existing(at: from)
            return
        }
        guard !path.isInside(from) else {
            throw Failure(code: .movedIntoItself, path: path, problem: "\(from) cannot be moved into itself")
        }
        try add(try remove(at: from), at: path)
    }

    private func test(_ path: JSONPointer, _ expected: JSONValue) throws(Failure) {
        let found = try existing(at: path)
        guard found.isEquivalent(to: expected) else {
            let problem = "the test expected \(expected.excerpt) and found \(found.excerpt)"
            throw Failure(code: .testFailed, path: path, problem: problem)
        }
    }

    // MARK: Places

    /// Changes what stands at the end of the steps in place. Recursion goes as deep as the document does.
    private mutating func edit(
        _ path: JSONPointer,
        _ steps: ArraySlice<String>,
        _ change: (inout JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        try Self.edit(&document, path, steps, change)
    }

    private static func edit(
        _ value: inout JSONValue,
        _ path: JSONPointer,
        _ steps: ArraySlice<String>,
        _ change: (inout JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard let step = steps.first else { return try change(&value) }
        switch value {
        case .object(var object):
            guard let index = object.index(forKey: step) else { throw noMember(step, at: path) }
            value = .null  // so that the members are changed in place
            defer { value = .object(object) }
            try edit(&object.members[index].value, path, steps.dropFirst(), change)
        case .array(var elements):
            let index = try index(step, in: path, upTo: elements.count - 1)
            value = .null
            defer { value = .array(elements) }
            try edit(&elements[index], path, steps.dropFirst(), change)
        default: throw notAContainer(value, at: path)
        }
    }

    private func existing(at path: JSONPointer) throws(Failure) -> JSONValue {
        var value = document
        for step in path.tokens {
            switch value {
            case .object(let object):
                guard let member = object[step] else { throw Self.noMember(step, at: path) }
                value = member
            case .array(let elements):
                value = elements[try Self.index(step, in: path, upTo: elements.count - 1)]
            default: throw Self.notAContainer(value, at: path)
            }
        }
        return value
    }

    private static func index(_ step: String, in path: JSONPointer, upTo last: Int) throws(Failure) -> Int {
        guard step != "-" else {
            throw Failure(code: .noSuchPlace, path: path, problem: "\"-\" is the place after the last element")
        }
        guard let index = JSONPointer.index(step) else {
            let isNumber = !step.isEmpty && step.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
            let remedy = isNumber ? "write it without leading zeros" : "write an index from 0"
            throw Failure(code: .invalidIndex, path: path, problem: "\"\(step)\" is no index of an array: \(remedy)")
        }
        guard index <= last else {
            let problem = last < 0 ? "the array is empty" : "index \(index) is too large, the last possible is \(last)"
            throw Failure(code: .indexOutOfRange, path: path, problem: problem)
        }
        return index
    }

    private static func noMember(_ name: String, at path: JSONPointer) -> Failure {
        Failure(code: .noSuchPlace, path: path, problem: "there is no member \"\(name)\"")
    }

    private static func notAContainer(_ value: JSONValue, at path: JSONPointer) -> Failure {
        Failure(
            code: .noSuchPlace,
            path: path,
            problem: "a value of kind \(value.kind.rawValue) has neither members nor elements"
        )
    }
}

extension JSONPointer {
    /// The steps to the container, and the last one; nil for the whole document.
    fileprivate func split() -> (ArraySlice<String>, String)? {
        tokens.last.map { (tokens.dropLast(), $0) }
    }
}

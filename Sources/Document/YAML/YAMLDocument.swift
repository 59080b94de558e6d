/// A document of a YAML stream, read as kubectl reads it: as the JSON that it means.
public struct YAMLDocument: Sendable {
    /// What the document means. Null for a document without content; kubectl skips those.
    public let value: JSONValue
    private let places: Places

    /// Where the parts of the document stand: noted while reading YAML, found again in JSON.
    private enum Places: Sendable {
        case tree(YAMLMarkTree)
        case tape(JSONTape)
    }

    /// Reads all documents of a stream, YAML (by libyaml) or JSON.
    ///
    /// A stream that begins with `{` is tried as JSON first, one document after the other, as kubectl does. The meaning of
    /// scalars, names and merges is that of kubectl's own reader (sigs.k8s.io/yaml on go-yaml v2): plain `yes`, `on`, `y`
    /// and their opposites are booleans, `0777` and `0o777` are octal, dates are strings, `1:` is the name "1", `<<` merges.
    /// Number texts that are JSON stay as they are written. Stricter than kubectl are two things: a name twice in a mapping
    /// is an error, and so is `!!binary`. As to kubectl, a number beyond the range of a `Double` is an error in JSON, and a
    /// string in YAML.
    ///
    /// - Throws: ``YAMLError`` for the first thing that is wrong.
    public static func parse(_ bytes: [UInt8], limits: YAMLLimits = .default) throws(YAMLError) -> [YAMLDocument] {
        if let documents = try json(bytes, limits) { return documents }
        var composer = try YAMLComposer(bytes, limits: limits)
        var documents: [YAMLDocument] = []
        while let (value, marks) = try composer.nextDocument() {
            documents.append(YAMLDocument(value: value, places: .tree(marks)))
        }
        return documents
    }

    /// Reads all documents of a stream, YAML or JSON.
    ///
    /// - Throws: ``YAMLError`` for the first thing that is wrong.
    public static func parse(_ text: String, limits: YAMLLimits = .default) throws(YAMLError) -> [YAMLDocument] {
        try parse(Array(text.utf8), limits: limits)
    }

    /// Nil if the stream is no JSON: YAML is then to say what is wrong with it, or to read it.
    private static func json(_ bytes: [UInt8], _ limits: YAMLLimits) throws(YAMLError) -> [YAMLDocument]? {
        let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        guard first == UInt8(ascii: "{") else { return nil }
        let jsonLimits = JSONLimits(depth: limits.depth, bytes: limits.bytes)
        let tapes: [JSONTape]
        do throws(JSONError) {
            tapes = try JSONTape.sequence(parsing: bytes, limits: jsonLimits)
        } catch {
            return nil
        }
        guard tapes.reduce(0, { $0 + $1.storage.tokens.count }) <= limits.nodes else { return nil }
        for tape in tapes { try refuseNumbersBeyondDouble(tape) }
        return tapes.map { YAMLDocument(value: $0.root.value(), places: .tape($0)) }
    }

    /// YAML has no way to write such a number: it would come back as a string. kubectl refuses it too.
    private static func refuseNumbersBeyondDouble(_ tape: JSONTape) throws(YAMLError) {
        for token in tape.storage.tokens where token.kind == .number {
            let text = String(decoding: tape.bytes[token.range], as: UTF8.self)
            guard !YAMLNumber.isFinite(text) else { continue }
            let problem = "the number \(JSONValue.number(text).excerpt) is beyond the range of a 64-bit float"
            throw YAMLError(
                .resolver,
                problem + ": write a smaller one, or put it in quotes",
                at: tape.mark(ofByte: token.range.lowerBound),
                in: tape.bytes
            )
        }
    }

    /// Where the value at a pointer begins, nil if there is none. A value that came by an alias or a merge from elsewhere
    /// has the alias' place, what is in it has the place where it is written.
    public func mark(at pointer: JSONPointer) -> YAMLMark? {
        switch places {
        case .tree: branch(at: pointer)?.mark
        case .tape(let tape): tape.root[pointer].map { tape.mark(ofByte: $0.range.lowerBound) }
        }
    }

    /// Where the name of the member at a pointer begins; for an element of an array, and for the document itself, the same
    /// as ``mark(at:)``.
    public func keyMark(at pointer: JSONPointer) -> YAMLMark? {
        switch places {
        case .tree: branch(at: pointer).map { $0.keyMark ?? $0.mark }
        case .tape(let tape): tape.root[pointer].map { tape.mark(ofByte: tape.nameStart(of: $0)) }
        }
    }

    private func branch(at pointer: JSONPointer) -> YAMLMarkTree? {
        guard case .tree(var branch) = places else { return nil }
        var value = value
        for token in pointer.tokens {
            let index: Int? =
                switch value {
                case .object(let object): object.index(forKey: token)
                case .array: JSONPointer.index(token)
                default: nil
                }
            guard let index, branch.children.indices.contains(index) else { return nil }
            branch = branch.children[index]
            switch value {
            case .object(let object): value = object.members[index].value
            case .array(let elements): value = elements[index]
            default: return nil
            }
        }
        return branch
    }
}

extension JSONTape {
    /// Where a byte stands as editors count it.
    public func mark(ofByte offset: Int) -> YAMLMark {
        let position = TextPosition(of: offset, in: bytes)
        return YAMLMark(line: position.line, column: position.column)
    }

    /// The first byte of a member's name, or of the value itself if it is no member.
    func nameStart(of node: JSONNode) -> Int {
        // A member's value follows its name, and only names stand before a value that is one further on and not after it.
        guard node.index > 0, isMember(node.index) else { return node.range.lowerBound }
        return JSONNode(storage: storage, index: node.index - 1).range.lowerBound
    }

    private func isMember(_ index: Int) -> Bool {
        // The container is the last token before this one that reaches beyond it.
        var container = index - 1
        while container > 0, Int(storage.tokens[container].next) <= index { container -= 1 }
        return storage.tokens[container].kind == .object
    }
}

/// Events into trees: follows aliases, merges mappings, turns names into strings, keeps the limits.
///
/// kubectl reads manifests by sigs.k8s.io/yaml, which is go-yaml v2 into untyped values and then JSON; what a scalar, a
/// name and a merge mean is decided as it decides. Stricter than kubectl are two things: a name twice in a mapping
/// is an error, where kubectl silently drops one of the two values, and `!!binary` is one, whose bytes JSON cannot hold.
struct YAMLComposer: ~Copyable {
    /// A value, where it stands, and what it costs with all aliases in it followed.
    fileprivate struct Node {
        var value: JSONValue
        var marks: YAMLMarkTree
        /// The scalar that the value comes from, for names of members.
        var scalar: YAMLScalarValue?
        var nodes = 1
        var textBytes = 0
        var depth = 0
        /// Written as the plain scalar `<<`.
        var isMerge = false
    }

    private var reader: YAMLEventReader
    private let bytes: [UInt8]
    private let limits: YAMLLimits
    /// Nil while the anchored value is being read: an alias then stands inside of what it means.
    private var anchors: [String: Node?] = [:]
    private var nodes = 0
    private var textBytes = 0
    private var depth = 0

    /// - Throws: ``YAMLError`` if the stream is too long.
    init(_ bytes: [UInt8], limits: YAMLLimits) throws(YAMLError) {
        guard bytes.count <= limits.bytes else {
            let problem = "the text has \(bytes.count) bytes, allowed are \(limits.bytes)"
            throw YAMLError(.limit, problem, at: nil, in: [])
        }
        reader = try YAMLEventReader(bytes)
        self.bytes = bytes
        self.limits = limits
    }

    /// The value of the next document and where its parts stand, nil at the end of the stream.
    mutating func nextDocument() throws(YAMLError) -> (value: JSONValue, marks: YAMLMarkTree)? {
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamEnd: return nil
            case .documentStart:
                anchors.removeAll()
                let node = try node(try reader.next())
                return (node.value, node.marks)
            default: continue  // the end of the document before
            }
        }
    }

    // MARK: Nodes

    private mutating func node(_ event: YAMLEvent) throws(YAMLError) -> Node {
        let node: Node
        let anchor: String?
        switch event.kind {
        case .alias(let name): return try alias(name, at: event.mark)
        case .scalar(let scalar, let name):
            node = try self.scalar(scalar, at: event.mark)
            anchor = name
        case .sequenceStart(let name):
            open(name)
            node = try sequence(at: event.mark)
            anchor = name
        case .mappingStart(let name):
            open(name)
            node = try mapping(at: event.mark)
            anchor = name
        default: throw failure(.parser, "there is no value here", at: event.mark)
        }
        if let anchor { anchors[anchor] = .some(node) }
        return node
    }

    private mutating func open(_ anchor: String?) {
        if let anchor { anchors.updateValue(nil, forKey: anchor) }
    }

    private mutating func alias(_ name: String, at mark: YAMLMark) throws(YAMLError) -> Node {
        guard let known = anchors[name] else {
            throw failure(.composer, "there is no anchor &\(name) before the alias *\(name)", at: mark)
        }
        guard var node = known else {
            throw failure(.composer, "the value of the anchor &\(name) contains itself", at: mark)
        }
        try count(nodes: node.nodes, textBytes: node.textBytes, at: mark)
        guard depth + node.depth <= limits.depth else { throw tooDeep(at: mark) }
        node.marks.mark = mark
        node.marks.keyMark = nil
        node.isMerge = false
        return node
    }

    private mutating func scalar(_ scalar: YAMLScalar, at mark: YAMLMark) throws(YAMLError) -> Node {
        let size = scalar.text.utf8.count
        try count(nodes: 1, textBytes: size, at: mark)
        let resolved: YAMLScalarValue
        do throws(YAMLScalarValue.Mismatch) {
            resolved = try YAMLScalarValue(scalar)
        } catch {
            throw failure(.resolver, error.problem, at: mark)
        }
        // What JSON cannot say is refused where it is used as a value; as a name it has a text.
        return Node(
            value: resolved.jsonValue ?? .null,
            marks: YAMLMarkTree(mark: mark),
            scalar: resolved,
            textBytes: size,
            isMerge: scalar.text == "<<" && (scalar.isPlain || scalar.tag == YAMLScalarValue.mergeTag)
        )
    }

    private mutating func sequence(at mark: YAMLMark) throws(YAMLError) -> Node {
        try enter(at: mark)
        var elements: [JSONValue] = []
        var node = Node(value: .null, marks: YAMLMarkTree(mark: mark), depth: 1)
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind { break }
            let element = try value(try self.node(event))
            elements.append(element.value)
            node.add(element)
        }
        depth -= 1
        node.value = .array(elements)
        return node
    }

    private mutating func mapping(at mark: YAMLMark) throws(YAMLError) -> Node {
        try enter(at: mark)
        var members = YAMLMembers()
        var node = Node(value: .null, marks: YAMLMarkTree(mark: mark), depth: 1)
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind { break }
            let key = try self.node(event)
            var member = try value(try self.node(try reader.next()))
            node.count(key)
            node.count(member)
            if key.isMerge {
                try merge(member, into: &members)
                continue
            }
            let name = try name(key)
            member.marks.keyMark = key.marks.mark
            guard members.set(name, member.value, member.marks) else {
                let problem = "the name \"\(name)\" stands twice in this mapping: take one out"
                throw failure(.composer, problem, at: key.marks.mark)
            }
        }
        depth -= 1
        node.value = .object(JSONObject(uniqueMembers: members.members))
        node.marks.children = members.marks
        return node
    }

    // MARK: Merging

    /// `<<` sets the members of other mappings at its place: over what stands before it, under what stands after. Of
    /// several mappings the first counts most. (go-yaml v2 does so; YAML's own type repository would let members of the
    /// mapping itself win wherever they stand.)
    private func merge(_ source: Node, into members: inout YAMLMembers) throws(YAMLError) {
        switch source.value {
        case .object(let object): members.merge(object, source.marks)
        case .array(let elements):
            for (element, marks) in zip(elements, source.marks.children).reversed() {
                guard let object = element.objectValue else { throw notMergeable(at: marks.mark) }
                members.merge(object, marks)
            }
        default: throw notMergeable(at: source.marks.mark)
        }
    }

    private func notMergeable(at mark: YAMLMark) -> YAMLError {
        failure(.composer, "'<<' merges a mapping or a sequence of mappings, this is neither", at: mark)
    }

    // MARK: Checks

    private func name(_ key: Node) throws(YAMLError) -> String {
        guard let scalar = key.scalar else {
            throw failure(
                .composer,
                "the name of a member is a scalar, not a mapping or a sequence",
                at: key.marks.mark
            )
        }
        guard let name = scalar.memberName else {
            throw failure(
                .composer,
                "\(scalar.noun) cannot be the name of a member: put it in quotes",
                at: key.marks.mark
            )
        }
        return name
    }

    private func value(_ node: Node) throws(YAMLError) -> Node {
        if let scalar = node.scalar, scalar.jsonValue == nil {
            throw failure(.resolver, "JSON has no number for \(scalar.noun): put it in quotes", at: node.marks.mark)
        }
        return node
    }

    private mutating func enter(at mark: YAMLMark) throws(YAMLError) {
        try count(nodes: 1, textBytes: 0, at: mark)
        depth += 1
        guard depth <= limits.depth else { throw tooDeep(at: mark) }
    }

    private mutating func count(nodes: Int, textBytes: Int, at mark: YAMLMark) throws(YAMLError) {
        self.nodes += nodes
        self.textBytes += textBytes
        guard self.nodes <= limits.nodes else {
            throw failure(.limit, "with its aliases followed the text has more than \(limits.nodes) values", at: mark)
        }
        guard self.textBytes <= limits.textBytes else {
            let problem = "with its aliases followed the text has more than \(limits.textBytes) bytes in its values"
            throw failure(.limit, problem, at: mark)
        }
    }

    private func tooDeep(at mark: YAMLMark) -> YAMLError {
        failure(.limit, "more than \(limits.depth) sequences and mappings stand inside each other", at: mark)
    }

    private func failure(_ stage: YAMLError.Stage, _ problem: String, at mark: YAMLMark) -> YAMLError {
        YAMLError(stage, problem, at: mark, in: bytes)
    }
}

extension YAMLComposer.Node {
    /// Takes over the cost of a node inside this one.
    fileprivate mutating func count(_ child: Self) {
        nodes += child.nodes
        textBytes += child.textBytes
        depth = max(depth, child.depth + 1)
    }

    /// Takes over the cost and the place of an element.
    fileprivate mutating func add(_ element: Self) {
        count(element)
        marks.children.append(element.marks)
    }
}

/// The members of a mapping in the course of being read.
private struct YAMLMembers {
    private(set) var members: [JSONObject.Member] = []
    private(set) var marks: [YAMLMarkTree] = []
    private var places: [ByteKey: Int] = [:]
    private var written: Set<ByteKey> = []

    /// False if that name has been written in this mapping before; merged ones do not count.
    mutating func set(_ name: String, _ value: JSONValue, _ mark: YAMLMarkTree) -> Bool {
        let key = ByteKey(name)
        guard written.insert(key).inserted else { return false }
        put(key, value, mark)
        return true
    }

    mutating func merge(_ object: JSONObject, _ marks: YAMLMarkTree) {
        for (member, mark) in zip(object.members, marks.children) { put(ByteKey(member.key), member.value, mark) }
    }

    private mutating func put(_ key: ByteKey, _ value: JSONValue, _ mark: YAMLMarkTree) {
        if let place = places[key] {
            members[place].value = value
            marks[place] = mark
        } else {
            places[key] = members.count
            members.append(JSONObject.Member(key: key.text, value: value))
            marks.append(mark)
        }
    }
}

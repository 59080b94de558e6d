import Document

/// Rewrites a YAML document so that it says something else, and keeps every line that need not change: comments, quoting,
/// indentation and order stay the user's own.
///
/// It reads block style by its indentation alone and knows nothing of anchors, tags, flow style or odd quoting. It need not:
/// whatever it produces is parsed again, and if that is not the wanted value it gives up.
enum YAMLEditor {
    /// The document's new text; nil if it cannot be edited line by line.
    static func rewrite(_ text: String, from old: JSONValue, to new: JSONValue) -> String? {
        guard old != new else { return text }
        guard !text.utf8.contains(UInt8(ascii: "\r")) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { YAMLLine(String($0)) }
        let endsWithNewline = lines.last?.text.isEmpty == true
        if endsWithNewline { lines.removeLast() }
        let bodyStart = lines.firstIndex { $0.isContent && !$0.isDocumentMark } ?? lines.count
        let bodyEnd = lines[bodyStart...].firstIndex { $0.isDocumentMark } ?? lines.count
        guard let body = block(Array(lines[bodyStart..<bodyEnd]), from: old, to: new) else { return nil }
        let result = (lines[..<bodyStart] + body + lines[bodyEnd...]).map(\.text).joined(separator: "\n") + "\n"
        return says(result, new) ? result : nil
    }

    /// Whether text is one document of just this value.
    private static func says(_ text: String, _ value: JSONValue) -> Bool {
        do {
            let documents = try YAMLDocument.parse(Array(text.utf8))
            return documents.count == 1 && documents[0].value.isEquivalent(to: value)
        } catch {
            return false
        }
    }

    /// Edits a mapping or sequence in block style that fills the given lines.
    private static func block(_ lines: [YAMLLine], from old: JSONValue, to new: JSONValue) -> [YAMLLine]? {
        switch (old, new) {
        case (.object(let old), .object(let new)) where !old.isEmpty && !new.isEmpty:
            mapping(lines, from: old, to: new)
        case (.array(let old), .array(let new)) where !old.isEmpty && !new.isEmpty:
            sequence(lines, from: old, to: new)
        default:
            nil
        }
    }

    private static func mapping(_ lines: [YAMLLine], from old: JSONObject, to new: JSONObject) -> [YAMLLine]? {
        guard let block = YAMLBlock(mapping: lines), block.parts.map(\.key) == old.keys else { return nil }
        let indent = block.indent
        var editor = YAMLBlockEditor(block)
        let retained = old.keys.filter { new.contains($0) }
        guard retained == new.keys.filter({ old.contains($0) }) else { return nil }
        for key in new.keys {
            guard let target = new[key] else { continue }
            guard let current = old[key], let part = block.parts.first(where: { $0.key == key }) else {
                editor.insert(serialized(.object([key: target]), indent: indent))
                continue
            }
            editor.advance(to: part)
            guard current != target else {
                editor.keep(part)
                continue
            }
            let edited = member(part, indent: indent, from: current, to: target)
            editor.replace(part, with: edited ?? serialized(.object([key: target]), indent: indent))
        }
        return editor.finish()
    }

    /// A member of a mapping with its key's line kept: a nested block edited, a value in flow style unfolded and edited.
    private static func member(
        _ part: YAMLBlock.Part,
        indent: Int,
        from old: JSONValue,
        to new: JSONValue
    ) -> [YAMLLine]? {
        guard let head = part.content.first else { return nil }
        let following = part.content.dropFirst()
        if part.isNested { return block(Array(following), from: old, to: new).map { [head] + $0 } }
        guard let (key, value) = YAMLBlock.split(head),
            let flow = YAMLFlow([value] + following.map { $0.text[...] }, indent: indent + 2),
            let edited = block(flow.lines, from: old, to: new)
        else { return nil }
        let comment = flow.rest.isEmpty ? "" : "  \(flow.rest)"
        return [YAMLLine("\(key)\(comment)")] + edited
    }

    /// An item of a sequence, its dash blanked out as if it stood alone.
    private static func item(_ lines: [YAMLLine], indent: Int, from old: JSONValue, to new: JSONValue) -> [YAMLLine]? {
        if let edited = block(lines, from: old, to: new) { return edited }
        guard let flow = YAMLFlow(lines.map(\.body), indent: indent + 2), flow.rest.isEmpty else { return nil }
        return block(flow.lines, from: old, to: new)
    }

    private static func sequence(_ lines: [YAMLLine], from old: [JSONValue], to new: [JSONValue]) -> [YAMLLine]? {
        guard let block = YAMLBlock(sequence: lines), block.parts.count == old.count else { return nil }
        let indent = block.indent
        let names = old.map(identity)
        var editor = YAMLBlockEditor(block)
        var next = 0
        for target in new {
            let name = identity(target)
            guard let index = names.indices.dropFirst(next).first(where: { names[$0] == name }) else {
                editor.insert(serialized(.array([target]), indent: indent))
                continue
            }
            next = index + 1
            let part = block.parts[index]
            editor.advance(to: part)
            guard old[index] != target else {
                editor.keep(part)
                continue
            }
            // The dash of the first line is blanked out while the item is edited, as if it stood alone.
            let bare = [part.content[0].replacingDash(with: " ", at: indent)] + part.content.dropFirst()
            if let edited = item(bare, indent: indent, from: old[index], to: target), let first = edited.first {
                editor.replace(part, with: [first.replacingDash(with: "-", at: indent)] + edited.dropFirst())
            } else {
                editor.replace(part, with: serialized(.array([target]), indent: indent))
            }
        }
        return editor.finish()
    }

    /// What tells the items of Kubernetes' lists apart; items without such fields are told apart by all that they are.
    private static func identity(_ item: JSONValue) -> [String] {
        guard item.objectValue != nil else { return [item.serializedString()] }
        let fields = [
            item["kind"], item["metadata"]?["namespace"], item["metadata"]?["name"], item["name"], item["mountPath"],
            item["secretRef"]?["name"], item["configMapRef"]?["name"],
        ].map { $0?.stringValue ?? "" }
        return fields.allSatisfy(\.isEmpty) ? [item.serializedString()] : fields
    }

    /// A value as lines of block style at an indentation.
    private static func serialized(_ value: JSONValue, indent: Int) -> [YAMLLine] {
        var lines = YAMLDocument.serialize(value).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let margin = String(repeating: " ", count: indent)
        return lines.map { YAMLLine($0.isEmpty ? "" : margin + $0) }
    }
}

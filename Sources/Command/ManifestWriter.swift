import Document

/// Writes documents as one stream that kubectl reads, in the users' own bytes wherever they say the right thing.
enum ManifestWriter {
    /// One document to be written.
    struct Document: Sendable {
        /// What it says; nil where there are only comments.
        var value: JSONValue?
        /// The notation of the input that it comes from.
        var format: ManifestFormat
        /// Its bytes in the input, if they still say the same or can be made to.
        var text: String?
        /// Whether JSON is to be spread over lines.
        var isPretty: Bool
        /// The input that it stands in and its place there; nil for one that no input had.
        private(set) var origin: (source: String, index: Int)?

        /// A document of an input, whose value may have changed.
        init(_ manifest: Manifest, value: JSONValue) {
            let original = String(decoding: manifest.bytes, as: UTF8.self)
            self.value = value
            format = manifest.format
            origin = (manifest.source, manifest.index)
            isPretty = original.drop(while: \.isWhitespace).split(separator: "\n").count > 1
            guard let before = manifest.documents.first?.value, before != value else {
                text = original
                return
            }
            text = format == .yaml ? YAMLEditor.rewrite(original, from: before, to: value) : nil
        }

        /// What holds no document, or several that cannot be told apart: only its bytes count.
        init(untouched manifest: Manifest) {
            value = nil
            format = manifest.format
            text = String(decoding: manifest.bytes, as: UTF8.self)
            isPretty = true
            origin = (manifest.source, manifest.index)
        }

        /// A document that no input had.
        init(adding value: JSONValue, like manifest: Manifest) {
            self.value = value
            format = manifest.format
            isPretty = true
        }

        /// Whether it stands right behind another in the same input, so that their bytes fit together as they are.
        func follows(_ other: Document?) -> Bool {
            guard let origin, let before = other?.origin else { return false }
            return origin.source == before.source && origin.index == before.index + 1
        }
    }

    /// The stream. Without a format of choice it is JSON if every document was, else YAML.
    static func text(_ documents: [Document], as format: ManifestFormat?) -> String {
        let isJSON = documents.allSatisfy { $0.format == .json }
        switch format ?? (isJSON ? .json : .yaml) {
        case .json: return json(documents)
        case .yaml: return yaml(documents)
        }
    }

    private static func json(_ documents: [Document]) -> String {
        var result = ""
        for document in documents {
            guard let value = document.value else { continue }
            breakLine(&result)
            if document.format == .json, let text = document.text {
                result += text
            } else {
                result += document.isPretty ? value.prettySerialized() : value.serializedString()
                breakLine(&result)
            }
        }
        return result
    }

    private static func yaml(_ documents: [Document]) -> String {
        var result = ""
        var previous: Document?
        for document in documents {
            if document.format == .yaml, let text = document.text {
                if document.follows(previous) { result += text } else { append(text, to: &result) }
            } else if let value = document.value {
                append(YAMLDocument.serialize(value), to: &result)
            }
            previous = document
        }
        return result
    }

    /// Appends a document with the separator that it needs.
    private static func append(_ text: String, to result: inout String) {
        if !result.isEmpty {
            breakLine(&result)
            if text.hasPrefix("%") {
                result += "...\n"
            } else if !DocumentSplitter.beginsWithSeparator(text), !result.hasSuffix("\n...\n") {
                result += "---\n"
            }
        }
        result += text
    }

    private static func breakLine(_ text: inout String) {
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    }
}

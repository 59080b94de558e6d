import Document
import Kubernetes

/// The notations in which manifests are written.
enum ManifestFormat: String, Sendable, CaseIterable {
    case json, yaml
}

/// One document of an input: its bytes, its value, and where it came from.
struct Manifest: Sendable {
    /// The input's name as the user gave it.
    var source: String
    /// Its place among the documents of the input, from 0.
    var index: Int
    /// Its bytes in the input, separator and comments included.
    var bytes: [UInt8]
    /// The notation of the bytes.
    var format: ManifestFormat
    /// The parsed documents: one; none where there are but comments.
    var documents: [Parsed]

    /// A value and the way from its parts to lines.
    struct Parsed: Sendable {
        var value: JSONValue
        /// The piece of the input that holds it, which begins on this line of the input.
        var text: [UInt8]
        var firstLine: Int
        var position: @Sendable (JSONPointer) -> SourcePosition?
    }
}

/// A line and a column of an input, both from 1.
struct SourcePosition: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// What is wrong with an input as text: it cannot be read, or not be parsed.
struct InputFault: Error, Sendable, Hashable, CustomStringConvertible {
    var source: String
    var position: SourcePosition?
    var message: String
    /// The line in question with a caret under the place, where that helps.
    var picture: String?

    init(source: String, position: SourcePosition?, message: String, picture: String? = nil) {
        self.source = source
        self.position = position
        self.message = message
        self.picture = picture
    }

    /// An input that could not be read at all.
    init(_ error: FileError, source: String) {
        self.init(source: source, position: nil, message: "cannot \(error.attempt) it: \(error.reason)")
    }

    /// `a.yaml:3:7: error: message`, and the picture under it.
    var description: String {
        let place = position.map { "\(source):\($0.line):\($0.column)" } ?? source
        return "\(place): error: \(message)" + (picture.map { "\n\($0)" } ?? "")
    }
}

/// One input taken apart.
struct ManifestStream: Sendable {
    /// The input's name as the user gave it.
    var source: String
    /// The notation that it is in.
    var format: ManifestFormat
    /// Its documents in order: joined, their bytes are the input.
    var manifests: [Manifest]
}

extension ManifestStream {
    /// Parses an input. JSON is told from YAML as kubectl tells it, by a leading brace; what then turns out not to be JSON
    /// may still be YAML in flow style.
    static func parse(_ bytes: [UInt8], source: String) -> Result<ManifestStream, InputFaults> {
        // libyaml reads UTF-16 as well, but what is to come out as it went in must go through a String.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let fault = InputFault(source: source, position: nil, message: "the text is not UTF-8: save it as UTF-8")
            return .failure(InputFaults(faults: [fault]))
        }
        if DocumentSplitter.looksLikeJSON(bytes) {
            let json = parseJSON(bytes, source: source)
            if case .success = json { return json }
            let yaml = parseYAML(bytes, source: source)
            if case .success = yaml { return yaml }
            return json
        }
        return parseYAML(bytes, source: source)
    }

    private static func parseJSON(_ bytes: [UInt8], source: String) -> Result<ManifestStream, InputFaults> {
        // What cannot be cut is parsed as a whole, for the sake of the parser's words on what is wrong with it.
        let pieces = DocumentSplitter.json(bytes) ?? [DocumentSplitter.Piece(bytes: bytes, firstLine: 1)]
        return collect(pieces, source: source, format: .json) { piece throws(InputFault) in
            do throws(JSONError) {
                _ = try JSONTape(parsing: piece.bytes)
            } catch {
                throw InputFault(
                    source: source,
                    position: SourcePosition(line: error.line + piece.firstLine - 1, column: error.column),
                    message: "found \(error.found), expected \(error.expected)"
                )
            }
            return try documents(of: piece, source: source)
        }
    }

    private static func parseYAML(_ bytes: [UInt8], source: String) -> Result<ManifestStream, InputFaults> {
        collect(DocumentSplitter.yaml(bytes), source: source, format: .yaml) { piece throws(InputFault) in
            try documents(of: piece, source: source)
        }
    }

    /// The documents of a piece, which has one unless it holds but comments.
    private static func documents(
        of piece: DocumentSplitter.Piece,
        source: String
    ) throws(InputFault) -> [Manifest.Parsed] {
        let shift = piece.firstLine - 1
        do throws(YAMLError) {
            return try YAMLDocument.parse(piece.bytes).map { document in
                Manifest.Parsed(value: document.value, text: piece.bytes, firstLine: piece.firstLine) { pointer in
                    document.keyMark(at: pointer).map { SourcePosition(line: $0.line + shift, column: $0.column) }
                }
            }
        } catch {
            throw InputFault(
                source: source,
                position: error.mark.map { SourcePosition(line: $0.line + shift, column: $0.column) },
                message: error.context.map { "\(error.problem) (\($0))" } ?? error.problem,
                picture: error.sourceLine.flatMap { line in error.caret.map { "  \(line)\n  \($0)" } }
            )
        }
    }

    private static func collect(
        _ pieces: [DocumentSplitter.Piece],
        source: String,
        format: ManifestFormat,
        _ parse: (DocumentSplitter.Piece) throws(InputFault) -> [Manifest.Parsed]
    ) -> Result<ManifestStream, InputFaults> {
        var manifests: [Manifest] = []
        var faults: [InputFault] = []
        for (index, piece) in pieces.enumerated() {
            do {
                manifests.append(
                    Manifest(
                        source: source,
                        index: index,
                        bytes: piece.bytes,
                        format: format,
                        documents: try parse(piece)
                    )
                )
            } catch {
                faults.append(error)
            }
        }
        guard faults.isEmpty else { return .failure(InputFaults(faults: faults)) }
        return .success(ManifestStream(source: source, format: format, manifests: manifests))
    }
}

/// All faults of one input.
struct InputFaults: Error, Sendable, Hashable {
    var faults: [InputFault]
}

internal import CLibYAML

/// What libyaml finds one after the other.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case documentEnd
        case streamEnd
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    var kind: Kind
    var mark: YAMLMark
}

/// A scalar as it is written, without a type yet.
struct YAMLScalar {
    var text: String
    /// The tag in its long form, nil if none is written.
    var tag: String?
    /// It is written without quotes and without a tag: the text may mean something other than a string.
    var isPlain: Bool
}

/// Owns a libyaml parser and the bytes that it reads; everything is freed when this goes, however reading ended.
///
/// Safe to use: both pointers are allocated in `init`, freed in `deinit` and nowhere else, and never handed out.
@safe
struct YAMLEventReader: ~Copyable {
    // libyaml keeps pointers to the parser and to the bytes, so both need an address that stays.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let storage: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]

    /// - Throws: ``YAMLError`` if there is no memory for a parser.
    init(_ bytes: [UInt8]) throws(YAMLError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        // yaml_parser_initialize
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw YAMLError(.memory, "there is no memory for a YAML parser", at: nil, in: [])
        }
        unsafe self.parser = unsafe parser
        let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = unsafe storage.initialize(fromContentsOf: bytes)
        unsafe self.storage = unsafe storage
        self.bytes = bytes
        unsafe yaml_parser_set_input_string(parser, UnsafePointer(storage.baseAddress), bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe storage.deallocate()
    }

    /// The next event; after the last one, again and again, ``YAMLEvent/Kind/streamEnd``.
    ///
    /// - Throws: ``YAMLError`` for what libyaml does not accept; it must not be called again then.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&event) }
            if let kind = unsafe Self.kind(of: event) {
                return YAMLEvent(kind: kind, mark: YAMLMark(unsafe event.start_mark))
            }
        }
    }

    /// Nil for the beginning of the stream, which says nothing.
    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind? {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return nil
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(unsafe text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let data = unsafe event.data.scalar
            let value = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
            let scalar = YAMLScalar(
                text: unsafe String(decoding: value, as: UTF8.self),
                tag: unsafe text(data.tag),
                isPlain: unsafe data.plain_implicit == 1 && data.style == YAML_PLAIN_SCALAR_STYLE
            )
            return .scalar(scalar, anchor: unsafe text(data.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: unsafe text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: unsafe text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd  // also YAML_NO_EVENT, which comes after the end
        }
    }

    private static func text(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let characters = unsafe characters else { return nil }
        return unsafe String(cString: characters)
    }

    /// The parser's own account of its failure.
    private func failure() -> YAMLError {
        let problem = unsafe Self.message(parser.pointee.problem)
        let context = unsafe Self.message(parser.pointee.context)
        let problemMark = YAMLMark(unsafe parser.pointee.problem_mark)
        let contextMark = YAMLMark(unsafe parser.pointee.context_mark)
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(.memory, "there is no memory to go on", at: nil, in: bytes)
        case YAML_READER_ERROR:
            let position = TextPosition(of: unsafe parser.pointee.problem_offset, in: bytes)
            let mark = YAMLMark(line: position.line, column: position.column)
            return YAMLError(.reader, problem ?? "these bytes are no text", at: mark, in: bytes)
        case YAML_SCANNER_ERROR:
            let origin = context.map { "\($0) at \(contextMark)" }
            return YAMLError(.scanner, problem ?? "this is no YAML", at: problemMark, context: origin, in: bytes)
        default:
            let origin = context.map { "\($0) at \(contextMark)" }
            return YAMLError(.parser, problem ?? "this is no YAML", at: problemMark, context: origin, in: bytes)
        }
    }

    private static func message(_ characters: UnsafePointer<CChar>?) -> String? {
        guard let characters = unsafe characters else { return nil }
        return unsafe String(cString: characters)
    }
}

extension YAMLMark {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

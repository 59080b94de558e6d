/// A `vernemq.conf`, read as VerneMQ reads it (the grammar of its configuration library, cuttlefish), with everything that
/// is wrong with it as a text.
///
/// Whether keys exist and values fit them is for others to say; here are the rules of the file: comments that cut values,
/// quotes, references, includes, duplicates. Every rule that takes effect in silence is told.
public struct ConfigurationFile: Sendable {
    /// The settings that count, in the order in which they stand: of duplicates the last one, as VerneMQ has it.
    public private(set) var settings: [Setting] = []
    /// Everything that is wrong with, or unwise in, the text; at most ``findingLimit``. Paths end in `:LINE:COLUMN`, both
    /// from 1, columns in Unicode scalars.
    public private(set) var findings: [Finding] = []
    /// The value paths of settings whose value cannot be known here, because it refers to a variable or a file of the
    /// broker's container: what is said about such a value is not about the real one.
    public private(set) var unresolved: Set<String> = []

    /// The longest text that is read, in bytes. The API server takes 1 MiB for a whole ConfigMap; a broker gets its settings
    /// as environment variables at boot, all of which together Linux bounds too, and no real configuration comes near this.
    public static let sizeLimit = 256 * 1024
    /// How many findings are told; what a text has beyond them is counted in the last one.
    public static let findingLimit = 100

    /// Who is going to read the text.
    public enum Reader: Sendable {
        /// The operator, which passes settings on one by one: there is no file beside it that could be included, and no
        /// environment whose variables could be referred to.
        case `operator`
        /// A broker, which finds such things in its container. `include` gives the files that a pattern names, as seen from
        /// the directory of the file that includes; nil where nobody can look.
        case broker(include: (@Sendable (_ pattern: String, _ includingFile: String) -> [IncludedFile])?)
    }

    /// A file that an `include` line names.
    public struct IncludedFile: Sendable, Hashable {
        /// The path under which findings speak of it, and from whose directory its own includes are looked for.
        public var path: String
        /// Its text, or why it could not be read.
        public var contents: Result<String, Unreadable>

        /// A file that was read, or could not be.
        public init(path: String, contents: Result<String, Unreadable>) {
            self.path = path
            self.contents = contents
        }
    }

    /// Why an included file could not be read, as a clause.
    public struct Unreadable: Error, Sendable, Hashable {
        /// The clause.
        public var reason: String

        /// With that reason.
        public init(_ reason: String) {
            self.reason = reason
        }
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the text, with any line ends, with or without a byte order mark.
    ///   - path: what findings and settings give as their path before the line: `data[vernemq.conf]`, a file's name.
    ///   - source: which kind of source the settings come from.
    ///   - reader: who is going to read it.
    public init(parsing text: String, at path: String, source: Setting.Source = .file, reader: Reader = .operator) {
        var assembly = ConfigurationAssembly(source: source, reader: reader)
        assembly.add(text, at: path)
        assembly.resolve()
        settings = assembly.settings
        unresolved = assembly.unresolved
        findings = Self.bounded(assembly.findings)
    }

    private static func bounded(_ findings: [Finding]) -> [Finding] {
        guard findings.count > findingLimit else { return findings }
        // Errors first: warnings must not crowd out what refuses the text.
        let ordered = findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
        var kept = Array(ordered.prefix(findingLimit - 1))
        guard let next = ordered.dropFirst(findingLimit - 1).first else { return kept }
        kept.append(
            Finding(
                next.severity,
                path: next.path,
                problem: "this and \(findings.count - findingLimit) more findings are not told",
                remedy: "mend the ones that are, and look again"
            )
        )
        return kept
    }
}

/// The end of a path that leads into a text: `data[vernemq.conf]:12:24`.
public struct TextPlace: Sendable, Hashable {
    /// What stands before the line: `data[vernemq.conf]`.
    public var path: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int

    /// Takes a path apart; nil for one that does not end in `:LINE:COLUMN`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let last = parts.last, let column = Self.number(last),
            let line = Self.number(parts[parts.count - 2])
        else { return nil }
        self.line = line
        self.column = column
        path = String(text.dropLast(last.count + parts[parts.count - 2].count + 2))
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return Int(text).flatMap { $0 > 0 ? $0 : nil }
    }
}

/// Makes settings of the lines of a `vernemq.conf` and of what it includes: includes followed, duplicates resolved,
/// references replaced.
struct ConfigurationAssembly {
    private(set) var settings: [Setting] = []
    private(set) var findings: [Finding] = []
    private(set) var unresolved: Set<String> = []

    private let source: Setting.Source
    private let reader: ConfigurationFile.Reader
    /// The files on the way to the one that is being read.
    private var ancestors: [String] = []
    private var length = 0

    /// How deep includes may stand in one another, and how many bytes all files may have together.
    private static let depthLimit = 8
    private static let totalLimit = 4 * ConfigurationFile.sizeLimit

    init(source: Setting.Source, reader: ConfigurationFile.Reader) {
        self.source = source
        self.reader = reader
    }

    /// Reads a text and what it includes.
    mutating func add(_ text: String, at path: String) {
        let count = text.utf8.count
        length += count
        guard count <= ConfigurationFile.sizeLimit, length <= Self.totalLimit else {
            fault(
                at: path,
                "the configuration is \(count) bytes long",
                "at most \(ConfigurationFile.sizeLimit) bytes; leave comments out"
            )
            return
        }
        let read = ConfigurationLines(text, at: path)
        findings += read.findings
        ancestors.append(path)
        for line in read.lines {
            switch line {
            case .setting(let entry):
                judgeTextualKeys(entry)
                settings.append(
                    Setting(
                        entry.key,
                        entry.value,
                        keyPath: entry.keyPath,
                        valuePath: entry.valuePath,
                        source: source
                    )
                )
            case .include(let pattern, let place):
                include(pattern, from: path, place)
            }
        }
        ancestors.removeLast()
    }

    private mutating func fault(
        _ severity: Finding.Severity = .error,
        at path: String,
        value: String? = nil,
        _ problem: String,
        _ remedy: String
    ) {
        let shown = value.map(\.shortened)
        findings.append(Finding(severity, path: path, value: shown, problem: problem, remedy: remedy))
    }

    /// `nodename` and `distributed_cookie` are read a second time, as text and from the main file only, by the scripts that
    /// start a broker: they do not know quotes, comments or tabs.
    private mutating func judgeTextualKeys(_ entry: ConfigurationLines.Entry) {
        guard entry.key == "nodename" || entry.key == "distributed_cookie", case .broker = reader else { return }
        let oddity: String? =
            if ancestors.count > 1 {
                "stands in an included file"
            } else if entry.quotes != .none {
                "is quoted"
            } else if entry.hasComment {
                "has a comment behind it"
            } else if entry.isIndentedByTab {
                "is indented by a tab"
            } else if entry.value.contains("=") {
                "has an = in its value"
            } else {
                nil
            }
        guard let oddity else { return }
        fault(
            .warning,
            at: entry.keyPath,
            value: entry.key,
            "\(oddity), and the start scripts read this line as plain text",
            "write it at the start of a line of the main file, without quotes or a comment"
        )
    }

    // MARK: - Includes

    private mutating func include(_ pattern: String, from path: String, _ place: String) {
        guard case .broker(let include) = reader else {
            fault(
                at: place,
                value: pattern,
                "there is no file beside this text that could be included",
                "put the settings here"
            )
            return
        }
        guard let include else { return }
        guard ancestors.count <= Self.depthLimit else {
            fault(
                at: place,
                value: pattern,
                "includes stand in one another too deeply",
                "at most \(Self.depthLimit) levels"
            )
            return
        }
        let files = include(pattern, path)
        if files.isEmpty {
            fault(
                .warning,
                at: place,
                value: pattern,
                "finds no file, and VerneMQ goes on without a word",
                "the name is looked for from the directory of the file that includes it"
            )
        }
        for file in files {
            guard !ancestors.contains(file.path) else {
                fault(at: place, value: pattern, "includes \(file.path) in itself", "remove the line")
                continue
            }
            switch file.contents {
            case .success(let text): add(text, at: file.path)
            case .failure(let error):
                fault(at: place, value: pattern, "cannot read \(file.path): \(error.reason)", "mend or remove it")
            }
        }
    }

    // MARK: - Duplicates and references

    /// Leaves of each key the last setting, and replaces references in values.
    mutating func resolve() {
        var last: [String: Int] = [:]
        var isOverridden = [Bool](repeating: false, count: settings.count)
        for (index, setting) in settings.enumerated() {
            guard let earlier = last.updateValue(index, forKey: setting.key) else { continue }
            isOverridden[earlier] = true
            let before = Self.place(of: settings[earlier].keyPath, seenFrom: setting.keyPath)
            fault(
                .warning,
                at: setting.keyPath,
                value: setting.key,
                "stands in \(before) as well, and VerneMQ takes the last one without a word",
                "remove one of the two"
            )
        }
        let counting = settings.indices.filter { !isOverridden[$0] }.map { settings[$0] }
        var references = ConfigurationReferences(counting)
        settings = []
        for var setting in counting {
            do throws(ConfigurationReferences.Fault) {
                setting.value = try references.value(of: setting)
                settings.append(setting)
            } catch {
                if report(error, in: setting) { settings.append(setting) }
            }
        }
    }

    /// `line 3`, with the file before it where that is another one.
    private static func place(of path: String, seenFrom other: String) -> String {
        guard let place = TextPlace(path) else { return path }
        return TextPlace(other)?.path == place.path ? "line \(place.line)" : "\(place.path), line \(place.line)"
    }

    /// Whether the setting is there all the same, with a value that only the broker's container knows.
    private mutating func report(_ fault: ConfigurationReferences.Fault, in setting: Setting) -> Bool {
        if case .broker = reader, fault.isKnownToContainer {
            unresolved.insert(setting.valuePath)
            self.fault(
                .warning,
                at: setting.valuePath,
                value: fault.reference,
                "\(fault.problem), so the value of \(setting.key) cannot be checked here",
                "see that the broker's container has it: without it the broker does not start"
            )
            return true
        }
        let remedy =
            fault.isKnownToContainer ? "write the value, or the name of a key that this text sets" : fault.remedy
        self.fault(
            at: setting.valuePath,
            value: fault.reference,
            "\(fault.problem), in the value of \(setting.key)",
            remedy
        )
        return false
    }
}

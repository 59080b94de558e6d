public import Logging

/// Writes each event as one line of JSON, for log collectors.
///
/// The fields are `time` (RFC 3339, UTC, milliseconds), `level`, `logger`, `message`, and then the event's metadata, each
/// entry as a field of its own, ordered by name. Metadata under a name that speaks of a password, a token or a key is
/// written as `[redacted]`.
public struct JSONLogHandler: LogHandler {
    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// What is added to each event.
    public var metadata: Logger.Metadata = [:]
    /// What is added to each event, as it is at that moment.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let clock: @Sendable () -> (seconds: Int, nanoseconds: Int)

    /// A handler for one logger.
    public init(label: String, level: Logger.Level, output: LogOutput = .standardError) {
        self.init(label: label, level: level, output: output, clock: { UTCTime.now })
    }

    init(
        label: String,
        level: Logger.Level,
        output: LogOutput,
        clock: @escaping @Sendable () -> (seconds: Int, nanoseconds: Int)
    ) {
        self.label = label
        logLevel = level
        self.output = output
        self.clock = clock
    }

    /// Makes this handler the one of every logger in the process. Call it once, first.
    public static func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
    }

    /// One entry of the metadata that is added to each event.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an event.
    public func log(event: LogEvent) {
        var line = JSONLine()
        let (seconds, nanoseconds) = clock()
        line.add("time", JSONLine.timestamp(seconds: seconds, nanoseconds: nanoseconds))
        line.add("level", event.level.rawValue)
        line.add("logger", label)
        line.add("message", "\(event.message)")
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { line.add(name, value) }
        output.write(line.end())
    }
}

import Logging
import Telemetry

/// Writes each event as one line for people at a terminal: time, level, message, metadata.
struct TextLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let write: @Sendable (String) -> Void

    init(level: Logger.Level, write: @escaping @Sendable (String) -> Void = Console.standard.report) {
        logLevel = level
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let own = event.metadata { fields.merge(own) { $1 } }
        let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
        let time = UTCTime(secondsSince1970: UTCTime.now.seconds)
        let level = event.level.rawValue.uppercased()
        write("\(time) \(level) \(event.message)\(pairs.joined())")
    }

    /// A value that spaces or line breaks would tear apart is quoted.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
        return isPlain ? value : value.debugDescription
    }
}

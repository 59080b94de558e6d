import Foundation

/// What figures were measured on.
public enum Machine {
    /// Processors, kernel and load, as a clause.
    public static func description() throws -> String {
        let processor = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let kernel = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return "\(ProcessInfo.processInfo.processorCount) processors (\(processor ?? "unknown")), Linux "
            + "\(kernel.trimmingCharacters(in: .newlines)), load before the start \(try load())"
    }

    /// The load of the last minute, as the kernel writes it.
    public static func load() throws -> String {
        String(try String(contentsOfFile: "/proc/loadavg", encoding: .utf8).split(separator: " ").first ?? "")
    }
}

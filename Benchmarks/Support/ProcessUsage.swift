import Foundation

/// What a process uses, from /proc.
public struct ProcessUsage: Sendable {
    let identifier: Int32

    /// The usage of the process of that number.
    public init(identifier: Int32) {
        self.identifier = identifier
    }

    /// Seconds of CPU that it has used, in all its threads, those that have ended included.
    public func cpuSeconds() throws -> Double {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(identifier, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
            throw BenchmarkError("process \(identifier) has ended")
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Resident memory, in MiB.
    public func residentMiB() throws -> Double { try mebibytes("VmRSS:") }

    /// The most memory that was ever resident, in MiB.
    public func peakMiB() throws -> Double { try mebibytes("VmHWM:") }

    private func mebibytes(_ field: String) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
        guard let kilobytes else { throw BenchmarkError("no \(field) in /proc/\(identifier)/status") }
        return kilobytes / 1024
    }
}

/// What a benchmark cannot go on after.
public struct BenchmarkError: Error, CustomStringConvertible {
    /// What happened.
    public var description: String

    /// An error that says what happened.
    public init(_ description: String) {
        self.description = description
    }
}

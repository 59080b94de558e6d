import Glibc

/// What Prometheus' client libraries tell about the process itself, under the names that they use.
public enum ProcessMetrics {
    /// Adds the metrics of this process to a registry.
    public static func register(in registry: MetricRegistry) {
        registry.observe(
            "process_resident_memory_bytes",
            help: "Resident memory size in bytes."
        ) { residentMemory() }
        registry.observe(
            "process_cpu_seconds_total",
            help: "Total user and system CPU time spent in seconds.",
            isCounter: true
        ) { cpuSeconds() }
        registry.observe("process_open_fds", help: "Number of open file descriptors.") { openDescriptors() }
        let start = UTCTime.now
        registry.observe(
            "process_start_time_seconds",
            help: "Start time of the process since unix epoch in seconds."
        ) { Double(start.seconds) }
    }

    /// The second field of /proc/self/statm counts pages.
    private static func residentMemory() -> Double? {
        let fields = read("/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE)))
    }

    private static func cpuSeconds() -> Double? {
        var usage = rusage()
        guard unsafe getrusage(CInt(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static func openDescriptors() -> Double? {
        guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory's own.
        return Double(max(0, count - 3))
    }

    private static func read(_ path: String) -> String {
        guard let file = unsafe fopen(path, "re") else { return "" }
        defer { unsafe fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let capacity = buffer.count
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, capacity, file) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

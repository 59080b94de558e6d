/// All figures of one server.
struct Result {
    /// A measurement and what it was of.
    struct Row {
        let bytes: Int
        let connections: Int
        let figures: Measurement
    }

    let name: String
    let remark: String
    let shippedMiB: Double
    /// Seconds from the start of the process to its first answer, the median.
    var start = 0.0
    var idleMiB = 0.0
    var peakMiB = 0.0
    /// For each idle connection that has been used once.
    var connectionKiB = 0.0
    var closed: [Row] = []
    var open: [Row] = []
    var fresh: [Row] = []

    /// The CPU time of a review of that size over 16 kept connections, in microseconds.
    func cpu(_ bytes: Int) -> Double { closed.row(bytes, 16)?.cpuMicroseconds ?? 0 }
    /// The CPU time of such a review with a handshake of its own.
    func freshCPU(_ bytes: Int) -> Double { fresh.row(bytes, 16)?.cpuMicroseconds ?? 0 }
    /// A latency of the open loop, in microseconds.
    func latency(_ bytes: Int, _ share: Double) -> Double { open.row(bytes, 16)?.percentile(share) ?? 0 }
}

extension [Result.Row] {
    /// The measurement of that size and number of connections.
    func row(_ bytes: Int, _ connections: Int) -> Measurement? {
        first { $0.bytes == bytes && $0.connections == connections }?.figures
    }
}

import BenchmarkSupport
import HTTP
import Transport

/// What a measurement came to.
struct Measurement {
    var requests = 0
    var seconds = 0.0
    /// Microseconds of each request, ascending.
    var latencies: [Double] = []
    /// What the server used meanwhile.
    var cpuSeconds = 0.0
    var residentMiB = 0.0

    var requestsPerSecond: Double { Double(requests) / seconds }

    func percentile(_ share: Double) -> Double {
        guard !latencies.isEmpty else { return 0 }
        return latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
    }
}

/// A closed loop: each connection sends the next request when the last one has been answered.
struct Load {
    let endpoint: HTTPClient.Endpoint
    let path: String
    let body: [UInt8]
    let connections: Int
    let loop: EventLoop

    /// Connects, warms up, and measures.
    ///
    /// - Parameter usage: the server's, which is looked at when the measurement begins and when it ends.
    func run(warmUp: Duration, length: Duration, _ usage: ProcessUsage) async throws -> Measurement {
        try await loop.run {
            let start = Deadline.after(warmUp)
            let end = start.advanced(by: length)
            return try await withThrowingTaskGroup(of: Measurement.self) { group in
                for _ in 0..<connections {
                    group.addTask { try await connection(from: start, to: end) }
                }
                group.addTask {
                    try await loop.sleep(until: start)
                    let before = try usage.cpuSeconds()
                    try await loop.sleep(until: end)
                    return Measurement(
                        cpuSeconds: try usage.cpuSeconds() - before,
                        residentMiB: try usage.residentMiB()
                    )
                }
                var total = Measurement()
                for try await part in group {
                    total.requests += part.requests
                    total.latencies += part.latencies
                    total.cpuSeconds += part.cpuSeconds
                    total.residentMiB += part.residentMiB
                }
                total.latencies.sort()
                total.seconds = length / .seconds(1)
                return total
            }
        }
    }

    private func connection(from start: Deadline, to end: Deadline) async throws -> Measurement {
        var result = Measurement()
        var client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(30)))
        var request = HTTPRequest(.post, path, body: body)
        request.fields["Content-Type"] = "application/json"
        request.fields["Accept"] = "application/json"
        request.fields["User-Agent"] = "kube-apiserver-benchmark"
        while true {
            if !client.isReusable {
                client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(30)))
            }
            let begun = Deadline.now
            guard begun < end else { break }
            let response = try await client.send(request, until: .after(.seconds(30)))
            guard response.status == .ok else {
                throw BenchmarkError(
                    "\(response.status): \(String(decoding: response.body.prefix(300), as: UTF8.self))"
                )
            }
            if begun >= start {
                result.requests += 1
                result.latencies.append(begun.elapsed / .microseconds(1))
            }
        }
        client.close()
        return result
    }
}

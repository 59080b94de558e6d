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
    var answerBytes = 0

    var requestsPerSecond: Double { Double(requests) / seconds }
    var requestsPerCPUSecond: Double { cpuSeconds > 0 ? Double(requests) / cpuSeconds : 0 }
    var cpuMicroseconds: Double { cpuSeconds / Double(max(1, requests)) * 1e6 }

    func percentile(_ share: Double) -> Double {
        guard !latencies.isEmpty else { return 0 }
        return latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
    }
}

/// Requests over a number of connections to one server.
struct Load {
    /// When the next request goes out.
    enum Pace {
        /// When the last one on its connection has been answered: as fast as the server can.
        case closedLoop
        /// The same, each request over a connection of its own.
        case freshConnections
        /// So many a second, whatever the server does. A request counts from the moment at which it should have gone out:
        /// a server that stalls cannot hide it by keeping the next ones from being sent.
        case openLoop(perSecond: Double)
    }

    let endpoint: HTTPClient.Endpoint
    let usage: ProcessUsage
    let path: String
    let body: [UInt8]
    let connections: Int
    let pace: Pace
    let loop: EventLoop

    /// Connects, warms up, and measures the rest.
    func run(warmUp: Duration, length: Duration) async throws -> Measurement {
        return try await loop.run {
            let plan = Plan(begin: .now, start: .after(warmUp), end: Deadline.after(warmUp).advanced(by: length))
            let tickets = Tickets()
            return try await withThrowingTaskGroup(of: Measurement.self) { group in
                for _ in 0..<connections { group.addTask { try await connection(plan, tickets) } }
                group.addTask {
                    try await loop.sleep(until: plan.start)
                    let before = try usage.cpuSeconds()
                    try await loop.sleep(until: plan.end)
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
                    total.answerBytes = max(total.answerBytes, part.answerBytes)
                }
                total.latencies.sort()
                total.seconds = length / .seconds(1)
                return total
            }
        }
    }

    /// The request that every server gets.
    static func request(path: String, body: [UInt8]) -> HTTPRequest {
        var request = HTTPRequest(.post, path, body: body)
        request.fields["Content-Type"] = "application/json"
        request.fields["Accept"] = "application/json"
        request.fields["User-Agent"] = "kube-apiserver-benchmark"
        return request
    }

    private struct Plan {
        let begin: Deadline
        let start: Deadline
        let end: Deadline
    }

    /// Numbers the requests of an open loop. Belongs to the loop's thread.
    private final class Tickets: @unchecked Sendable {
        private var count = 0

        func next() -> Int {
            defer { count += 1 }
            return count
        }
    }

    private func connection(_ plan: Plan, _ tickets: Tickets) async throws -> Measurement {
        var result = Measurement()
        let request = Self.request(path: path, body: body)
        var client: HTTPClient?
        while true {
            let begun: Deadline
            if case .openLoop(let rate) = pace {
                begun = plan.begin.advanced(by: .seconds(Double(tickets.next()) / rate))
                try await wait(until: begun)
            } else {
                begun = .now
            }
            guard begun < plan.end else { break }
            if client?.isReusable != true {
                client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(60)))
            }
            guard let response = try await client?.send(request, until: .after(.seconds(60))) else { continue }
            guard response.status == .ok else {
                let text = String(decoding: response.body.prefix(300), as: UTF8.self)
                throw BenchmarkError("\(response.status): \(text)")
            }
            if begun >= plan.start {
                result.answerBytes = max(result.answerBytes, response.body.count)
                // A closed loop ends with its last answer in time, so that requests match the CPU time measured.
                if case .openLoop = pace {} else if Deadline.now > plan.end { break }
                result.requests += 1
                result.latencies.append(begun.elapsed / .microseconds(1))
            }
            if case .freshConnections = pace {
                client?.close()
                client = nil
            }
        }
        client?.close()
        return result
    }

    /// Sleeps until a moment, to some microseconds: the loop's own timers count milliseconds.
    private func wait(until moment: Deadline) async throws {
        let nearly = moment.advanced(by: .milliseconds(-2))
        if Deadline.now < nearly { try await loop.sleep(until: nearly) }
        while Deadline.now < moment { await Task.yield() }
    }
}

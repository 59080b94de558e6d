import BenchmarkSupport
import Foundation
import HTTP
import Transport

/// The whole operator as it is shipped, in a process of its own, with the rights of its service account.
final class OperatorUnderTest {
    let usage: ProcessUsage
    private let process: Process
    private let log: URL
    private let metrics: HTTPClient.Endpoint
    private let started: Deadline

    /// Starts it, and waits for nothing.
    ///
    /// - Parameters:
    ///   - kubeconfig: its credentials.
    ///   - port: where the webhook configurations have the API server call it.
    ///   - metricsPort: where its metrics are.
    ///   - log: where its log goes.
    init(executable: String, kubeconfig: String, port: Int, metricsPort: Int, log: URL) throws {
        self.log = log
        metrics = .init(try SocketAddress("127.0.0.1:\(metricsPort)"), name: "127.0.0.1")
        try Data().write(to: log)
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [
            "serve", "--kubeconfig", kubeconfig, "--operator-namespace", "vernemq-operator",
            "--certificates", "self", "--certificate-name", "127.0.0.1",
            "--listen", "127.0.0.1:\(port)", "--metrics-listen", "127.0.0.1:\(metricsPort)",
            "--drain-delay", "0s",
        ]
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        started = .now
        try process.run()
        usage = ProcessUsage(identifier: process.processIdentifier)
    }

    /// Ends it in good order, so that the next one gets the Lease at once.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// How long it has been running.
    var age: Duration { started.elapsed }

    /// Whether its log has that message.
    func hasLogged(_ message: String) throws -> Bool {
        guard process.isRunning else { throw BenchmarkError("the operator ended; its log: \(log.path)") }
        return try String(contentsOf: log, encoding: .utf8).contains("\"message\":\"\(message)\"")
    }

    /// Its metrics at this moment.
    func sample(on loop: EventLoop) async throws -> MetricSample {
        let endpoint = metrics
        let body = try await loop.run {
            let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(10)))
            defer { client.close() }
            return try await client.send(HTTPRequest(.get, "/metrics"), until: .after(.seconds(10))).body
        }
        return MetricSample(String(decoding: body, as: UTF8.self))
    }
}

/// What `/metrics` said.
struct MetricSample {
    private var values: [String: Double] = [:]

    /// Reads Prometheus' text format.
    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            values[String(line[..<space])] = value
        }
    }

    /// The sum of all series of a name whose labels contain all of some texts.
    func sum(_ name: String, _ labels: String...) -> Double {
        values.reduce(0) { total, entry in
            let isOurs = entry.key == name || entry.key.hasPrefix(name + "{")
            return isOurs && labels.allSatisfy { entry.key.contains($0) } ? total + entry.value : total
        }
    }

    /// What the requests to the API server since another sample were, by verb and resource; renewals of the Lease apart.
    func requests(since earlier: MetricSample) -> [(name: String, count: Int)] {
        var counts: [String: Int] = [:]
        for (key, value) in values where key.hasPrefix("vernemq_operator_api_requests_total{") {
            let difference = Int(value - (earlier.values[key] ?? 0))
            guard difference > 0 else { continue }
            let label = { (name: String) in
                key.split(separator: "\"").enumerated().first { $0.offset % 2 == 0 && $0.element.hasSuffix(name + "=") }
                    .map { String(key.split(separator: "\"")[$0.offset + 1]) } ?? ""
            }
            counts["\(label("verb")) \(label("resource"))", default: 0] += difference
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

import BenchmarkSupport
import Foundation
import HTTP
import Logging
import Reviews
import Telemetry
import Transport

/// Measures the webhook server from outside, over kept-alive TLS 1.3 connections, and writes tables in Markdown.
///
/// `webhook-benchmark OPERATOR [SECONDS]` measures that executable; `webhook-benchmark echo CERTIFICATE KEY` is the
/// server without a webhook, which the first form measures for comparison.
@main
struct Benchmark {
    let operatorPath: String
    let seconds: Int

    static func main() async {
        do {
            try await run(CommandLine.arguments)
        } catch {
            FileHandle.standardError.write(Data("webhook-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        if arguments.count == 4, arguments[1] == "echo" {
            try await echo(certificate: arguments[2], key: arguments[3])
        } else if arguments.count >= 2 {
            let seconds = arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3
            try await Benchmark(operatorPath: arguments[1], seconds: seconds).run()
        } else {
            throw BenchmarkError("usage: webhook-benchmark OPERATOR [SECONDS]")
        }
    }

    func run() async throws {
        print("\(try Machine.description()); client and server share them.")
        print("\nEach row: 1 s of warm-up, then \(seconds) s; a closed loop, one request in flight a connection.\n")
        let pki = try TemporaryPKI()
        let serve = [
            "serve", "--webhook-only", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--tls-cert",
            pki.certificate, "--tls-key", pki.key, "--max-requests-per-connection", "1000000000",
        ]
        try await measure("vernemq-operator serve, POST /mutate", operatorPath, serve, "/mutate", pki)
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try await measure("the same server without a webhook", own, ["echo", pki.certificate, pki.key], "/", pki)
    }

    private func measure(
        _ title: String,
        _ executable: String,
        _ arguments: [String],
        _ path: String,
        _ pki: TemporaryPKI
    ) async throws {
        let server = try ServerProcess(executable: executable, arguments: arguments, pki: pki)
        let usage = server.usage
        let loop = try EventLoop(name: "load")
        defer { loop.shutDown() }
        print("### \(title)\n\nResident memory after start: \(format(try usage.residentMiB())) MiB.\n")
        print("| review, bytes | connections | requests/s | p50 µs | p99 µs | p99.9 µs | CPU µs/request | RSS MiB |")
        print("|---:|---:|---:|---:|---:|---:|---:|---:|")
        for size in [2_000, 20_000, 200_000] {
            let body = Review.make(bytes: size)
            for connections in [1, 16, 64] {
                let load = Load(endpoint: server.endpoint, path: path, body: body, connections: connections, loop: loop)
                let result = try await load.run(warmUp: .seconds(1), length: .seconds(seconds), usage)
                let columns = [
                    "\(body.count)", "\(connections)", format(result.requestsPerSecond), format(result.percentile(0.5)),
                    format(result.percentile(0.99)), format(result.percentile(0.999)),
                    format(result.cpuSeconds / Double(max(1, result.requests)) * 1e6), format(result.residentMiB),
                ]
                print("| \(columns.joined(separator: " | ")) |")
            }
        }
        let (before, after) = try await idle(server.endpoint, usage, path, loop)
        let each = (after - before) * 1024 / Double(Self.idleConnections)
        print(
            "\n\(Self.idleConnections) idle connections, each used once: \(format(after)) MiB resident, "
                + "\(format(each)) KiB each.\n"
        )
    }

    private static let idleConnections = 1_000

    /// Resident memory before and after many connections have been used once and wait.
    private func idle(
        _ endpoint: HTTPClient.Endpoint,
        _ usage: ProcessUsage,
        _ path: String,
        _ loop: EventLoop
    ) async throws -> (before: Double, after: Double) {
        let body = Review.make(bytes: 20_000)
        return try await loop.run {
            let before = try usage.residentMiB()
            var clients: [HTTPClient] = []
            for _ in 0..<Self.idleConnections {
                let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(30)))
                _ = try await client.send(HTTPRequest(.post, path, body: body), until: .after(.seconds(30)))
                clients.append(client)
            }
            let after = try usage.residentMiB()
            for client in clients { client.close() }
            return (before, after)
        }
    }

    private func format(_ number: Double) -> String {
        number < 100 ? String(Double(Int(number * 10)) / 10) : String(Int(number))
    }

    /// The server without a webhook: answers `ok` to whatever comes.
    private static func echo(certificate: String, key: String) async throws {
        let source = try CertificateSource(CertificateFiles(certificate: certificate, key: key))
        var configuration = ServerConfiguration(address: try SocketAddress("127.0.0.1:0"), name: "echo")
        configuration.maximumRequestsPerConnection = .max / 2
        let logger = Logger(label: "echo") { JSONLogHandler(label: $0, level: .info) }
        let server = try HTTPServer(
            configuration,
            on: [try EventLoop(name: "echo")],
            tls: source.contexts,
            logger: logger
        ) { _ in .text(.ok, "ok\n") }
        logger.info("serving", metadata: ["webhooks": "\(server.address)"])
        try await server.run()
    }
}

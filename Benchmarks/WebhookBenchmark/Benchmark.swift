import BenchmarkSupport
import Foundation
import HTTP
import Reviews
import Transport

/// Measures webhook servers from outside, side by side, over TLS 1.3, and writes tables in Markdown and a plot in SVG.
///
/// `webhook-benchmark --operator FILE [--floor FILE] [--go FILE] [--python FILE --kopf DIRECTORY --script FILE]
/// [--seconds N] [--plot FILE]`
@main
struct Benchmark {
    static let sizes = [2_000, 20_000, 200_000]
    static let connections = [1, 16, 256]
    /// The open loop's requests a second: the Go server is then a quarter to a third busy.
    static let rates: [Int: Double] = [2_000: 250, 20_000: 250, 200_000: 40]
    private static let idleConnections = 500
    private static let starts = 5

    let seconds: Int
    let pki: TemporaryPKI
    let loop: EventLoop

    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("webhook-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        var options: [String: String] = [:]
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
            options[arguments[index]] = arguments[index + 1]
        }
        guard arguments.count.isMultiple(of: 2), let own = options["--operator"] else {
            throw BenchmarkError("usage: webhook-benchmark --operator FILE [OPTION VALUE]...")
        }
        var contenders = [try Contender.ours(own)]
        if let file = options["--go"] { contenders.append(try .go(file)) }
        if let python = options["--python"], let packages = options["--kopf"], let script = options["--script"] {
            contenders.append(try .kopf(python: python, script: script, packages: packages))
        }
        if let file = options["--floor"] { contenders.append(try .floor(file)) }

        let benchmark = Benchmark(
            seconds: options["--seconds"].flatMap { Int($0) } ?? 3,
            pki: try TemporaryPKI(),
            loop: try EventLoop(name: "load")
        )
        defer { benchmark.loop.shutDown() }
        let machine = try Machine.description()
        var results: [Result] = []
        for contender in contenders {
            results.append(try await benchmark.measure(contender, answers: results.first))
        }
        print(Report(results: results, seconds: benchmark.seconds, machine: machine).markdown)
        if let file = options["--plot"] {
            try Data(Plot(results: results).svg.utf8).write(to: URL(fileURLWithPath: file))
        }
    }

    /// - Parameter answers: our own figures, for how long the floor's answers must be.
    private func measure(_ contender: Contender, answers: Result?) async throws -> Result {
        var result = Result(name: contender.name, remark: contender.remark, shippedMiB: contender.shippedMiB)
        var starts: [Double] = []
        for _ in 0..<Self.starts {
            starts.append(try await ServerProcess(contender, pki: pki, on: loop).secondsToFirstAnswer)
        }
        result.start = starts.sorted()[Self.starts / 2]
        let server = try await ServerProcess(contender, pki: pki, on: loop)
        try await Task.sleep(for: .seconds(1))
        result.idleMiB = try server.usage.residentMiB()

        for size in Self.sizes {
            let path = contender.path(answers?.closed.row(size, 16)?.answerBytes ?? 0)
            func row(_ connections: Int, _ pace: Load.Pace, _ length: Int) async -> Result.Row {
                progress("\(contender.name), \(size) bytes, \(connections) connections")
                let load = Load(
                    endpoint: server.endpoint,
                    usage: server.usage,
                    path: path,
                    body: Review.make(bytes: size),
                    connections: connections,
                    pace: pace,
                    loop: loop
                )
                do {
                    let figures = try await load.run(warmUp: .seconds(1), length: .seconds(length))
                    return Result.Row(bytes: size, connections: connections, figures: figures)
                } catch {  // a server that cannot keep up costs its row, not the others theirs
                    progress("\(error)")
                    return Result.Row(bytes: size, connections: connections, figures: Measurement())
                }
            }
            for connections in Self.connections {
                result.closed.append(await row(connections, .closedLoop, seconds))
            }
            // Longer, since a 99.9th percentile wants thousands of requests.
            result.open.append(await row(16, .openLoop(perSecond: Self.rates[size] ?? 100), seconds * 4))
            result.fresh.append(await row(16, .freshConnections, seconds))
        }
        result.connectionKiB = try await idleConnections(server, contender.path(0))
        result.peakMiB = try server.usage.peakMiB()
        return result
    }

    /// What each of many connections costs that have been used once and wait, in KiB.
    private func idleConnections(_ server: ServerProcess, _ path: String) async throws -> Double {
        let (endpoint, usage, loop) = (server.endpoint, server.usage, loop)
        let request = Load.request(path: path, body: Review.make(bytes: 20_000))
        return try await loop.run {
            let before = try usage.residentMiB()
            var clients: [HTTPClient] = []
            for _ in 0..<Self.idleConnections {
                let client = try await HTTPClient.connect(to: endpoint, on: loop, until: .after(.seconds(30)))
                _ = try await client.send(request, until: .after(.seconds(30)))
                clients.append(client)
            }
            let after = try usage.residentMiB()
            for client in clients { client.close() }
            return (after - before) * 1024 / Double(Self.idleConnections)
        }
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("webhook-benchmark: \(text)\n".utf8))
    }
}

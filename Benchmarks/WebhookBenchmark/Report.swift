/// The figures as Markdown: ratios first, then everything.
struct Report {
    let results: [Result]
    let seconds: Int
    let machine: String

    var markdown: String {
        [heading, ratios, closedTable, openTable, freshTable, processTable].joined(separator: "\n\n")
    }

    private var heading: String {
        "\(machine). Each server runs on one processor alone, the load on another."
    }

    /// How many times less we need than each of the others; the floor says how much is left.
    private var ratios: String {
        guard let ours = results.first else { return "" }
        let others = results.dropFirst()
        let table: [(String, (Result) -> Double)] = [
            ("CPU time, 2 KB", { $0.cpu(2_000) }),
            ("CPU time, 20 KB", { $0.cpu(20_000) }),
            ("CPU time, 200 KB", { $0.cpu(200_000) }),
            ("CPU time, 20 KB, fresh connection", { $0.freshCPU(20_000) }),
            ("latency, 20 KB, p50", { $0.latency(20_000, 0.5) }),
            ("latency, 20 KB, p99", { $0.latency(20_000, 0.99) }),
            ("latency, 20 KB, p99.9", { $0.latency(20_000, 0.999) }),
            ("resident memory, idle", { $0.idleMiB }),
            ("resident memory, peak", { $0.peakMiB }),
            ("start to first answer", { $0.start }),
            ("what is shipped", { $0.shippedMiB }),
        ]
        let rows = table.map { label, figure in
            [label] + others.map { figure(ours) > 0 ? Self.text(figure($0) / figure(ours)) : "" }
        }
        return "How many times as much the others take:\n\n" + Self.table(["of ours"] + others.map(\.name), rows)
    }

    private var closedTable: String {
        let rows = results.flatMap { result in
            result.closed.map { row in
                [
                    result.name, "\(row.bytes)", "\(row.connections)",
                    Self.text(row.figures.requestsPerCPUSecond), Self.text(row.figures.cpuMicroseconds),
                    Self.text(row.figures.requestsPerSecond), Self.text(row.figures.residentMiB),
                ]
            }
        }
        let columns = ["server", "bytes", "connections", "requests a CPU second", "CPU µs", "requests/s", "RSS MiB"]
        return "Kept connections, a closed loop for \(seconds) s a row:\n\n" + Self.table(columns, rows)
    }

    private var openTable: String {
        let rows = results.flatMap { result in
            result.open.map { row in
                [
                    result.name, "\(row.bytes)", Self.text(Benchmark.rates[row.bytes] ?? 0),
                    Self.text(row.figures.percentile(0.5)), Self.text(row.figures.percentile(0.99)),
                    Self.text(row.figures.percentile(0.999)), Self.text(row.figures.latencies.last ?? 0),
                ]
            }
        }
        let columns = ["server", "bytes", "requests/s", "p50 µs", "p99 µs", "p99.9 µs", "longest µs"]
        return
            "Latency at a fixed rate, 16 connections, an open loop for \(seconds * 4) s a row, counted from when a request\n"
            + "was due:\n\n" + Self.table(columns, rows)
    }

    private var freshTable: String {
        let rows = results.flatMap { result in
            result.fresh.map { row in
                [
                    result.name, "\(row.bytes)", Self.text(row.figures.cpuMicroseconds),
                    Self.text(row.figures.requestsPerSecond), Self.text(row.figures.percentile(0.5)),
                    Self.text(row.figures.percentile(0.99)),
                ]
            }
        }
        let columns = ["server", "bytes", "CPU µs", "requests/s", "p50 µs", "p99 µs"]
        return "A connection for each request, its handshake included, 16 at a time:\n\n" + Self.table(columns, rows)
    }

    private var processTable: String {
        let rows = results.map { result in
            [
                result.name, Self.text(result.start * 1000), Self.text(result.idleMiB), Self.text(result.peakMiB),
                Self.text(result.connectionKiB), Self.text(result.shippedMiB), result.remark,
            ]
        }
        let columns = [
            "server", "start ms", "idle RSS MiB", "peak RSS MiB", "KiB an idle connection", "shipped MiB",
            "what it does",
        ]
        return Self.table(columns, rows)
    }

    private static func table(_ columns: [String], _ rows: [[String]]) -> String {
        let alignment = columns.map { ["server", "of ours", "what it does"].contains($0) ? "---" : "---:" }
        return ([columns, alignment] + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    /// Three digits or all of them; a dash where nothing was measured.
    static func text(_ number: Double) -> String {
        guard number > 0 else { return "–" }
        if number.rounded() >= 100 { return String(Int(number.rounded())) }
        let tenths = number >= 10 ? 10.0 : 100.0
        return String((number * tenths).rounded() / tenths)
    }
}

import Testing

@testable import Telemetry

@Suite("The metric registry")
struct MetricTests {
    @Test("writes Prometheus' text format")
    func exposition() {
        let registry = MetricRegistry()
        let requests = registry.counter("b_total", help: "Back\\slash and\nline.", labels: ["kind", "verdict"])
        requests["x\"y\\z\n", "allowed"].increment(by: 3)
        requests["a"].increment()
        registry.gauge("a", help: "A gauge.").set(1.5)
        let durations = registry.histogram("c_seconds", help: "Durations.", bounds: [0.5, 0.1])
        for value in [0.05, 0.1, 0.3, 7] { durations.record(value) }
        registry.describe("d_info", help: "Build.", [("version", "1.2")])
        registry.observe("e", help: "Asked for.") { 42 }
        registry.observe("f", help: "Nothing to say.") { nil }
        let expected = """
            # HELP a A gauge.
            # TYPE a gauge
            a 1.5
            # HELP b_total Back\\\\slash and\\nline.
            # TYPE b_total counter
            b_total{kind="a",verdict=""} 1
            b_total{kind="x\\"y\\\\z\\n",verdict="allowed"} 3
            # HELP c_seconds Durations.
            # TYPE c_seconds histogram
            c_seconds_bucket{le="0.1"} 2
            c_seconds_bucket{le="0.5"} 3
            c_seconds_bucket{le="+Inf"} 4
            c_seconds_sum 7.45
            c_seconds_count 4
            # HELP d_info Build.
            # TYPE d_info gauge
            d_info{version="1.2"} 1
            # HELP e Asked for.
            # TYPE e gauge
            e 42
            # HELP f Nothing to say.
            # TYPE f gauge

            """
        #expect(String(decoding: registry.exposition(), as: UTF8.self) == expected)
    }

    @Test("gives the same family for the same name")
    func sameName() {
        let registry = MetricRegistry()
        registry.counter("a_total", help: "A.").increment()
        registry.counter("a_total", help: "A.").increment()
        #expect(String(decoding: registry.exposition(), as: UTF8.self).hasSuffix("a_total 2\n"))
    }

    @Test("stops growing when labels come from an open set")
    func cardinality() {
        let family = MetricRegistry().counter("a_total", help: "A.", labels: ["path"])
        for index in 0..<2_000 { family["/\(index)"].increment() }
        #expect(family.all.count == MetricFamily<Counter>.maximumCells + 1)
        #expect(family["other"].value == 1_500)
    }

    @Test("counts under contention")
    func contention() async {
        let registry = MetricRegistry()
        let counter = registry.counter("a_total", help: "A.")[]
        let gauge = registry.gauge("b", help: "B.")[]
        let histogram = registry.histogram("c", help: "C.")[]
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<5_000 {
                        counter.increment()
                        gauge.add(0.5)
                        histogram.record(1)
                    }
                }
            }
        }
        #expect(counter.value == 20_000)
        #expect(gauge.value == 10_000)
        #expect(histogram.count == 20_000)
    }

    @Test(
        "writes numbers as Prometheus reads them",
        arguments: [
            (0.0, "0"), (-3, "-3"), (1e18, "1000000000000000000"), (0.25, "0.25"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (.nan, "NaN"), (1e300, "1e+300"),
        ]
    )
    func numbers(_ value: Double, _ text: String) {
        #expect(Exposition.format(value) == text)
    }

    @Test("knows the process")
    func process() {
        let registry = MetricRegistry()
        ProcessMetrics.register(in: registry)
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"] {
            let value = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }?.split(separator: " ").last
            #expect(value.flatMap { Double($0) }.map { $0 > 0 } == true, "\(name)")
        }
    }
}

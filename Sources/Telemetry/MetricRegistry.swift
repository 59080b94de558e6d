import Synchronization

/// All metrics of the process, and their text form for Prometheus.
///
/// ```swift
/// let requests = registry.counter("vernemq_operator_requests_total", help: "Requests.", labels: ["verdict"])
/// requests["injected"].increment()
/// ```
public final class MetricRegistry: Sendable {
    private struct Entry: Sendable {
        let kind: String
        let family: any Sendable
        let write: @Sendable (inout Exposition) -> Void
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// A registry without metrics.
    public init() {}

    /// A family of counters. By convention their names end in `_total`. Asking again for a name that is there gives the
    /// same family.
    public func counter(_ name: String, help: String, labels: [String] = []) -> MetricFamily<Counter> {
        register(name, help, "counter", MetricFamily(name: name, labels: labels) { Counter() }) { family, exposition in
            for (values, cell) in family.all {
                exposition.sample(name, labels: labels, values: values, Double(cell.value))
            }
        }
    }

    /// A family of gauges. Asking again for a name that is there gives the same family.
    public func gauge(_ name: String, help: String, labels: [String] = []) -> MetricFamily<Gauge> {
        register(name, help, "gauge", MetricFamily(name: name, labels: labels) { Gauge() }) { family, exposition in
            for (values, cell) in family.all {
                exposition.sample(name, labels: labels, values: values, cell.value)
            }
        }
    }

    /// A family of histograms, by default for durations in seconds. Asking again for a name that is there gives the same
    /// family.
    public func histogram(
        _ name: String,
        help: String,
        labels: [String] = [],
        bounds: [Double] = Histogram.durationBounds
    ) -> MetricFamily<Histogram> {
        let sorted = bounds.filter(\.isFinite).sorted()
        let family = MetricFamily(name: name, labels: labels) { Histogram(bounds: sorted) }
        return register(name, help, "histogram", family) { family, exposition in
            for (values, cell) in family.all {
                exposition.histogram(name, labels: labels, values: values, cell)
            }
        }
    }

    /// A metric whose value is asked for when the metrics are read; nil leaves it out that time.
    ///
    /// - Parameter isCounter: whether the value only grows.
    public func observe(
        _ name: String,
        help: String,
        isCounter: Bool = false,
        _ value: @escaping @Sendable () -> Double?
    ) {
        let kind = isCounter ? "counter" : "gauge"
        add(name, help, kind, family: name) { exposition in
            if let value = value() { exposition.sample(name, labels: [], values: [], value) }
        }
    }

    /// A gauge that is always 1 and whose labels say what is running.
    public func describe(_ name: String, help: String, _ facts: [(label: String, value: String)]) {
        add(name, help, "gauge", family: name) { exposition in
            exposition.sample(name, labels: facts.map(\.label), values: facts.map(\.value), 1)
        }
    }

    /// Everything in Prometheus' text format, version 0.0.4, ordered by name.
    public func exposition() -> [UInt8] {
        var exposition = Exposition()
        let entries = entries.withLock { $0 }
        for (_, entry) in entries.sorted(by: { $0.key < $1.key }) { entry.write(&exposition) }
        return exposition.bytes
    }

    /// The media type of ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private func register<Cell>(
        _ name: String,
        _ help: String,
        _ kind: String,
        _ family: MetricFamily<Cell>,
        write: @escaping @Sendable (MetricFamily<Cell>, inout Exposition) -> Void
    ) -> MetricFamily<Cell> {
        let registered = add(name, help, kind, family: family) { write(family, &$0) }
        return registered as? MetricFamily<Cell> ?? family
    }

    /// Adds a metric unless its name is taken.
    ///
    /// - Returns: the family that has the name.
    @discardableResult
    private func add(
        _ name: String,
        _ help: String,
        _ kind: String,
        family: any Sendable,
        write: @escaping @Sendable (inout Exposition) -> Void
    ) -> any Sendable {
        entries.withLock { entries in
            if let entry = entries[name] {
                assert(entry.kind == kind, "the metric \(name) is a \(entry.kind), and is asked for as a \(kind)")
                return entry.family
            }
            entries[name] = Entry(kind: kind, family: family) { exposition in
                exposition.begin(name, help: help, kind: kind)
                write(&exposition)
            }
            return family
        }
    }
}

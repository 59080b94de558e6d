import Synchronization

/// Metrics of one name that differ in the values of fixed labels.
///
/// Values of labels must come from closed sets: never from paths, names of objects, or texts. Should they not, the family
/// stops growing at ``maximumCells`` and counts what is new under `other`.
public final class MetricFamily<Cell: Sendable>: Sendable {
    /// How many combinations of label values a family keeps apart.
    public static var maximumCells: Int { 500 }

    /// The name of the metric.
    public let name: String
    /// The names of the labels, in the order in which values are given.
    public let labels: [String]

    private let makeCell: @Sendable () -> Cell
    private let cells = Mutex<[[String]: Cell]>([:])

    init(name: String, labels: [String], makeCell: @escaping @Sendable () -> Cell) {
        self.name = name
        self.labels = labels
        self.makeCell = makeCell
        // A metric without labels is shown from the beginning, so that its absence means what it seems to.
        if labels.isEmpty { _ = self[[]] }
    }

    /// The metric for these label values, made at the first use. Missing values are empty, surplus ones are ignored.
    public subscript(values: String...) -> Cell { self[values] }

    /// The metric for these label values, made at the first use. Missing values are empty, surplus ones are ignored.
    public subscript(values: [String]) -> Cell {
        var key = Array(values.prefix(labels.count))
        while key.count < labels.count { key.append("") }
        return cells.withLock { cells in
            if let cell = cells[key] { return cell }
            if cells.count >= Self.maximumCells {
                key = labels.map { _ in "other" }
                if let cell = cells[key] { return cell }
            }
            let cell = makeCell()
            cells[key] = cell
            return cell
        }
    }

    /// All metrics of the family, ordered by the values of their labels.
    var all: [(values: [String], cell: Cell)] {
        cells.withLock { cells in
            cells.map { (values: $0.key, cell: $0.value) }
        }.sorted { $0.values.lexicographicallyPrecedes($1.values) }
    }
}

extension MetricFamily<Counter> {
    /// Adds to the counter of a family without labels.
    public func increment(by amount: UInt64 = 1) {
        self[[]].increment(by: amount)
    }
}

extension MetricFamily<Gauge> {
    /// Replaces the number of a family without labels.
    public func set(_ value: Double) {
        self[[]].set(value)
    }

    /// Adds to the number of a family without labels; negative amounts take away.
    public func add(_ amount: Double) {
        self[[]].add(amount)
    }
}

extension MetricFamily<Histogram> {
    /// Counts a value in a family without labels.
    public func record(_ value: Double) {
        self[[]].record(value)
    }

    /// Counts a duration, in seconds, in a family without labels.
    public func record(_ duration: Duration) {
        self[[]].record(duration)
    }
}

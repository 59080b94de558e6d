/// Prometheus' text format, version 0.0.4, as it is being written.
struct Exposition: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func begin(_ name: String, help: String, kind: String) {
        append("# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind)\n")
    }

    mutating func sample(_ name: String, labels: [String], values: [String], _ value: Double) {
        append(name)
        append(labels: labels, values: values)
        append(" \(Self.format(value))\n")
    }

    mutating func histogram(_ name: String, labels: [String], values: [String], _ histogram: Histogram) {
        let snapshot = histogram.snapshot
        var total: UInt64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], snapshot.counts) {
            total += count
            sample("\(name)_bucket", labels: labels + ["le"], values: values + [Self.format(bound)], Double(total))
        }
        sample("\(name)_sum", labels: labels, values: values, snapshot.sum)
        sample("\(name)_count", labels: labels, values: values, Double(total))
    }

    private mutating func append(labels: [String], values: [String]) {
        guard !labels.isEmpty else { return }
        let pairs = zip(labels, values).map { "\($0)=\"\(Self.escape($1, quotes: true))\"" }
        append("{\(pairs.joined(separator: ","))}")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    static func format(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }
}

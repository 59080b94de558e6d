import Controller

/// Clusters as text for people.
enum StatusTable {
    /// All clusters, a blank line between two.
    static func text(_ clusters: [ClusterOverview], isWide: Bool) -> String {
        clusters.map { text($0, isWide: isWide) }.joined(separator: "\n")
    }

    private static func text(_ cluster: ClusterOverview, isWide: Bool) -> String {
        var lines = [title(cluster)]
        if !cluster.brokers.isEmpty {
            let columns = columns(cluster, isWide: isWide)
            var rows = [columns.map(\.title)]
            rows += cluster.brokers.map { broker in columns.map { plain($0.content(broker)) } }
            lines += aligned(rows).map { "  \($0)" }
        }
        for broker in cluster.brokers {
            if let message = broker.message { lines.append("  \(broker.pod): \(plain(message))") }
        }
        lines += cluster.remarks.map { "  \(plain($0.reason)): \(plain($0.message))" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func title(_ cluster: ClusterOverview) -> String {
        let owner = cluster.resource.map { "VerneMQ \($0), " } ?? ""
        let brokers = cluster.replicas == 1 ? "broker" : "brokers"
        return "\(owner)StatefulSet \(cluster.statefulSet) in \(cluster.namespace): "
            + "\(cluster.ready) of \(cluster.replicas) \(brokers) ready"
    }

    private struct Column {
        var title: String
        var content: (BrokerOverview) -> String
    }

    private static func columns(_ cluster: ClusterOverview, isWide: Bool) -> [Column] {
        let tellers = cluster.brokers.count { $0.sees != nil }
        var columns = [
            Column(title: "POD") { $0.pod },
            Column(title: "READY") { $0.isReady ? "yes" : "no" },
            Column(title: "MEMBERSHIP") { $0.membership },
            Column(title: "SEES") { $0.sees.map { "\($0.count)" } ?? unknown },
            Column(title: "LISTED BY") { $0.listedBy.map { "\($0.count) of \(tellers)" } ?? unknown },
            Column(title: "VERSION") { $0.version ?? unknown },
            Column(title: "CONFIGURATION") { $0.configurationDigest.map { String($0.prefix(12)) } ?? unknown },
            Column(title: "DRIFT") { $0.hasDrifted.map { $0 ? "yes" : "no" } ?? unknown },
            Column(title: "RESTART REQUIRED BY") { list($0.restartRequired) },
        ]
        guard isWide else { return columns }
        columns += [
            Column(title: "NODE") { $0.node },
            Column(title: "VIEW") { view($0.sees, cluster) },
            Column(title: "LISTED BY PODS") { list($0.listedBy) },
            Column(title: "LISTENERS") { list($0.listeners?.map(text)) },
            Column(title: "PLUGINS") { list($0.plugins) },
        ]
        return columns
    }

    private static let unknown = "?"

    /// `-` for none.
    private static func list(_ values: [String]?) -> String {
        values.map { $0.isEmpty ? "-" : $0.joined(separator: ",") } ?? unknown
    }

    /// The members of a view, by the names of their pods where the set has them; those that are down are marked.
    private static func view(_ members: [String: Bool]?, _ cluster: ClusterOverview) -> String {
        guard let members else { return unknown }
        let pods = Dictionary(cluster.brokers.map { ($0.node, $0.pod) }) { first, _ in first }
        let names = members.map { node, isRunning in (pods[node] ?? node) + (isRunning ? "" : "(down)") }
        return names.sorted().joined(separator: ",")
    }

    private static func text(_ listener: BrokerListener) -> String {
        let mark = listener.status == "running" ? "" : "(\(listener.status))"
        return "\(listener.type)=\(listener.address)\(mark)"
    }

    /// What comes from brokers is not to steer a terminal.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    private static func aligned(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

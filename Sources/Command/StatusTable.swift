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
        // Where the operator looks after no configuration there is nothing to know.
        let open = cluster.isConfigured ? unknown : "-"
        var columns = [
            Column(title: "POD") { $0.pod },
            Column(title: "READY") { $0.isReady ? "yes" : "no" },
            Column(title: "MEMBERSHIP") { $0.membership },
            Column(title: "SEES") { $0.seesCount.map(String.init) ?? unknown },
            Column(title: "LISTED BY") { broker in
                guard let count = broker.listedByCount else { return unknown }
                return broker.listedBy == nil ? "\(count)" : "\(count) of \(tellers)"
            },
            Column(title: "VERSION") { $0.version ?? unknown },
            Column(title: "CONFIGURATION") { $0.configurationDigest ?? open },
            Column(title: "DRIFT") { $0.hasDrifted.map { $0 ? "yes" : "no" } ?? open },
            Column(title: "RESTART REQUIRED BY") { $0.restartRequired.map(list) ?? open },
        ]
        guard isWide else { return columns }
        columns += [
            Column(title: "NODE") { $0.node },
            Column(title: "HOST") { $0.host ?? "-" },
            Column(title: "VIEW") { view($0.sees, cluster) },
            Column(title: "LISTED BY PODS") { $0.listedBy.map(list) ?? unknown },
            Column(title: "LISTENERS") { $0.listeners.map { list($0.map(text)) } ?? unknown },
            Column(title: "PLUGINS") { $0.plugins.map(list) ?? unknown },
        ]
        return columns
    }

    private static let unknown = "?"

    /// `-` for none.
    private static func list(_ values: [String]) -> String {
        values.isEmpty ? "-" : values.joined(separator: ",")
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
    static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(scalars))
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

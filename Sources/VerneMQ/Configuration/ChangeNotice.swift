/// Says on an update which of its changes apply live and which wait for a restart, naming the keys.
enum ChangeNotice {
    /// How many names one sentence lists.
    private static let limit = 8

    /// At most two warnings: one for what is applied to running brokers, one for what waits.
    static func findings(on change: ConfigurationChange, path: String) -> [Finding] {
        var findings: [Finding] = []
        let live =
            change.live.map(\.key) + change.listeners.filter { !$0.needsRestart }.map { "listener.\($0.name)" }
            + change.plugins.map { "plugins.\($0.name)" }
        if !live.isEmpty {
            findings.append(
                Finding(
                    .warning,
                    path: path,
                    problem: "is applied to running brokers: \(list(live))",
                    remedy: "no restart is needed"
                )
            )
        }
        let restart = change.restart.map(\.key) + change.listeners.filter(\.needsRestart).map { "listener.\($0.name)" }
        if !restart.isEmpty {
            findings.append(
                Finding(
                    .warning,
                    path: path,
                    problem: "takes effect when a broker restarts: \(list(restart))",
                    remedy: "restart the brokers one by one when convenient"
                )
            )
        }
        return findings
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}

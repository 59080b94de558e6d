import Workload

/// Which events a change of the report is worth on a StatefulSet that has no status of its own to tell it.
enum LiveEvents {
    /// The events, none of which says what the one before has said.
    static func make(from before: LiveReport?, to report: LiveReport) -> [StatusEvent] {
        var events: [StatusEvent] = []
        if report.isPermitted == false {
            guard before?.isPermitted != false else { return [] }
            let message =
                "The operator may not run commands in pods of this namespace, so settings take effect when brokers restart: "
                + "add the namespace to the chart's exec.namespaces."
            return [StatusEvent(.warning, "ExecNotPermitted", message)]
        }
        let faults = faults(of: report)
        if faults.isEmpty, !report.brokers.isEmpty, report.brokers.values.allSatisfy({ $0.digest != nil }) {
            let digests = Set(before?.brokers.values.compactMap(\.digest) ?? [])
            if digests != Set(report.brokers.values.compactMap(\.digest)) {
                events.append(StatusEvent(.normal, "Applied", "Every broker that is ready runs the configuration."))
            }
        } else if !faults.isEmpty, before.map(Self.faults) != faults {
            events.append(StatusEvent(.warning, "ApplyFailed", faults.joined(separator: "; ") + "."))
        }
        let waiting = waiting(in: report)
        if !waiting.isEmpty, before.map(Self.waiting) != waiting {
            let message = "\(waiting.joined(separator: ", ")) take effect after a restart of the brokers."
            events.append(StatusEvent(.warning, "SettingsNeedRestart", message))
        }
        return events
    }

    private static func faults(of report: LiveReport) -> [String] {
        report.brokers.sorted { $0.key < $1.key }.compactMap { name, outcome in
            outcome.isTransient ? nil : outcome.fault.map { "\(name): \($0)" }
        }
    }

    private static func waiting(in report: LiveReport) -> [String] {
        Set(report.brokers.values.flatMap { $0.restartRequired ?? [] }).sorted()
    }
}

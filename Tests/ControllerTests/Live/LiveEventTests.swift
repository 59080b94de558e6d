import Testing
import Workload

@testable import Controller

@Suite("What is told of a set without a resource")
struct LiveEventTests {
    private static func report(_ outcomes: BrokerOutcome...) -> LiveReport {
        var report = LiveReport()
        for (index, outcome) in outcomes.enumerated() { report.brokers["mqtt-\(index)"] = outcome }
        return report
    }

    private static func reasons(from before: LiveReport?, to report: LiveReport) -> [String] {
        LiveEvents.make(from: before, to: report).map(\.reason)
    }

    private static let good = report(BrokerOutcome(digest: "d1"), BrokerOutcome(digest: "d1"))

    @Test("each thing is told once")
    func once() {
        let refused = Self.report(BrokerOutcome(digest: "d1"), BrokerOutcome(fault: "no"))
        let forbidden = Self.report(BrokerOutcome(fault: "no", isPermitted: false))
        let waiting = Self.report(BrokerOutcome(digest: "d1", restartRequired: ["log.console"]))
        for (report, reason) in [
            (Self.good, "Applied"), (refused, "ApplyFailed"), (forbidden, "ExecNotPermitted"),
        ] {
            #expect(Self.reasons(from: nil, to: report) == [reason])
            #expect(Self.reasons(from: report, to: report) == [])
        }
        #expect(Self.reasons(from: Self.good, to: waiting) == ["SettingsNeedRestart"])
        #expect(Self.reasons(from: waiting, to: waiting) == [])
    }

    @Test("a broker that may answer in a moment is no news, and what not every broker runs is not called applied")
    func transient() {
        let late = Self.report(BrokerOutcome(digest: "d1"), BrokerOutcome(fault: "later", isTransient: true))
        #expect(Self.reasons(from: Self.good, to: late) == [])
        #expect(Self.reasons(from: nil, to: late) == [])
    }
}

import BrokerDouble
import Foundation
import Testing

@Suite("The user's own handlers")
struct HandlerTests {
    @Test("run first, with their own arguments, and their failure counts as it did", arguments: Sandbox.Shell.allCases)
    func chained(shell: Sandbox.Shell) async throws {
        let script = "printf '%s|' \"$@\" >>\"$BOX/handlers\""
        try await Scenario.run(
            shell,
            replicas: 1,
            change: {
                $0.postStart = ["sh", "-c", script, "sh", "post start", "$HOME", "*"]
                $0.probe = [
                    "sh", "-c", "printf '%s|' \"$@\" >>\"$BOX/handlers\"; [ -e \"$BOX/healthy\" ]", "sh", "probe's",
                ]
                $0.preStop = ["sh", "-c", "printf '%s|' \"$@\" >>\"$BOX/handlers\"; exit 7", "sh", "pre\"stop"]
            },
            story: { rig, findings in
                let isAsked = rig.wait(200) { _ in rig.runner(0)?.file("handlers").contains("probe's|") == true }
                findings.expect(isAsked, "the user's probe was not asked")
                findings.expect(rig.host.with { $0.inService.isEmpty }, "the user's probe did not count")
                let runner = rig.runner(0)
                findings.expect(
                    runner?.file("handlers").hasPrefix("post start|$HOME|*|probe's|") == true,
                    runner?.file("handlers") ?? ""
                )
                runner?.write("", to: "healthy")
                rig.settles(0..<1, within: 100, findings)
                rig.scale(to: 0)
                findings.expect(rig.wait(120) { $0.kubernetes.pods.isEmpty }, "the pod did not go")
                findings.expect(runner?.file("handlers").hasSuffix("|pre\"stop|") == true, "preStop did not run")
                findings.expect(
                    runner?.log.contains("own preStop handler ended with 7; going on") == true,
                    "not reported"
                )
                findings.expect(runner?.log.contains("plain stop: the set is scaled to zero") == true, "did not go on")
            }
        )
    }

    @Test("a postStart that fails ends the container without a join", arguments: Sandbox.Shell.allCases)
    func failingPostStart(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 1,
            change: { $0.postStart = ["false"] },
            story: { rig, findings in
                let isRestarted = rig.wait(120) { _ in (rig.runner(0)?.containers ?? 0) >= 2 }
                findings.expect(isRestarted, "the container was not restarted")
                findings.expect(
                    rig.runner(0)?.log.contains("own postStart handler ended with 1: not joining") == true,
                    "not reported"
                )
                findings.expect(rig.runner(0)?.joiner == nil, "it joined all the same")
            }
        )
    }
}

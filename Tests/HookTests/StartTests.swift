import BrokerDouble
import Testing

@Suite("Joining: first start")
struct StartTests {
    @Test("pods that start one after the other become one cluster", arguments: Sandbox.Shell.allCases)
    func inOrder(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            for ordinal in 0..<3 {
                let runner = rig.runner(ordinal)
                findings.expect(runner?.containers == 1, "pod \(ordinal) was restarted")
                findings.expect(
                    (runner?.postStartSeconds.max() ?? 9) < 2,
                    "postStart of pod \(ordinal) did not return at once"
                )
            }
        }
    }

    @Test("pods that start at the same time become one cluster", arguments: Sandbox.Shell.allCases, [3, 5])
    func inParallel(shell: Sandbox.Shell, replicas: Int) async throws {
        try await Scenario.run(shell, replicas: replicas, policy: .parallel, storage: .ephemeral, seed: 7) {
            rig,
            findings in
            rig.settles(0..<replicas, within: 300, findings)
        }
    }

    @Test("the first pod comes last, and still there is one cluster", arguments: Sandbox.Shell.allCases)
    func lateSeed(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel, change: { $0.startDelay = [0: 60] }) { rig, findings in
            rig.settles(0..<3, within: 400, findings)
        }
    }

    @Test("the first pod never comes, and the others do not wait for ever", arguments: [Sandbox.Shell.dash])
    func noSeed(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel, change: { $0.startDelay = [0: 400] }) { rig, findings in
            let formed = rig.wait(320) { $0.clusters.map(\.count) == [2] }
            findings.expect(formed, "1 and 2 did not become a cluster without 0")
            rig.settles(0..<3, within: 300, findings)
        }
    }

    @Test(
        "something written to a new broker before it joins costs it that state, not the cluster",
        arguments: Sandbox.Shell.allCases
    )
    func unjoinable(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            rig.scale(to: 2)
            // An API key, before the join gets there.
            let up = rig.wait(60) { world in world.brokers.count == 2 }
            findings.expect(up, "the second broker did not start")
            rig.host.with { $0.touch($0.kubernetes.node(1)) }
            rig.settles(0..<2, within: 300, findings)
            findings.expect(rig.runner(1)?.containers == 2, "the broker was not restarted exactly once")
        }
    }

    @Test("a plugin that the template promises gates, by its name", arguments: Sandbox.Shell.allCases)
    func plugins(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 1,
            change: {
                $0.environment = ["VMQ_OPERATOR_PLUGINS": "my_auth,my_other"]
                $0.plugins = ["my_auth"]
            },
            story: { rig, findings in
                let isTold = rig.wait(120) { _ in
                    rig.runner(0)?.gateReasons.contains { $0.contains("plugin my_other") } == true
                }
                findings.expect(isTold, "the gate does not name the plugin: \(rig.runner(0)?.gateReasons ?? [])")
                findings.expect(rig.host.with { $0.inService.isEmpty }, "a broker without its plugin is in service")
                rig.host.with { world in
                    for address in world.brokers.keys { world.enable("my_other", at: address) }
                }
                rig.settles(0..<1, within: 120, findings)
            }
        )
    }

    @Test("a join that dies is begun anew by the gate", arguments: Sandbox.Shell.allCases)
    func deadJoin(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1) { rig, findings in
            let began = rig.wait(60) { _ in rig.runner(0)?.joiner != nil }
            findings.expect(began, "no join")
            let first = rig.runner(0)?.joiner
            if let first { ChildProcess.kill(first) }
            rig.settles(0..<1, within: 120, findings)
            findings.expect(rig.runner(0)?.joiner != first, "the dead join still holds the lock")
        }
    }
}

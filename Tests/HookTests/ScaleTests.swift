import BrokerDouble
import Foundation
import Testing

@Suite("Leaving: scaling")
struct ScaleTests {
    @Test(
        "scaled down one by one, queues move to those that stay",
        arguments: Sandbox.Shell.allCases,
        [StorageKind.persistent, .ephemeral]
    )
    func oneByOne(shell: Sandbox.Shell, storage: StorageKind) async throws {
        try await Scenario.run(shell, storage: storage) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(40, on: $0) }
            rig.scale(to: 2)
            rig.settles(0..<2, within: 200, findings)
            rig.scale(to: 1)
            rig.settles(0..<1, within: 200, findings)
            let left = rig.host.with { $0.left }
            findings.expect(rig.short(left) == ["vernemq-1", "vernemq-2"], "left: \(left)")
            rig.keeps(clients, findings)
        }
    }

    @Test("scaled down all at once, still one leaves after the other", arguments: Sandbox.Shell.allCases)
    func allAtOnce(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 4, policy: .parallel, seed: 11) { rig, findings in
            rig.settles(0..<4, within: 300, findings)
            let clients = (0..<4).flatMap { rig.store(100, on: $0) }
            rig.scale(to: 1)
            rig.settles(0..<1, within: 600, findings)
            let left = rig.host.with { $0.left }
            findings.expect(
                left.map { rig.short([$0])[0] } == ["vernemq-3", "vernemq-2", "vernemq-1"],
                "left in this order: \(left)"
            )
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "scaled up on a used volume, the old state is moved aside and the node starts afresh",
        arguments: Sandbox.Shell.allCases
    )
    func usedVolume(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.scale(to: 2)
            rig.settles(0..<2, within: 200, findings)
            rig.scale(to: 3)
            rig.settles(0..<3, within: 300, findings)
            rig.keeps(clients, findings)
            let aside = rig.volume(2).appendingPathComponent(".vmq/aside")
            let generations = (try? FileManager.default.contentsOfDirectory(atPath: aside.path)) ?? []
            findings.expect(generations.filter { $0.contains("-left") }.count == 1, "moved aside: \(generations)")
        }
    }

    @Test("scaled to one and up again, the lone survivor's word is enough", arguments: Sandbox.Shell.allCases)
    func loneSurvivor(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 0) + rig.store(10, on: 1)
            rig.scale(to: 1)
            rig.settles(0..<1, within: 200, findings)
            rig.scale(to: 2)
            rig.settles(0..<2, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("scaled away while it joins, a node does not join after all", arguments: Sandbox.Shell.allCases)
    func whileJoining(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            rig.scale(to: 3)
            // Just joined, and its own view does not show it yet.
            let isJoining = rig.wait(120) { world in
                world.broker(named: world.kubernetes.node(2)).map {
                    $0.membership.members.count > 1 && $0.view.count == 1
                } == true
            }
            findings.expect(isJoining, "2 did not join")
            rig.scale(to: 2)
            rig.settles(0..<2, within: 300, findings)
            findings.expect(rig.short(rig.host.with { $0.left }) == ["vernemq-2"], "2 did not leave what it had joined")
        }
    }

    @Test("who waits too long for another leaver stops plainly where his volume stays", arguments: [Sandbox.Shell.dash])
    func waitsTooLong(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 4,
            policy: .parallel,
            change: { $0.grace = 500 },
            story: { rig, findings in
                rig.settles(0..<4, within: 400, findings)
                let clients = (0..<4).flatMap { rig.store(10, on: $0) }
                // 3 cannot leave beside a dead member, and 2 waits for it.
                rig.runner(1)?.hold(true)
                rig.runner(1)?.killBroker()
                findings.expect(rig.wait(60) { $0.brokers.count == 3 }, "broker 1 was not killed")
                let runner = rig.runner(2)
                rig.scale(to: 2)
                findings.expect(rig.wait(700) { $0.kubernetes.pods.count == 2 }, "the pods did not go")
                findings.expect(rig.host.with { $0.left.isEmpty }, "left: \(rig.host.with { $0.left })")
                findings.expect(
                    runner?.terminationMessage.contains("vernemq-3 has not finished leaving") == true,
                    "last words: \(runner?.terminationMessage ?? "")"
                )
                let failed = rig.volume(2).appendingPathComponent(".vmq/leave-failed").path
                findings.expect(FileManager.default.fileExists(atPath: failed), "no record of the failure")
                // Nothing is lost: they come back with their volumes.
                rig.runner(1)?.hold(false)
                rig.scale(to: 4)
                rig.settles(0..<4, within: 400, findings)
                rig.keeps(clients, findings)
            }
        )
    }

    @Test("a leave beside a member that is down waits for it", arguments: Sandbox.Shell.allCases)
    func besideTheDead(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.runner(0)?.hold(true)
            rig.runner(0)?.killBroker()
            findings.expect(rig.wait(60) { $0.brokers.count == 2 }, "broker 0 was not killed")
            rig.scale(to: 2)
            rig.host.pause(60)
            findings.expect(rig.host.with { $0.left.isEmpty }, "a leave beside a dead member")
            rig.runner(0)?.hold(false)
            rig.settles(0..<2, within: 500, findings)
            findings.expect(rig.host.with { $0.left.count } == 1, "2 did not leave")
            rig.keeps(clients, findings)
        }
    }

    @Test("a set that never leaves stops plainly", arguments: [Sandbox.Shell.dash])
    func never(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 2,
            change: { $0.environment = ["VMQ_OPERATOR_LEAVE": "never"] },
            story: { rig, findings in
                rig.settles(0..<2, within: 300, findings)
                rig.scale(to: 1)
                findings.expect(rig.wait(120) { $0.kubernetes.pods.count == 1 }, "pod 1 did not go")
                findings.expect(rig.host.with { $0.left.isEmpty }, "1 left")
            }
        )
    }

    @Test("a set that leaves only when scaled down stops plainly on storage that dies", arguments: [Sandbox.Shell.ash])
    func scaleDownOnly(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 2,
            storage: .ephemeral,
            change: { $0.environment = ["VMQ_OPERATOR_LEAVE": "scale-down"] },
            story: { rig, findings in
                rig.settles(0..<2, within: 300, findings)
                rig.deletePod(1)
                findings.expect(rig.wait(120) { $0.brokers.count == 1 }, "pod 1 did not go")
                findings.expect(rig.host.with { $0.left.isEmpty }, "1 left")
                rig.settles(0..<2, within: 300, findings)
            }
        )
    }

    @Test("the ordinals of a set need not begin at zero", arguments: [Sandbox.Shell.dash])
    func ordinals(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 3) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.host.with { world in
                world.kubernetes.start = 1
                world.kubernetes.replicas = 2
            }
            rig.settles(1..<3, within: 300, findings)
            findings.expect(rig.short(rig.host.with { $0.left }) == ["vernemq-0"], "0 did not leave")
            rig.keeps(clients, findings)
        }
    }
}

import BrokerDouble
import Foundation
import Testing

@Suite("Nodes that are no longer members")
struct ZombieTests {
    @Test("removed while its pod was away: prepare finds out", arguments: Sandbox.Shell.allCases)
    func removedWhileAway(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            // It goes without leaving, and is removed as a dead member.
            rig.host.with { $0.kubernetes.moods["vernemq-2"] = .refuses }
            rig.scale(to: 2)
            findings.expect(rig.wait(200) { $0.kubernetes.pods.count == 2 }, "pod 2 did not go")
            rig.host.with { $0.kubernetes.moods = [:] }
            findings.expect(rig.removeDead(2, from: 1).output == "Done\n", "the dead member cannot be removed")
            rig.settles(0..<2, within: 100, findings)
            rig.scale(to: 3)
            rig.settles(0..<3, within: 400, findings)
            let aside = rig.volume(2).appendingPathComponent(".vmq/aside")
            let generations = (try? FileManager.default.contentsOfDirectory(atPath: aside.path)) ?? []
            findings.expect(generations.contains { $0.contains("-removed") }, "moved aside: \(generations)")
            findings.expect(rig.runner(2)?.containers == 1, "it was join that found out, not prepare")
        }
    }

    @Test(
        "removed while its container was down: join finds out, stops it and starts it afresh",
        arguments: Sandbox.Shell.allCases,
        [3, 2]
    )
    func removedInPlace(shell: Sandbox.Shell, replicas: Int) async throws {
        try await Scenario.run(shell, replicas: replicas) { rig, findings in
            rig.settles(0..<replicas, within: 300, findings)
            let last = replicas - 1
            let runner = rig.runner(last)
            runner?.hold(true)
            runner?.killBroker()
            findings.expect(rig.wait(60) { $0.brokers.count == last }, "the broker was not killed")
            findings.expect(rig.removeDead(last, from: 0).output == "Done\n", "the dead member cannot be removed")
            runner?.hold(false)
            rig.settles(0..<replicas, within: 600, findings)
            findings.expect((runner?.containers ?? 0) == 3, "restarted \(runner?.containers ?? 0) times")
        }
    }

    @Test(
        "a denial that passes costs nobody his state, neither before the broker starts nor after",
        arguments: Sandbox.Shell.allCases
    )
    func passingDenial(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(10, on: 2)
            func overlook() {
                rig.host.with { world in
                    for other in 0..<2 {
                        world.overlook(world.kubernetes.node(2), at: world.kubernetes.node(other), for: 25)
                    }
                }
            }
            let runner = rig.runner(2)
            runner?.hold(true)
            runner?.killBroker()
            findings.expect(rig.wait(60) { $0.brokers.count == 2 }, "broker 2 was not killed")
            runner?.hold(false)
            findings.expect(rig.wait(60) { $0.brokers.count == 3 }, "broker 2 did not start")
            overlook()
            rig.settles(0..<3, within: 300, findings)
            findings.expect(runner?.containers == 2, "the broker was stopped")

            rig.deletePod(2)
            findings.expect(rig.wait(100) { $0.kubernetes.pods.count == 2 }, "pod 2 did not go")
            overlook()
            rig.settles(0..<3, within: 300, findings)
            rig.keeps(clients, findings)
            let aside = rig.volume(2).appendingPathComponent(".vmq/aside").path
            findings.expect(!FileManager.default.fileExists(atPath: aside), "state was moved aside")
        }
    }

    @Test("a denial counts only when nobody is merely down", arguments: Sandbox.Shell.allCases)
    func denialWithOneDown(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            for ordinal in [0, 2] {
                rig.runner(ordinal)?.hold(true)
                rig.runner(ordinal)?.killBroker()
            }
            findings.expect(rig.wait(60) { $0.brokers.count == 1 }, "the brokers were not killed")
            _ = rig.removeDead(2, from: 1)
            let runner = rig.runner(2)
            runner?.hold(false)
            rig.host.pause(150)
            findings.expect(runner?.containers == 2, "it gave up its state while 0 could not be asked")
            findings.expect(
                runner?.gateReasons.contains { $0.contains("vernemq-0 do not answer") } == true,
                "\(runner?.gateReasons ?? [])"
            )
            rig.runner(0)?.hold(false)
            rig.settles(0..<3, within: 600, findings)
        }
    }

    @Test("state from before the operator's time is never given up by itself", arguments: Sandbox.Shell.allCases)
    func foreignState(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            // A volume that a lone broker of that name has used, without the operator.
            let disk = rig.host.with { world in
                let disk = world.makeDisk(owner: world.kubernetes.node(1))
                world.fill(disk: disk, client: "old-client", messages: 3)
                return disk
            }
            try? StateFiles.write(disk, to: rig.volume(1))
            rig.scale(to: 2)
            let isTold = rig.wait(250) { _ in
                rig.runner(1)?.gateReasons.contains { $0.contains("decide which state to keep") } == true
            }
            findings.expect(isTold, "the gate says: \(rig.runner(1)?.gateReasons ?? [])")
            findings.expect(rig.host.with { $0.inService.count } == 1, "two clusters")
            rig.keeps(["old-client"], findings)
            let aside = rig.volume(1).appendingPathComponent(".vmq/aside").path
            findings.expect(!FileManager.default.fileExists(atPath: aside), "the old state was moved aside")
        }
    }

    @Test("two zombies do not take each other for the cluster", arguments: Sandbox.Shell.allCases)
    func pair(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 4, policy: .parallel) { rig, findings in
            rig.settles(0..<4, within: 400, findings)
            for ordinal in 2..<4 {
                rig.runner(ordinal)?.hold(true)
                rig.runner(ordinal)?.killBroker()
            }
            findings.expect(rig.wait(60) { $0.brokers.count == 2 }, "the brokers were not killed")
            for ordinal in 2..<4 {
                findings.expect(rig.removeDead(ordinal, from: 1).output == "Done\n", "\(ordinal) cannot be removed")
            }
            for ordinal in 2..<4 { rig.runner(ordinal)?.hold(false) }
            rig.settles(0..<4, within: 800, findings)
        }
    }

    @Test(
        "the survivor that removed a dead member forgets its cluster and is taken back, not wiped",
        arguments: Sandbox.Shell.allCases
    )
    func forgetfulSurvivor(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(10, on: 0) + rig.store(10, on: 1)
            rig.host.with { $0.kubernetes.moods["vernemq-2"] = .refuses }
            rig.scale(to: 2)
            findings.expect(rig.wait(200) { $0.kubernetes.pods.count == 2 }, "pod 2 did not go")
            rig.host.with { $0.kubernetes.moods = [:] }
            findings.expect(rig.removeDead(2, from: 0).output == "Done\n", "the dead member cannot be removed")
            // Both survivors restart inside the window in which 0's disk knows nobody.
            rig.runner(0)?.killBroker()
            rig.runner(1)?.killBroker()
            findings.expect(rig.wait(60) { $0.inService.isEmpty }, "the brokers were not killed")
            rig.settles(0..<2, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("a move that was interrupted is finished before the broker starts", arguments: Sandbox.Shell.allCases)
    func interruptedMove(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            rig.scale(to: 2)
            rig.settles(0..<2, within: 200, findings)
            // As if prepare had been killed after its first rename.
            let records = rig.volume(2).appendingPathComponent(".vmq")
            let partial = records.appendingPathComponent("aside/20261123T000000Z-left.1.partial")
            try? FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
            try? FileManager.default.moveItem(
                at: rig.volume(2).appendingPathComponent("swc_meta"),
                to: partial.appendingPathComponent("swc_meta")
            )
            try? FileManager.default.createDirectory(
                at: rig.volume(2).appendingPathComponent("lost+found"),
                withIntermediateDirectories: true
            )
            rig.scale(to: 3)
            rig.settles(0..<3, within: 400, findings)
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: records.appendingPathComponent("aside").path))
                ?? []
            findings.expect(names.contains("20261123T000000Z-left.1"), "the move is not finished: \(names)")
            let found = rig.volume(2).appendingPathComponent("lost+found").path
            findings.expect(FileManager.default.fileExists(atPath: found), "lost+found was moved")
        }
    }

    @Test("another node's name on the data is refused before the broker touches it", arguments: Sandbox.Shell.allCases)
    func foreignName(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            rig.scale(to: 0)
            findings.expect(rig.wait(120) { $0.kubernetes.pods.isEmpty }, "the pod did not go")
            let member = rig.volume(0).appendingPathComponent(".vmq/member")
            let text = (try? String(contentsOf: member, encoding: .utf8)) ?? ""
            findings.expect(text.contains("vernemq-0.vernemq-headless"), "the record is \(text)")
            try? Data(text.replacingOccurrences(of: "cluster.local", with: "example.org").utf8).write(to: member)
            rig.scale(to: 1)
            let isRefused = rig.wait(60) { _ in
                rig.runner(0)?.terminationMessage.contains(
                    "belongs to node VerneMQ@vernemq-0.vernemq-headless.rig.svc.example.org"
                )
                    == true
            }
            findings.expect(isRefused, "not refused: \(rig.logs)")
            findings.expect(rig.runner(0)?.containers == 0, "the broker was started on another node's data")
            try? Data(text.utf8).write(to: member)
            rig.settles(0..<1, within: 300, findings)
        }
    }
}

import BrokerDouble
import Foundation
import Testing

/// What the simulation of whole histories has found in the hooks (`Tests/MembershipTests`), told once more with the real ones.
@Suite("Hooks pass over nobody")
struct CautionTests {
    /// A volume that a lone broker has used before the operator's time: it cannot join, and is in use.
    private func foreignState(on ordinal: Int, in rig: Rig, _ findings: Findings) {
        let disk = rig.host.with { world in
            let disk = world.makeDisk(owner: world.kubernetes.node(ordinal))
            world.fill(disk: disk, client: "old-client", messages: 3)
            return disk
        }
        do {
            try StateFiles.write(disk, to: rig.volume(ordinal))
        } catch {
            findings.expect(false, "no state on volume \(ordinal): \(error)")
        }
    }

    private func hold(_ ordinals: Int..., in rig: Rig, _ findings: Findings) {
        for ordinal in ordinals {
            rig.runner(ordinal)?.hold(true)
            rig.runner(ordinal)?.killBroker()
        }
        let isDown = rig.wait(60) { world in
            ordinals.allSatisfy { world.kubernetes.pod($0)?.runningSince == nil }
        }
        findings.expect(isDown, "brokers \(ordinals) were not killed")
    }

    /// Waits until the gate of a pod says something.
    private func isTold(_ words: String, by ordinal: Int, in rig: Rig, _ findings: Findings) {
        let isTold = rig.wait(120) { _ in
            rig.runner(ordinal)?.gateReasons.contains { $0.contains(words) } == true
        }
        findings.expect(isTold, "the gate of \(ordinal) says: \(rig.runner(ordinal)?.gateReasons ?? [])")
    }

    /// Exactly these are in service.
    private func serve(_ ordinals: Set<Int>, in rig: Rig, _ findings: Findings) {
        let serving = rig.host.with { world in Set(world.inService.map(\.name)) }
        let wanted = rig.host.with { world in Set(ordinals.map { world.kubernetes.node($0) }) }
        findings.expect(serving == wanted, "in service: \(rig.short(serving)), not \(ordinals.sorted())")
    }

    @Test(
        "without the API server new brokers wait for the first of the set, and do not join each other",
        arguments: Sandbox.Shell.allCases
    )
    func firstIsAwaited(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1, policy: .parallel) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            let clients = rig.store(10, on: 0)
            hold(0, in: rig, findings)
            rig.host.with { $0.kubernetes.mood = .refuses }
            rig.scale(to: 3)
            isTold("it is not known whether it stays so", by: 2, in: rig, findings)
            rig.host.pause(60)
            serve([], in: rig, findings)
            rig.runner(0)?.hold(false)
            rig.settles(0..<3, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "without the API server a claim that nobody can confirm is waited for, however long",
        arguments: Sandbox.Shell.allCases
    )
    func unconfirmedWithoutAPI(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, policy: .parallel) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            hold(1, in: rig, findings)
            rig.host.with { world in
                for ordinal in 2..<4 { world.kubernetes.moods["vernemq-\(ordinal)"] = .refuses }
            }
            // Two new ones, which would find each other.
            rig.scale(to: 4)
            isTold("vernemq-0 claim to be in a cluster", by: 3, in: rig, findings)
            rig.host.pause(60)
            serve([0], in: rig, findings)
            rig.runner(1)?.hold(false)
            rig.settles(0..<4, within: 300, findings)
        }
    }

    @Test(
        "a broker in service is a cluster, also when the other members cannot confirm it",
        arguments: Sandbox.Shell.allCases
    )
    func unconfirmedInService(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, policy: .parallel) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            hold(1, in: rig, findings)
            // Whoever joins 3 makes a second cluster of it.
            foreignState(on: 3, in: rig, findings)
            rig.scale(to: 4)
            let isServing = rig.wait(200) { world in
                world.kubernetes.pod(2)?.isStarted == true
            }
            findings.expect(isServing, "2 did not join: \(rig.runner(2)?.gateReasons ?? [])")
            serve([0, 2], in: rig, findings)
            findings.expect(
                rig.runner(2)?.log.contains("joins \(rig.host.with { $0.kubernetes.node(0) })") == true,
                "2 did not join 0: \(rig.runner(2)?.log ?? "")"
            )
            isTold("decide which state to keep", by: 3, in: rig, findings)
            rig.keeps(["old-client"], findings)
        }
    }

    @Test("a broker in service that does not answer is waited for", arguments: Sandbox.Shell.allCases)
    func silentInService(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1, policy: .parallel) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            foreignState(on: 1, in: rig, findings)
            rig.host.with { world in world.severed = [[world.kubernetes.node(0), world.kubernetes.node(2)]] }
            rig.scale(to: 3)
            isTold("vernemq-0 is in service and does not answer", by: 2, in: rig, findings)
            rig.host.pause(60)
            serve([0], in: rig, findings)
            rig.host.with { $0.severed = [] }
            let isServing = rig.wait(200) { world in
                world.kubernetes.pod(2)?.isStarted == true
            }
            findings.expect(isServing, "2 did not join: \(rig.runner(2)?.gateReasons ?? [])")
            serve([0, 2], in: rig, findings)
            rig.keeps(["old-client"], findings)
        }
    }

    @Test(
        "an old membership does not count beside another cluster in service, confirmed or not",
        arguments: Sandbox.Shell.allCases,
        [[1], [1, 2]]
    )
    func besideAnotherCluster(shell: Sandbox.Shell, back: [Int]) async throws {
        var state = KubernetesState(replicas: 2, policy: .parallel, storage: .persistent)
        state.start = 1
        try await Scenario.run(shell, state: state) { rig, findings in
            rig.settles(1..<3, within: 300, findings)
            hold(1, 2, in: rig, findings)
            rig.host.with { world in
                world.kubernetes.start = 0
                world.kubernetes.replicas = 3
            }
            // Nobody else of the set runs: this one is the cluster.
            let isAlone = rig.wait(200) { $0.kubernetes.pod(0)?.isStarted == true }
            findings.expect(isAlone, "0 did not go alone: \(rig.runner(0)?.gateReasons ?? [])")
            for ordinal in back { rig.runner(ordinal)?.hold(false) }
            isTold("decide which state to keep", by: 1, in: rig, findings)
            rig.host.pause(60)
            serve([0], in: rig, findings)
            // A person has decided: the old members.
            rig.scale(to: 2)
            rig.host.with { $0.kubernetes.start = 1 }
            findings.expect(rig.wait(200) { $0.kubernetes.pod(0) == nil }, "0 did not go")
            rig.runner(2)?.hold(false)
            rig.settles(1..<3, within: 400, findings)
        }
    }

    @Test("nobody becomes the cluster beside a pod that is still stopping", arguments: Sandbox.Shell.allCases)
    func besideWhoStops(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 1,
            policy: .parallel,
            change: { $0.preStop = ["sh", "-c", "while [ ! -e \"$BOX/go\" ]; do sleep 0.1; done"] },
            story: { rig, findings in
                rig.settles(0..<1, within: 200, findings)
                let clients = rig.store(10, on: 0)
                let runner = rig.runner(0)
                rig.deletePod(0)
                rig.scale(to: 2)
                isTold("vernemq-0 is still stopping", by: 1, in: rig, findings)
                rig.host.pause(60)
                serve([0], in: rig, findings)
                runner?.write("", to: "go")
                rig.settles(0..<2, within: 300, findings)
                rig.keeps(clients, findings)
            }
        )
    }

    @Test("nobody becomes the cluster on the state of a node that has left", arguments: Sandbox.Shell.allCases)
    func onLeftState(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 0) + rig.store(10, on: 1)
            rig.host.with { world in
                world.kubernetes.start = 1
                world.kubernetes.replicas = 1
            }
            rig.settles(1..<2, within: 300, findings)
            hold(1, in: rig, findings)
            rig.host.with { world in
                world.kubernetes.start = 0
                world.kubernetes.replicas = 2
            }
            isTold("may have left the cluster of vernemq-1", by: 0, in: rig, findings)
            rig.host.pause(60)
            serve([], in: rig, findings)
            rig.runner(1)?.hold(false)
            rig.settles(0..<2, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "two new brokers do not become the cluster beside a pod that is still stopping",
        arguments: [Sandbox.Shell.dash]
    )
    func twoBesideWhoStops(shell: Sandbox.Shell) async throws {
        try await Scenario.run(
            shell,
            replicas: 1,
            policy: .parallel,
            change: { $0.preStop = ["sh", "-c", "while [ ! -e \"$BOX/go\" ]; do sleep 0.1; done"] },
            story: { rig, findings in
                rig.settles(0..<1, within: 200, findings)
                let clients = rig.store(10, on: 0)
                let runner = rig.runner(0)
                rig.deletePod(0)
                rig.scale(to: 3)
                isTold("vernemq-0 is still stopping", by: 2, in: rig, findings)
                rig.host.pause(60)
                serve([0], in: rig, findings)
                runner?.write("", to: "go")
                rig.settles(0..<3, within: 300, findings)
                rig.keeps(clients, findings)
            }
        )
    }

    @Test("a failed leave does not undo the record of an earlier one", arguments: Sandbox.Shell.allCases)
    func earlierLeave(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2) { rig, findings in
            func range(from start: Int, _ replicas: Int) {
                rig.host.with { world in
                    world.kubernetes.start = start
                    world.kubernetes.replicas = replicas
                }
            }
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 0) + rig.store(10, on: 1)
            range(from: 1, 1)
            rig.settles(1..<2, within: 300, findings)
            hold(1, in: rig, findings)
            range(from: 0, 2)
            isTold("may have left the cluster of vernemq-1", by: 0, in: rig, findings)
            // Scaled away again, with no time to leave.
            let runner = rig.runner(0)
            rig.host.with { $0.kubernetes.isControlled = false }
            range(from: 1, 1)
            rig.deletePod(0, grace: 70)
            findings.expect(rig.wait(120) { $0.kubernetes.pod(0) == nil }, "0 did not go")
            findings.expect(runner?.log.contains("THE LEAVE FAILED") == true, "0: \(runner?.log ?? "")")
            rig.host.with { $0.kubernetes.isControlled = true }
            range(from: 0, 2)
            isTold("may have left the cluster of vernemq-1", by: 0, in: rig, findings)
            rig.host.pause(60)
            serve([], in: rig, findings)
            rig.runner(1)?.hold(false)
            rig.settles(0..<2, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("a leave is asked for again only after another look", arguments: Sandbox.Shell.allCases)
    func asksAgain(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, policy: .parallel) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 1)
            rig.host.with { world in
                world.leaveRefusals[world.kubernetes.node(1)] = "Can't migrate queues, cluster not consistent"
            }
            let runner = rig.runner(1)
            rig.scale(to: 1)
            let isRefused = rig.wait(120) { _ in runner?.log.contains("Can't migrate queues") == true }
            findings.expect(isRefused, "1 was not refused: \(runner?.log ?? "")")
            hold(0, in: rig, findings)
            findings.expect(rig.wait(200) { $0.kubernetes.pod(1) == nil }, "1 did not go: \(runner?.log ?? "")")
            let words = "vmq-admin cluster leave"
            findings.expect(
                runner?.log.components(separatedBy: words).count == 2,
                "asked again with nobody to leave to: \(runner?.log ?? "")"
            )
            findings.expect(rig.host.with { $0.left.isEmpty }, "left: \(rig.host.with { $0.left })")
            rig.runner(0)?.hold(false)
            rig.scale(to: 2)
            rig.settles(0..<2, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "a leaver that joined so lately that a view does not show it still goes first",
        arguments: Sandbox.Shell.allCases
    )
    func lateJoiner(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(600, on: 2) + rig.store(10, on: 1) + rig.store(10, on: 0)
            rig.host.with { world in
                world.overlook(world.kubernetes.node(2), at: world.kubernetes.node(1), for: 60)
            }
            let runner = rig.runner(1)
            rig.scale(to: 1)
            rig.settles(0..<1, within: 300, findings)
            let left = rig.host.with { $0.left }.map { rig.short([$0]) }
            findings.expect(left == [["vernemq-2"], ["vernemq-1"]], "left in this order: \(left)")
            findings.expect(
                runner?.log.contains("vernemq-2 must have left before") == true,
                "1 did not wait: \(runner?.log ?? "")"
            )
            rig.keeps(clients, findings)
        }
    }
}

import BrokerDouble
import Testing

@Suite("A restart is not a leave")
struct RestartTests {
    @Test("a pod that is deleted comes back to its volume and its cluster", arguments: Sandbox.Shell.allCases)
    func restart(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(20, on: 1) + rig.store(20, on: 0)
            let runner = rig.runner(1)
            rig.deletePod(1)
            findings.expect(rig.wait(120) { $0.inService.count == 2 }, "pod 1 did not go")
            rig.settles(0..<3, within: 200, findings)
            // kubelet reports anything else, a hook that the container's end has killed among it, as a failure.
            findings.expect(
                runner?.preStopStatus == 0,
                "preStop ended with \(String(describing: runner?.preStopStatus))"
            )
            rig.deletePod(0)
            findings.expect(rig.wait(120) { $0.inService.count == 2 }, "pod 0 did not go")
            rig.settles(0..<3, within: 200, findings)
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left")
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "a container that is restarted in place joins anew, on either storage",
        arguments: Sandbox.Shell.allCases,
        [StorageKind.persistent, .ephemeral]
    )
    func inPlace(shell: Sandbox.Shell, storage: StorageKind) async throws {
        try await Scenario.run(shell, storage: storage) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(20, on: 1) + rig.store(20, on: 2)
            rig.runner(1)?.killBroker()
            findings.expect(rig.wait(60) { $0.inService.count == 2 }, "broker 1 was not killed")
            rig.settles(0..<3, within: 200, findings)
            rig.runner(2)?.restartInPlace()
            findings.expect(rig.wait(120) { $0.inService.count == 2 }, "broker 2 did not stop")
            rig.settles(0..<3, within: 200, findings)
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left")
            findings.expect(rig.runner(1)?.containers == 2 && rig.runner(2)?.containers == 2, "not restarted in place")
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "a rolling update keeps members and queues, on either storage",
        arguments: Sandbox.Shell.allCases,
        [StorageKind.persistent, .ephemeral]
    )
    func rollingUpdate(shell: Sandbox.Shell, storage: StorageKind) async throws {
        try await Scenario.run(shell, storage: storage, seed: 3) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(15, on: $0) }
            rig.host.with { $0.kubernetes.revision = 2 }
            let isNew = rig.wait(900) { world in
                world.kubernetes.pods.count == 3
                    && world.kubernetes.pods.values.allSatisfy { $0.revision == 2 && $0.isStarted }
            }
            findings.expect(isNew, "the update did not come to its end")
            rig.settles(0..<3, within: 100, findings)
            let left = rig.host.with { $0.left.count }
            findings.expect(left == (storage == .persistent ? 0 : 3), "\(left) leaves")
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "two on storage that dies with pod or container: the seed returns to the one that stayed",
        arguments: Sandbox.Shell.allCases,
        [StorageKind.ephemeral, .container]
    )
    func seedReturns(shell: Sandbox.Shell, storage: StorageKind) async throws {
        try await Scenario.run(shell, replicas: 2, storage: storage) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 0) + rig.store(10, on: 1)
            rig.deletePod(0)
            findings.expect(rig.wait(120) { $0.left.count == 1 }, "the seed did not leave")
            rig.settles(0..<2, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "a container whose own layer held the state comes back empty, and is taken back",
        arguments: Sandbox.Shell.allCases
    )
    func lostLayer(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, storage: .container) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            rig.runner(0)?.killBroker()
            findings.expect(rig.wait(60) { $0.inService.count == 1 }, "broker 0 was not killed")
            rig.settles(0..<2, within: 300, findings)
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left")
        }
    }

    @Test("two of three come back empty at once: both go to the one that stayed", arguments: Sandbox.Shell.allCases)
    func twoReturn(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, policy: .parallel, storage: .ephemeral, seed: 5) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.deletePod(0)
            rig.deletePod(2)
            rig.host.with { $0.kubernetes.isControlled = false }
            findings.expect(rig.wait(400) { $0.left.count == 2 && $0.kubernetes.pods.count == 1 }, "not both left")
            rig.host.with { $0.kubernetes.isControlled = true }
            rig.settles(0..<3, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("a member that lost its volume is taken back", arguments: Sandbox.Shell.allCases, [0, 2])
    func lostVolume(shell: Sandbox.Shell, ordinal: Int) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(10, on: 1)
            rig.deletePod(ordinal)
            findings.expect(rig.wait(120) { $0.brokers.count == 2 }, "pod \(ordinal) did not go")
            rig.loseVolume(ordinal)
            rig.settles(0..<3, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("to zero and back", arguments: Sandbox.Shell.allCases)
    func zero(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.scale(to: 0)
            findings.expect(rig.wait(300) { $0.kubernetes.pods.isEmpty }, "pods are left")
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left in a shutdown")
            rig.scale(to: 3)
            rig.settles(0..<3, within: 400, findings)
            rig.keeps(clients, findings)
        }
    }
}

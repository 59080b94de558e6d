import BrokerDouble
import Testing

@Suite("What hooks do when little can be known")
struct OutageTests {
    @Test(
        "a seed that left and sees neither names nor the API server does not go alone",
        arguments: Sandbox.Shell.allCases
    )
    func seedCutOff(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, storage: .ephemeral) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = rig.store(10, on: 0)
            rig.host.with { world in
                // Every address that the next pods could get.
                for number in 4..<20 { world.names.moods[rig.address(number)] = .fails }
            }
            rig.deletePod(0)
            findings.expect(rig.wait(120) { $0.left.count == 1 }, "0 did not leave")
            rig.host.with { $0.kubernetes.moods["vernemq-0"] = .silent }
            rig.host.pause(200)
            findings.expect(rig.host.with { $0.inService.count } == 2, "a broker that sees nobody went into service")
            let reasons = rig.runner(0)?.gateReasons ?? []
            findings.expect(reasons.contains { $0.contains("not enough to go alone") }, "the gate says: \(reasons)")
            rig.host.with { world in
                world.names.moods = [:]
                world.kubernetes.moods = [:]
            }
            rig.settles(0..<3, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "without the API server peers are found by name",
        arguments: Sandbox.Shell.allCases,
        [APIServerMood.refuses, .forbids]
    )
    func namesOnly(shell: Sandbox.Shell, mood: APIServerMood) async throws {
        try await Scenario.run(shell, storage: .ephemeral) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            rig.deletePod(0)
            findings.expect(rig.wait(120) { $0.left.count == 1 }, "0 did not leave")
            rig.host.with { $0.kubernetes.mood = mood }
            rig.settles(0..<3, within: 400, findings)
        }
    }

    @Test(
        "without the API server the first of all goes alone only when the name server knows nobody",
        arguments: Sandbox.Shell.allCases
    )
    func firstWithoutAPI(shell: Sandbox.Shell) async throws {
        var state = KubernetesState(replicas: 1, policy: .orderedReady, storage: .persistent)
        state.mood = .silent
        try await Scenario.run(shell, state: state) { rig, findings in
            rig.host.with { $0.names.mood = .silent }
            rig.host.pause(150)
            findings.expect(rig.host.with { $0.inService.isEmpty }, "went alone on a silent name server")
            rig.host.with { $0.names.mood = .answers }
            rig.settles(0..<1, within: 300, findings)
        }
    }

    @Test("a set of one restarts without the API server", arguments: [Sandbox.Shell.ash])
    func oneRestarts(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 1) { rig, findings in
            rig.settles(0..<1, within: 200, findings)
            let clients = rig.store(5, on: 0)
            rig.host.with { $0.kubernetes.mood = .refuses }
            rig.runner(0)?.killBroker()
            findings.expect(rig.wait(60) { $0.inService.isEmpty }, "the broker was not killed")
            rig.settles(0..<1, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test(
        "unsure means plain stop",
        arguments: Sandbox.Shell.allCases,
        [APIServerMood.refuses, .silent, .forbids]
    )
    func unsure(shell: Sandbox.Shell, mood: APIServerMood) async throws {
        // The hook's own time-outs end the silence here, three real seconds each.
        try await Scenario.run(shell, replicas: 2, change: { $0.silenceLasts = true }) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let clients = rig.store(10, on: 1)
            rig.host.with { $0.kubernetes.moods["vernemq-1"] = mood }
            let runner = rig.runner(1)
            rig.scale(to: 1)
            findings.expect(rig.wait(400) { $0.kubernetes.pods.count == 1 }, "pod 1 did not go")
            findings.expect(rig.host.with { $0.left.isEmpty }, "left without knowing why")
            findings.expect(
                runner?.log.contains("plain stop: whether to leave cannot be decided") == true,
                "no reason told"
            )
            // Its queues are where they were, and come back with it.
            rig.host.with { $0.kubernetes.moods = [:] }
            rig.scale(to: 2)
            rig.settles(0..<2, within: 300, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("a grace that is too short for a leave is a plain stop, in time", arguments: Sandbox.Shell.allCases)
    func shortGrace(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, storage: .ephemeral) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let began = rig.host.now
            let runner = rig.runner(1)
            rig.deletePod(1, grace: 70)
            findings.expect(rig.wait(120) { $0.brokers.count == 1 }, "pod 1 did not go")
            findings.expect(rig.host.now - began < 75, "it took \(rig.host.now - began) s")
            findings.expect(rig.host.with { $0.left.isEmpty }, "left with no time for it")
            findings.expect(runner?.terminationMessage.contains("s of its grace are left") == true, "no last words")
            rig.settles(0..<2, within: 300, findings)
        }
    }

    @Test("a StatefulSet made anew under the same name: nobody leaves", arguments: Sandbox.Shell.allCases)
    func remade(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell) { rig, findings in
            rig.settles(0..<3, within: 300, findings)
            let clients = (0..<3).flatMap { rig.store(10, on: $0) }
            rig.host.with { $0.kubernetes.replicas = 2 }
            rig.remakeSet()
            let renewed = rig.wait(300) { world in
                world.kubernetes.pods.count == 2
                    && world.kubernetes.pods.values.allSatisfy { $0.owner == world.kubernetes.uid }
            }
            findings.expect(renewed, "the old pods did not go")
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left a set that was made anew")
            rig.scale(to: 3)
            rig.settles(0..<3, within: 500, findings)
            rig.keeps(clients, findings)
        }
    }

    @Test("a namespace that goes away is no reason to leave", arguments: Sandbox.Shell.allCases)
    func namespace(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2, storage: .ephemeral) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let runner = rig.runner(1)
            rig.host.with { world in
                world.kubernetes.isControlled = false
                world.kubernetes.namespaceIsDeleting = true
            }
            // Its turn comes before the other's, which would be there to leave to.
            rig.deletePod(1)
            findings.expect(rig.wait(200) { $0.kubernetes.pods.count == 1 }, "pod 1 did not go")
            findings.expect(
                runner?.log.contains("plain stop: namespace rig is being deleted") == true,
                "no reason told"
            )
            rig.host.with { $0.kubernetes.isControlled = true }
            findings.expect(rig.wait(200) { $0.kubernetes.pods.isEmpty }, "pods are left")
            findings.expect(rig.host.with { $0.left.isEmpty }, "somebody left")
        }
    }

    @Test("a pod that has been replaced under its name neither joins nor leaves", arguments: [Sandbox.Shell.dash])
    func ghost(shell: Sandbox.Shell) async throws {
        try await Scenario.run(shell, replicas: 2) { rig, findings in
            rig.settles(0..<2, within: 300, findings)
            let runner = rig.runner(1)
            // The API server forgets the pod (a forced deletion) and has another of that name, which runs elsewhere.
            rig.host.with { world in
                world.kubernetes.isControlled = false
                world.kubernetes.replicas = 1
                if let old = world.kubernetes.pod(1) {
                    world.kubernetes.pods["replacement"] = Pod(
                        name: old.name,
                        ordinal: 1,
                        uid: "replacement",
                        address: "127.255.0.1",
                        owner: old.owner,
                        revision: 1
                    )
                }
            }
            rig.forget(1, uid: runner?.pod.uid ?? "")
            findings.expect(rig.wait(200) { $0.brokers.count == 1 }, "the replaced pod did not go")
            findings.expect(
                rig.host.with { $0.left.isEmpty },
                "a pod that had been replaced left in the name of the other"
            )
            findings.expect(
                runner?.log.contains("this one has been replaced") == true,
                "no reason told: \(runner?.log ?? "")"
            )
        }
    }

    @Test(
        "an image without curl or jq: no service, a clear reason, nothing touched",
        arguments: Sandbox.Shell.allCases,
        ["curl", "jq"]
    )
    func lacking(shell: Sandbox.Shell, tool: String) async throws {
        try await Scenario.run(
            shell,
            replicas: 1,
            change: { $0.without = [tool] },
            story: { rig, findings in
                let isTold = rig.wait(120) { _ in
                    rig.runner(0)?.gateReasons.contains { $0.contains("has no \(tool)") } == true
                }
                findings.expect(isTold, "the gate says: \(rig.runner(0)?.gateReasons ?? [])")
                findings.expect(rig.host.with { $0.inService.isEmpty }, "in service without having looked")
                let runner = rig.runner(0)
                rig.scale(to: 0)
                findings.expect(rig.wait(120) { $0.kubernetes.pods.isEmpty }, "the pod did not go")
                findings.expect(
                    runner?.log.contains("plain stop: the image of pod rig/vernemq-0 has no \(tool)") == true,
                    "no reason"
                )
            }
        )
    }
}

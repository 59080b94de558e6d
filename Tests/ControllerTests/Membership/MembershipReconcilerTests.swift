import Document
import HTTP
import Membership
import Synchronization
import Testing

@testable import Controller

@Suite("Looking after members")
struct MembershipReconcilerTests {
    static let removed = "3 through mqtt-2/pod-2/vernemq"
    static let actions = "vernemq_operator_membership_actions_total"

    @Test("a whole cluster is told as whole, and nothing is written or done")
    func whole() async throws {
        try await MemberWorld.run { world in
            let one = try world.makeOperator()
            await one.live(300)
            #expect(one.condition("Clustered") == "True/MembersAgree")
            #expect(one.condition("UnmigratedState") == "False/NothingLeftBehind")
            let standings = one.reconciler.report(of: MemberWorld.key)?.standings ?? [:]
            #expect(standings.count == 3 && standings.values.allSatisfy { $0.place == .member && $0.listedBy == 3 })
            #expect(standings["mqtt-1"]?.view?.version == "2.1.1")
            #expect(one.events.isEmpty && world.leaves.isEmpty)
            #expect(world.state.withLock { $0.version } == 1)
            #expect(one.metric(#"vernemq_operator_brokers{state="member"}"#) == "3")
        }
    }

    @Test("a dead member is removed through the survivor that is named, once, and the views prove it")
    func removal() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            let one = try world.makeOperator()
            await one.live(60)
            #expect(world.leaves.isEmpty)
            #expect(one.condition("Clustered") == "Unknown/Settling")
            await one.live(20)
            #expect(world.leaves == [Self.removed])
            await one.live(200)
            #expect(world.leaves == [Self.removed])
            #expect(one.condition("Clustered") == "True/MembersAgree")
            #expect(one.events == ["GhostMember", "RemovingMember", "MemberRemoved", "MembersAgree"])
            #expect(one.metric(Self.actions + #"{action="remove",outcome="verified"}"#) == "1")
            #expect(one.metric(Self.actions + #"{action="remove",outcome="run"}"#) == "1")
            #expect(world.memory.pending == nil && world.memory.tries.isEmpty)
        }
    }

    @Test("one whose claim holds messages is kept for the ghost timeout, and then the claim is told")
    func unmigrated() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost(claim: true)
            var one = try world.makeOperator()
            await one.live(300)
            #expect(one.condition("UnmigratedState") == "True/WaitingForGhostTimeout")
            // The next operator goes on waiting where this one has stopped.
            one = try world.makeOperator()
            await one.live(290)
            #expect(world.leaves.isEmpty)
            await one.live(40)
            #expect(world.leaves == [Self.removed])
            await one.live(120)
            #expect(one.condition("UnmigratedState") == "True/StateLeftBehind")
            #expect(one.message("UnmigratedState").contains("delete pvc data-mqtt-3"))
            #expect(one.metric("vernemq_operator_unmigrated_state") == "1")
            one = try world.makeOperator()
            await one.live(20)
            #expect(one.condition("UnmigratedState") == "True/StateLeftBehind")
            world.change { $0.claims.remove(3) }
            await one.live(20)
            #expect(one.condition("UnmigratedState") == "False/NothingLeftBehind")
            #expect(world.leaves.count == 1)
        }
    }

    @Test("wherever the operator dies, the next one ends in the same state, and nobody is told to leave who stays")
    func killed() async throws {
        var steps = 0
        var isDead = true
        while isDead {
            let life = steps
            isDead = try await Self.die(after: life)
            steps += 1
            try #require(steps < 200)
        }
        // Looks, claims, the fresh look, the record and the command: the deaths have met all of them.
        #expect(steps > 20)
    }

    /// Lets an operator live for so many requests and commands in all, and another one after it.
    ///
    /// - Returns: whether the first has died before everything was done.
    private static func die(after life: Int) async throws -> Bool {
        try await MemberWorld.run { world in
            world.leaveGhost()
            world.change { $0.life = life }
            let first = try world.makeOperator()
            await first.live(150)
            let isDead = world.state.withLock { $0.life == 0 }
            world.change { $0.life = nil }
            let second = try world.makeOperator()
            await second.live(300)
            #expect(second.condition("Clustered") == "True/MembersAgree", "life \(life)")
            #expect(world.leaves == [removed], "life \(life)")
            #expect(world.memory.pending == nil && world.memory.tries.isEmpty, "life \(life): \(world.memory)")
            let views = world.state.withLock { $0.views }
            #expect(views.values.allSatisfy { $0 == [0: true, 1: true, 2: true] }, "life \(life)")
            return isDead
        }
    }

    // MARK: When not to

    struct Doubt: Sendable, CustomTestStringConvertible {
        var name: String
        /// A reason that the condition gives, or its beginning.
        var condition: String
        var change: @Sendable (inout MemberWorld.State) -> Void

        init(_ name: String, _ condition: String, _ change: @escaping @Sendable (inout MemberWorld.State) -> Void) {
            self.name = name
            self.condition = condition
            self.change = change
        }

        var testDescription: String { name }
    }

    static let doubts: [Doubt] = [
        Doubt("the resource says to leave it alone", "False/GhostMember") { $0.isPaused = true },
        Doubt("the set says so", "False/GhostMember") {
            $0.set["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/pause"] = "true"
        },
        Doubt("a survivor does not answer", "False/GhostMember") { $0.views[1] = nil },
        Doubt("a survivor sees it running", "False/GhostMember") { $0.views[0]?[3] = true },
        Doubt("a survivor does not list another", "False/GhostMember") { $0.views[1]?[0] = nil },
        Doubt("a pod stops", "False/GhostMember") {
            $0.pods[1]?["metadata"]?["deletionTimestamp"] = "2027-01-15T08:00:00Z"
        },
        Doubt("the set rolls", "False/GhostMember") { $0.set["status"]?["updateRevision"] = "r2" },
        Doubt("its controller has not acted", "False/GhostMember") { $0.set["status"]?["observedGeneration"] = 3 },
        Doubt("it is wanted", "False/MemberDown") { $0.set["spec"]?["replicas"] = 4 },
        Doubt("the set is shut down", "Unknown/ScaledToZero") { $0.set["spec"]?["replicas"] = 0 },
        Doubt("there is a pod for it", "False/") {
            $0.pods[3] = MemberWorld.pod(3)
            $0.pods[3]?["status"]?["conditions"] = []
        },
        Doubt("no broker answers", "Unknown/NoBrokerAnswers") { $0.views = [:] },
        Doubt("the set is not injected", "Unknown/NotInjected") {
            $0.set["spec"]?["template"]?["metadata"]?["annotations"] = [:]
        },
    ]

    @Test("nothing is done while anything speaks against it, and the condition says what", arguments: doubts)
    func doubt(_ doubt: Doubt) async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            world.change { doubt.change(&$0) }
            let one = try world.makeOperator()
            await one.live(500)
            #expect(world.leaves.isEmpty)
            #expect(one.condition("Clustered")?.hasPrefix(doubt.condition) == true, "\(one.message("Clustered"))")
        }
    }

    static let surprises: [Doubt] = [
        Doubt("a pod for it has been made", "") { $0.pods[3] = MemberWorld.pod(3) },
        Doubt("the set wants it again", "") { $0.changeSet { $0["spec"]?["replicas"] = 4 } },
        Doubt("the named survivor stops", "") {
            $0.pods[2]?["metadata"]?["deletionTimestamp"] = "2027-01-15T08:00:00Z"
        },
        Doubt("the survivors see it running", "") { for broker in $0.views.keys { $0.views[broker]?[3] = true } },
    ]

    @Test("what changes between the look and the action is noticed", arguments: surprises)
    func surprise(_ surprise: Doubt) async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            let one = try world.makeOperator()
            await one.live(60)
            // The set is read from the API server only right before an action: the look went by what was known before.
            let change = surprise.change
            world.change { $0.surprise = (.get, change) }
            await one.live(300)
            #expect(world.state.withLock { $0.surprise == nil })
            #expect(world.leaves.isEmpty)
        }
    }

    @Test("an action that cannot be written down is not carried out")
    func conflict() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            let one = try world.makeOperator()
            await one.live(60)
            world.change { state in
                // Somebody writes the set between our look and our record.
                state.surprise = (.patch, { $0.changeSet { $0["status"]?["readyReplicas"] = 2 } })
                state.isObeyed = true
            }
            await one.live(10)
            #expect(world.leaves.isEmpty)
            #expect(one.metric(Self.actions + #"{action="remove",outcome="not_recorded"}"#) == "1")
            await one.live(10)
            #expect(world.leaves == [Self.removed])
        }
    }

    @Test("what another replica has written down counts, and not what was planned without it")
    func otherReplica() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            let stale = try world.makeOperator()
            await stale.live(60)
            // The other one has just told a survivor to remove it, and the views do not show it yet.
            world.change { $0.isObeyed = false }
            let other = try world.makeOperator()
            await other.live(70)
            #expect(world.leaves == [Self.removed])
            await stale.live(20)
            #expect(world.leaves == [Self.removed])
        }
    }

    @Test("three attempts that do not show are enough, and a person is told the command")
    func futile() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            world.change { $0.isObeyed = false }
            var one = try world.makeOperator()
            await one.live(1000)
            #expect(world.leaves == [Self.removed, Self.removed, Self.removed])
            #expect(one.condition("Clustered") == "False/RemovalFailed")
            #expect(one.message("Clustered").contains("vmq-admin cluster leave node=\(MemberWorld.naming.node(3))"))
            #expect(one.events.contains("RemovalNotSeen") && one.events.contains("RemovalFailed"))
            // It is remembered beyond one life.
            one = try world.makeOperator()
            await one.live(500)
            #expect(world.leaves.count == 3)
        }
    }

    @Test("without the right to run commands nothing is tried again soon, and the condition has the command")
    func notPermitted() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            world.change { $0.refusal = .notPermitted("no") }
            let one = try world.makeOperator()
            await one.live(200)
            #expect(one.events.filter { $0 == "ExecNotPermitted" }.count == 1)
            #expect(one.metric(Self.actions + #"{action="remove",outcome="not_permitted"}"#) == "1")
            #expect(one.condition("Clustered") == "False/GhostMember")
            let message = one.message("Clustered")
            #expect(message.contains("kubectl -n demo exec mqtt-2 -c vernemq -- vmq-admin cluster leave"), "\(message)")
            // It does not count as an attempt, and rights that come later are used.
            #expect(world.memory.tries.isEmpty && world.memory.pending == nil)
            world.change { $0.refusal = nil }
            await one.live(400)
            #expect(world.leaves == [Self.removed])
            #expect(one.condition("Clustered") == "True/MembersAgree")
        }
    }

    @Test("what is taken back is one's own record, and not what another replica has written since")
    func takenBack() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            var others = MembershipMemory()
            others.set = "set-1"
            others.tries = [MemberWorld.naming.node(3): 2]
            let patch = MembershipRecord.patch(others, uid: "set-1")?["metadata"]?["annotations"]
            world.change { state in
                state.refusal = .notPermitted("no")
                state.beforeRefusal = { $0.changeSet { $0["metadata"]?["annotations"] = patch } }
            }
            let one = try world.makeOperator()
            await one.live(70)
            #expect(one.events.contains("ExecNotPermitted"))
            #expect(world.memory.tries == others.tries)
        }
    }

    @Test("a damaged record is told, and waiting begins anew")
    func damaged() async throws {
        try await MemberWorld.run { world in
            world.leaveGhost()
            world.change { $0.set["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/membership"] = "{]" }
            let one = try world.makeOperator()
            await one.live(60)
            #expect(one.events.contains("MembershipRecordInvalid"))
            #expect(world.leaves.isEmpty)
            await one.live(60)
            #expect(world.leaves == [Self.removed])
        }
    }

    @Test("a set that is gone is forgotten")
    func gone() async throws {
        try await MemberWorld.run { world in
            let one = try world.makeOperator()
            await one.live(10)
            world.change { $0.set = [:] }
            await one.live(10)
            #expect(one.reconciler.report(of: MemberWorld.key) == nil)
            #expect(one.metric(#"vernemq_operator_brokers{state="member"}"#) == "0")
        }
    }
}

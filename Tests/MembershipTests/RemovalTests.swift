import Membership
import Testing

/// One line of a decision table.
struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let replicas: Int
    let deed: Deed
    /// A part of why nothing is done.
    let hold: String?
    let change: @Sendable (inout Situation) -> Void

    init(
        _ name: String,
        of replicas: Int = 3,
        _ deed: Deed = .nothing,
        hold: String? = nil,
        _ change: @escaping @Sendable (inout Situation) -> Void
    ) {
        self.name = name
        self.replicas = replicas
        self.deed = deed
        self.hold = hold
        self.change = change
    }

    var testDescription: String { name }

    func check() {
        var situation = Situation(replicas)
        change(&situation)
        let plan = situation.plan()
        #expect(Deed(plan.action) == deed, "\(name): hold \(plan.hold ?? "none")")
        if let hold {
            #expect(plan.hold?.contains(hold) == true, "\(name): hold \(plan.hold ?? "none")")
        } else {
            #expect(plan.hold == nil, "\(name)")
        }
        // A plan that acts has written down that it does, and is not repeated while its result is awaited.
        if plan.action != nil {
            #expect(plan.memory.pending != nil, "\(name)")
            var next = situation
            next.memory = plan.memory
            next.observation.now += 5
            #expect(next.plan().action == nil, "\(name): acted twice")
        }
    }
}

@Suite("Removing members that no pod stands for")
struct RemovalTests {
    static let due: [Row] = [
        Row("a ghost past its time goes through the last member", .remove(3, via: 2)) { $0.ghosts([3]) },
        Row("of two ghosts the highest goes first", .remove(4, via: 2)) { $0.ghosts([3, 4]) },
        Row("the node that acted last acts again", .remove(3, via: 1)) {
            $0.ghosts([3])
            $0.memory.executor = Situation.node(1)
        },
        Row("but not if it is the first of the set", .remove(3, via: 2)) {
            $0.ghosts([3])
            $0.memory.executor = Situation.node(0)
        },
        Row("nor if it is not there", .remove(3, via: 2)) {
            $0.ghosts([3])
            $0.memory.executor = Situation.node(7)
        },
        Row("the first of the set does it if there is no other", of: 1, .remove(1, via: 0)) { $0.ghosts([1]) },
        Row("without a claim it goes when the finding has lasted", .remove(3, via: 2)) {
            $0.ghosts([3], claims: false, seenFor: 60)
        },
        Row("so it does when its last words say that its queues moved", .remove(3, via: 2)) {
            $0.ghosts([3], seenFor: 60)
            $0.observation.farewells[Situation.node(3)] = .left
        },
        Row("with a claim the ghost timeout is waited for", .remove(3, via: 2)) { $0.ghosts([3], seenFor: 600) },
        Row("a ghost below the first ordinal is one too", .remove(0, via: 3)) {
            $0 = Situation(3, start: 1)
            $0.ghosts([0])
        },
        Row("a pod that has not been Ready for ten minutes is not starting", .remove(3, via: 1)) {
            $0.unready(2, for: 600)
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2])
            $0.ghosts([3])
            $0.view(2, [2])
        },
        Row("nor is one that could not be made for ten minutes", .remove(3, via: 1)) {
            $0.losePod(2)
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.ghosts([3])
            $0.memory.since["PodMissing mqtt-2"] = 100_000 - 600
        },
        Row("a pod of an older template below the partition does not roll", .remove(3, via: 2)) {
            $0.ghosts([3])
            $0.observation.set.strategy = .rolling(partition: 1)
            $0.pod(0) { $0.revision = "r0" }
        },
        Row("nor one of a set that is updated by hand", .remove(3, via: 2)) {
            $0.ghosts([3])
            $0.observation.set.strategy = .onDelete
            $0.pod(2) { $0.revision = "r0" }
        },
        Row("an attempt that did not show is repeated", .remove(3, via: 2)) {
            $0.ghosts([3])
            $0.memory.acted = 100_000 - 60
            $0.memory.tries[Situation.node(3)] = 2
        },
        Row("the other ghost's turn comes when one cannot be removed", .remove(3, via: 2)) {
            $0.ghosts([3, 4])
            $0.memory.tries[Situation.node(4)] = 3
        },
    ]

    @Test("is done when all of it is safe", arguments: due)
    func isDone(row: Row) { row.check() }

    static let held: [Row] = [
        Row("nothing to do") { _ in },
        Row("a ghost that was just seen, its messages on a claim", hold: "mqtt-3 is removed in 10m") {
            $0.ghosts([3], seenFor: 0)
        },
        Row("just before the ghost timeout", hold: "removed in 1m") { $0.ghosts([3], seenFor: 599) },
        Row("its last words say that the leave failed", hold: "removed in 9m") {
            $0.ghosts([3], seenFor: 60)
            $0.observation.farewells[Situation.node(3)] = .failed("THE LEAVE FAILED")
        },
        Row("just seen, no claim: views lag", hold: "removed in 1m") { $0.ghosts([3], claims: false, seenFor: 0) },
        Row("a memory from the future", hold: "removed in 10m") { $0.ghosts([3], seenFor: -5000) },
        Row("a memory of another set", hold: "removed in 10m") {
            $0.ghosts([3])
            $0.memory.set = "set-0"
        },
        Row("paused", hold: "leave the set alone") {
            $0.ghosts([3])
            $0.observation.set.isPaused = true
        },
        Row("deleted", hold: "is being deleted") {
            $0.ghosts([3])
            $0.observation.set.isBeingDeleted = true
        },
        Row("scaled to zero", hold: "shutdown") {
            $0.ghosts([3])
            $0.observation.set.replicas = 0
            $0.observation.pods = []
        },
        Row("the controller has not seen the change", hold: "has not acted yet") {
            $0.ghosts([3])
            $0.observation.set.generation = 2
        },
        Row("a pod of an older template", hold: "is rolling") {
            $0.ghosts([3])
            $0.observation.set.updateRevision = "r2"
        },
        Row("a pod is being deleted", hold: "mqtt-1 is stopping") {
            $0.ghosts([3])
            $0.pod(1) { $0.isTerminating = true }
        },
        Row("a pod that is not wanted, not deleted yet", hold: "mqtt-3 is stopping") {
            $0.makePod(3)
            $0.ghosts([4])
        },
        Row("a pod is starting", hold: "mqtt-2 is starting") {
            $0.ghosts([3])
            $0.unready(2, for: 599)
        },
        Row("a wanted pod does not exist", hold: "mqtt-2 is about to be made") {
            $0.losePod(2)
            $0.ghosts([3])
        },
        Row("its absence was noticed lately", hold: "mqtt-2 is about to be made") {
            $0.losePod(2)
            $0.ghosts([3])
            $0.memory.since["PodMissing mqtt-2"] = 100_000 - 599
        },
        Row("a result is awaited", hold: "waiting for the views") {
            $0.ghosts([3, 4])
            $0.memory.pending = .init(node: Situation.node(4), isJoin: false, at: 100_000 - 59)
        },
        Row("the last act failed just now", hold: "one thing at a time") {
            $0.ghosts([3])
            $0.memory.pending = .init(node: Situation.node(3), isJoin: false, at: 100_000 - 60)
        },
        Row("the last act was a moment ago", hold: "one thing at a time") {
            $0.ghosts([3])
            $0.memory.acted = 100_000 - 59
        },
        Row("a broker in service does not answer", hold: "mqtt-1 is in service and does not tell") {
            $0.ghosts([3])
            $0.observation.answers[Situation.node(1)] = .silent("timed out")
        },
        Row("its answer is garbage", hold: "mqtt-1 is in service and does not tell") {
            $0.ghosts([3])
            $0.observation.answers[Situation.node(1)] = .unreadable(.unexpectedShape(path: "/0", expected: "object"))
        },
        Row("a survivor has never heard of the ghost", hold: "mqtt-1 does not list mqtt-3") {
            $0.ghosts([3])
            $0.view(1, [0, 1, 2])
        },
        Row("a survivor says that the ghost runs", hold: "says that mqtt-3 runs") {
            $0.ghosts([3])
            $0.view(1, [0, 1, 2, 3])
        },
        Row("all survivors say that the ghost runs", hold: "mqtt-3 still runs") {
            $0.ghosts([3])
            for ordinal in 0..<3 { $0.view(ordinal, [0, 1, 2, 3]) }
        },
        Row("a survivor says that another one is down", hold: "says that mqtt-2 runs") {
            $0.ghosts([3])
            $0.view(1, [0, 1, 2, 3], down: [2, 3])
        },
        Row("a survivor is down for long", hold: "member mqtt-2 is down too") {
            $0.unready(2, for: 6000)
            $0.observation.answers[Situation.node(2)] = .silent("connection refused")
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1, 2], down: [2]) }
            $0.ghosts([3])
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1, 2, 3], down: [2, 3]) }
        },
        Row("two clusters", of: 4, hold: "not in the cluster") {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2, 3])
            $0.view(3, [2, 3])
            $0.ghosts([4])
        },
        Row("a zombie in service", hold: "mqtt-2 is in service and not in the cluster") {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.ghosts([3])
            $0.view(2, [0, 1, 2])
        },
        Row("a broker in service that lost its state", hold: "mqtt-2 is in service and not in the cluster") {
            $0.ghosts([3])
            $0.view(2, [2])
        },
        Row("a lone broker in service", hold: "mqtt-2 is in service and alone") {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.ghosts([3])
            $0.view(2, [2])
        },
        Row("nobody answers") {
            $0.ghosts([3])
            $0.observation.answers = [:]
        },
        Row("three attempts were in vain") {
            $0.ghosts([3])
            $0.memory.tries[Situation.node(3)] = 3
        },
        Row("a wanted member that is down is never removed") {
            $0.unready(2, for: 6000)
            $0.observation.answers[Situation.node(2)] = .silent("connection refused")
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1, 2], down: [2]) }
            $0.lasting()
        },
        Row("a wanted member without a pod is never removed") {
            $0.losePod(2)
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1, 2], down: [2]) }
            $0.lasting(100_000)
        },
        Row("a member of another name is never removed") {
            for ordinal in 0..<3 {
                var members = Dictionary(uniqueKeysWithValues: (0..<3).map { (Situation.node($0), true) })
                members["VerneMQ@other-0.elsewhere"] = false
                $0.observation.answers[Situation.node(ordinal)] = .view(
                    BrokerView(node: Situation.node(ordinal), members: members)
                )
            }
            $0.lasting()
        },
    ]

    @Test("is not done as long as anything speaks against it", arguments: held)
    func isHeld(row: Row) { row.check() }

    static let turns: [Row] = [
        Row("its pod is back", hold: nil) {
            $0.observation.set.replicas = 4
            $0.makePod(3)
            $0.view(3, [0, 1, 2, 3])
        },
        Row("another pod begins to stop", hold: "mqtt-2 is stopping") { $0.pod(2) { $0.isTerminating = true } },
        Row("the set is scaled", hold: "has not acted yet") { $0.observation.set.generation = 9 },
        Row("who was to run it was made anew", hold: "no longer the one") { $0.pod(2) { $0.uid = "pod-2b" } },
        Row("who was to run it is not Ready", hold: "mqtt-2 is starting") { $0.unready(2, for: 1) },
        Row("a survivor changes its mind", hold: "does not list") { $0.view(0, [0, 1, 2]) },
        Row("the ghost runs", hold: "mqtt-3 still runs") {
            for ordinal in 0..<3 { $0.view(ordinal, [0, 1, 2, 3]) }
        },
        Row("it has gone by itself", hold: "mqtt-3 is not a member") {
            for ordinal in 0..<3 { $0.view(ordinal, [0, 1, 2]) }
        },
    ]

    @Test("is given up when the last look before it shows something else", arguments: turns)
    func lastLook(row: Row) throws {
        var situation = Situation(3)
        situation.ghosts([3])
        let plan = situation.plan()
        let action = try #require(plan.action)
        #expect(MembershipPlanner().objection(to: action, in: situation.observation) == nil)
        row.change(&situation)
        let objection = MembershipPlanner().objection(to: action, in: situation.observation)
        #expect(objection?.contains(row.hold ?? "there is a pod for mqtt-3") == true, "\(objection ?? "none")")
    }

    @Test("is told to vmq-admin without -k, as arguments")
    func command() throws {
        var situation = Situation(3)
        situation.ghosts([3])
        let action = try #require(situation.plan().action)
        #expect(
            action.command == [
                "vmq-admin", "cluster", "leave", "node=VerneMQ@mqtt-3.mqtt-headless.demo.svc.cluster.local",
            ]
        )
        #expect(action.executor == .init(node: Situation.node(2), pod: "mqtt-2", uid: "pod-2"))
    }

    @Test("shows in the views, is rested from, and what was left on the claim is remembered until the claim is gone")
    func aftermath() {
        var situation = Situation(3)
        situation.ghosts([3, 4])
        var plan = situation.plan()
        #expect(Deed(plan.action) == .remove(4, via: 2))
        situation.memory = plan.memory
        for ordinal in 0..<3 { situation.view(ordinal, [0, 1, 2, 3], down: [3]) }
        situation.observation.now += 10
        plan = situation.plan()
        #expect(plan.hold?.contains("one thing at a time") == true)
        #expect(plan.memory.unmigrated == [Situation.node(4): "claim-4"])
        situation.memory = plan.memory
        situation.observation.now += 60
        plan = situation.plan()
        #expect(Deed(plan.action) == .remove(3, via: 2))
        situation.memory = plan.memory
        for ordinal in 0..<3 { situation.view(ordinal, [0, 1, 2]) }
        situation.observation.now += 10
        plan = situation.plan()
        #expect(plan.findings.isEmpty)
        let left = plan.conditions.first { $0.type == "UnmigratedState" }
        #expect(left?.status == .isTrue && left?.reason == "StateLeftBehind")
        #expect(left?.message.contains("kubectl -n demo delete pvc data-mqtt-3") == true)
        situation.memory = plan.memory
        situation.observation.claims[4] = nil
        situation.observation.claims[3] = ObservedClaim(name: "data-mqtt-3", uid: "another")
        plan = situation.plan()
        #expect(plan.memory.unmigrated.isEmpty)
        #expect(plan.conditions.first { $0.type == "UnmigratedState" }?.status == .isFalse)
        #expect(plan.wakeAfter == 60)
    }

    @Test("ends, after three attempts in vain, in a remedy for a person")
    func inVain() {
        var situation = Situation(3)
        situation.ghosts([3])
        var attempts = 0
        for _ in 0..<100 {
            let plan = situation.plan()
            if plan.action != nil { attempts += 1 }
            situation.memory = plan.memory
            situation.observation.now += 10
        }
        #expect(attempts == 3)
        let clustered = situation.plan().conditions.first
        #expect(clustered?.reason == "RemovalFailed")
        #expect(
            clustered?.message.contains(
                "kubectl -n demo exec mqtt-2 -c vernemq -- vmq-admin cluster leave node=\(Situation.node(3))"
            ) == true,
            "\(clustered?.message ?? "")"
        )
    }

    @Test("does not begin to wait anew because nobody could be asked for a moment")
    func silenceDoesNotForget() {
        var situation = Situation(3)
        situation.ghosts([3], seenFor: 599)
        let answers = situation.observation.answers
        situation.observation.answers = [:]
        situation.memory = situation.plan().memory
        situation.observation.answers = answers
        situation.observation.now += 1
        #expect(Deed(situation.plan().action) == .remove(3, via: 2))
    }
}

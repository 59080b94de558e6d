import Membership
import Testing

@Suite("What is said about a cluster")
struct ConditionTests {
    /// A situation, whether it has lasted, and what the condition `Clustered` says.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let status: MembershipCondition.Status
        let reason: String
        let words: [String]
        let lasting: Bool
        let change: @Sendable (inout Situation) -> Void

        init(
            _ name: String,
            _ status: MembershipCondition.Status,
            _ reason: String,
            _ words: [String],
            lasting: Bool = true,
            _ change: @escaping @Sendable (inout Situation) -> Void
        ) {
            self.name = name
            self.status = status
            self.reason = reason
            self.words = words
            self.lasting = lasting
            self.change = change
        }

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case("whole", .isTrue, "MembersAgree", ["mqtt-0, mqtt-1 and mqtt-2"]) { _ in },
        Case("one broker", .isTrue, "MembersAgree", ["mqtt-0: each"]) { $0 = Situation(1) },
        Case(
            "a member that runs, is not Ready, and does not tell its view",
            .unknown,
            "ViewMissing",
            ["mqtt-0 and mqtt-1", "mqtt-2 does not tell its own yet"]
        ) {
            $0.observation.answers[Situation.node(2)] = .silent("connection refused")
            $0.observation.pods[2].isReady = false
        },
        Case("scaled to zero", .unknown, "ScaledToZero", ["shutdown"]) { $0 = Situation(0) },
        Case("nobody answers", .unknown, "NoBrokerAnswers", ["kubectl -n demo get pods"]) {
            $0.observation.answers = [:]
        },
        Case(
            "a split",
            .isFalse,
            "SplitCluster",
            [
                "mqtt-2 and mqtt-3 form a cluster of their own beside mqtt-0 and mqtt-1",
                "kubectl -n demo delete pvc data-mqtt-2 data-mqtt-3 --wait=false",
                "kubectl -n demo delete pod mqtt-2 mqtt-3",
            ]
        ) {
            $0 = Situation(4)
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2, 3])
            $0.view(3, [2, 3])
        },
        Case("a split just now", .unknown, "Settling", ["a cluster of their own"], lasting: false) {
            $0 = Situation(4)
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2, 3])
            $0.view(3, [2, 3])
        },
        Case(
            "the larger side is the cluster",
            .isFalse,
            "SplitCluster",
            ["mqtt-0 and mqtt-1 form a cluster of their own"]
        ) {
            $0 = Situation(5)
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1]) }
            for ordinal in 2..<5 { $0.view(ordinal, [2, 3, 4]) }
        },
        Case("one whose companions are silent is another cluster", .isFalse, "SplitCluster", ["mqtt-3 form"]) {
            $0 = Situation(4)
            for ordinal in 0..<3 { $0.view(ordinal, [0, 1, 2]) }
            $0.view(3, [3, 9], down: [9])
        },
        Case(
            "a zombie",
            .isFalse,
            "Zombie",
            [
                "mqtt-2 takes itself for a member", "kubectl -n demo delete pod mqtt-2", ".vmq/aside",
            ]
        ) {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
        },
        Case("a zombie whose data dies with the pod", .isFalse, "Zombie", ["what only it stores is lost"]) {
            $0.observation.claims = [:]
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
        },
        Case("two zombies do not make each other members", .isFalse, "SplitCluster", ["mqtt-3 and mqtt-4"]) {
            $0 = Situation(5)
            for ordinal in 0..<3 { $0.view(ordinal, [0, 1, 2]) }
        },
        Case(
            "a solo broker",
            .isFalse,
            "SoloBroker",
            [
                "mqtt-2 is in service and alone, beside mqtt-0 and mqtt-1",
                "kubectl -n demo delete pvc data-mqtt-2 --wait=false", "kubectl -n demo delete pod mqtt-2",
            ]
        ) {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2])
        },
        Case("all are alone", .isFalse, "SoloBroker", ["mqtt-1 is in service and alone, beside mqtt-0"]) {
            for ordinal in 0..<3 { $0.view(ordinal, [ordinal]) }
        },
        Case(
            "a lone broker that is starting is only missing",
            .isFalse,
            "MembersMissing",
            [
                "2 of the 3", "missing: mqtt-2", "kubectl -n demo describe pod mqtt-2",
            ]
        ) {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2])
            $0.unready(2, for: 100)
        },
        Case("a lone broker that nobody uses", .isFalse, "SoloBroker", ["the operator asks it to join", "not yet"]) {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1])
            $0.view(2, [2], load: 0)
            $0.unready(0, for: 10)
        },
        Case("another node name", .isFalse, "WrongNodeName", ["calls itself VerneMQ@127.0.0.1", "vm.args"]) {
            $0.observation.answers[Situation.node(2)] = .unreadable(
                .otherNode(found: "VerneMQ@127.0.0.1", expected: Situation.node(2))
            )
        },
        Case(
            "a ghost",
            .isFalse,
            "GhostMember",
            [
                "mqtt-3 is a member, but the set does not want it", "not yet: mqtt-3 is removed in",
            ]
        ) { $0.ghosts([3], seenFor: 100) },
        Case("a ghost that cannot go yet", .isFalse, "GhostMember", ["not yet: pod mqtt-1 is stopping"]) {
            $0.ghosts([3])
            $0.pod(1) { $0.isTerminating = true }
        },
        Case(
            "a stranger",
            .isFalse,
            "ForeignMember",
            [
                "kubectl -n demo exec mqtt-2 -c vernemq -- vmq-admin cluster leave node=VerneMQ@old.host"
            ]
        ) {
            for ordinal in 0..<3 {
                var members = Dictionary(uniqueKeysWithValues: (0..<3).map { (Situation.node($0), true) })
                members["VerneMQ@old.host"] = false
                $0.observation.answers[Situation.node(ordinal)] = .view(
                    BrokerView(node: Situation.node(ordinal), members: members)
                )
            }
        },
        Case(
            "a member is down",
            .isFalse,
            "MemberDown",
            [
                "member mqtt-2 is down", "VerneMQ refuses clients", "kubectl -n demo describe pod mqtt-2",
            ]
        ) {
            $0.losePod(2)
            for ordinal in 0..<2 { $0.view(ordinal, [0, 1, 2], down: [2]) }
        },
        Case(
            "a member that lost its state",
            .isFalse,
            "LostState",
            ["pull it back in", "kubectl -n demo delete pod mqtt-2"]
        ) {
            $0.view(2, [2])
        },
        Case("views that disagree on a member", .isFalse, "ViewsDisagree", ["mqtt-1 does not list mqtt-2", "4369"]) {
            $0.view(1, [0, 1])
        },
        Case(
            "views that disagree on who runs",
            .isFalse,
            "ViewsDisagree",
            ["says that mqtt-1 runs, mqtt-2 that it does not"]
        ) {
            $0.view(2, [0, 1, 2], down: [1])
        },
        Case("suspended listeners", .isFalse, "ListenersSuspended", ["kubectl -n demo delete pod mqtt-1"]) {
            $0.view(1, [0, 1, 2], suspended: true)
        },
        Case(
            "a silent broker",
            .unknown,
            "BrokerSilent",
            ["mqtt-1 is Ready and does not tell its view (timed out)", "8888"]
        ) {
            $0.observation.answers[Situation.node(1)] = .silent("timed out")
        },
        Case("the gravest first, all of them told", .isFalse, "SoloBroker", ["alone", "1 of the 3", "suspended"]) {
            $0.view(0, [0])
            $0.view(1, [1], suspended: true)
            $0.losePod(2)
        },
    ]

    @Test("tells what is wrong and exactly what to do", arguments: cases)
    func clustered(row: Case) {
        var situation = Situation(3)
        row.change(&situation)
        if row.lasting {
            let ghosts = situation.memory.since
            situation.lasting()
            situation.memory.since.merge(ghosts) { $1 }
        }
        let condition = situation.plan().conditions.first
        #expect(condition?.type == "Clustered")
        #expect(condition?.status == row.status, "\(condition?.message ?? "")")
        #expect(condition?.reason == row.reason, "\(condition?.message ?? "")")
        for words in row.words { #expect(condition?.message.contains(words) == true, "\(condition?.message ?? "")") }
    }

    @Test("every reason is met by a case")
    func complete() {
        let met = Set(Self.cases.map(\.reason))
        for reason in MembershipFinding.Reason.allCases where reason != .removalFailed {
            #expect(met.contains(reason.rawValue), "\(reason)")
        }
    }

    @Test("messages that did not move are told with the way to bring them back")
    func unmigrated() {
        var situation = Situation(3)
        situation.ghosts([4], seenFor: 30)
        situation.observation.farewells[Situation.node(4)] = .failed("leave: THE LEAVE FAILED: timeout")
        let condition = situation.plan().conditions.last
        #expect(condition?.type == "UnmigratedState")
        #expect(condition?.status == .isTrue)
        #expect(condition?.reason == "WaitingForGhostTimeout")
        #expect(
            condition?.message
                == "mqtt-4 was scaled away before its sessions and messages moved (leave: THE LEAVE FAILED: timeout); they"
                + " are on claim data-mqtt-4. To move them, bring it back and scale down again:"
                + " `kubectl -n demo scale statefulset mqtt --replicas=5`, wait until it is Ready,"
                + " `kubectl -n demo scale statefulset mqtt --replicas=3`. In 10m it is removed without them"
        )
    }

    @Test("a lone unused broker is asked once to join, when it has not joined by itself for three minutes")
    func joins() {
        var situation = Situation(3)
        situation.view(0, [0, 1])
        situation.view(1, [0, 1])
        situation.view(2, [2], load: 0)
        situation.lasting(179)
        #expect(Deed(situation.plan().action) == .nothing)
        #expect(situation.plan().hold?.contains("may still join by itself") == true)
        situation.lasting(180)
        var plan = situation.plan()
        #expect(Deed(plan.action) == .join(2, to: 0))
        #expect(
            plan.action?.command == ["vmq-admin", "cluster", "join", "discovery-node=\(Situation.node(0))"]
        )
        #expect(plan.action?.executor.pod == "mqtt-2")
        if let action = plan.action {
            #expect(MembershipPlanner().objection(to: action, in: situation.observation) == nil)
        }
        for _ in 0..<50 {
            situation.memory = plan.memory
            situation.observation.now += 10
            plan = situation.plan()
            #expect(plan.action == nil)
        }
        #expect(plan.conditions.first?.message.contains("delete pod mqtt-2") == true)
    }

    static let loners: [Row] = [
        Row("it is in use", hold: "mqtt-2 is in use") { $0.view(2, [2], load: 1) },
        Row("there is no cluster to join", hold: "no cluster of two") {
            $0.losePod(1); $0.view(0, [0], load: 3)
        },
        Row("a member is down", of: 4, hold: "mqtt-1 is down") {
            $0.unready(1, for: 6000)
            $0.observation.answers[Situation.node(1)] = .silent("refused")
            $0.view(0, [0, 1, 3], down: [1])
            $0.view(3, [0, 1, 3], down: [1])
        },
        Row("the members disagree", of: 4, hold: "do not agree") {
            $0.view(0, [0, 1])
            $0.view(1, [0, 1, 3])
            $0.view(3, [1, 3])
        },
        Row("a pod is starting", hold: "mqtt-1 is starting") { $0.unready(1, for: 5) },
    ]

    @Test("a lone broker is not asked to join where that is not safe", arguments: loners)
    func staysAlone(row: Row) {
        var situation = Situation(row.replicas)
        situation.view(0, [0, 1])
        situation.view(1, [0, 1])
        situation.view(2, [2], load: 0)
        row.change(&situation)
        situation.lasting()
        situation.memory.since["PodMissing mqtt-1"] = 1
        let plan = situation.plan()
        #expect(plan.action == nil)
        #expect(plan.hold?.contains(row.hold ?? "") == true, "\(plan.hold ?? "none")")
    }
}

import Document
import Membership
import Testing

@testable import Controller

/// Odd objects and odd answers: what cannot be read must make the planner wait, never act.
@Suite("Reading a cluster for the planner")
struct ClusterReaderTests {
    static let set = MemberWorld.set(port: 9999)
    static let now: Int64 = 1_800_000_000

    static func changed(_ change: (inout JSONValue) -> Void) -> JSONValue {
        var set = set
        change(&set)
        return set
    }

    @Test("a set is read as it is stored")
    func reading() throws {
        let reader = try ClusterReader(Self.set)
        #expect(reader.naming == MemberWorld.naming)
        #expect(reader.port == 9999)
        #expect(reader.claimTemplate == "data")
        #expect(
            reader.set
                == ObservedSet(
                    uid: "set-1",
                    replicas: 3,
                    start: 0,
                    generation: 4,
                    observedGeneration: 4,
                    updateRevision: "r1",
                    strategy: .rolling(partition: 0),
                    container: "vernemq"
                )
        )
    }

    static let sets: [(String, @Sendable (inout JSONValue) -> Void, @Sendable (ObservedSet) -> Bool)] = [
        ("no replicas are one", { $0["spec"]?["replicas"] = nil }, { $0.replicas == 1 }),
        ("null replicas are one", { $0["spec"]?["replicas"] = .null }, { $0.replicas == 1 }),
        ("a first ordinal", { $0["spec"]?["ordinals"] = ["start": 5] }, { $0.wanted == 5..<8 }),
        ("a status that says nothing is old", { $0["status"] = nil }, { $0.observedGeneration < $0.generation }),
        ("updates by hand", { $0["spec"]?["updateStrategy"] = ["type": "OnDelete"] }, { $0.strategy == .onDelete }),
        (
            "a partition",
            { $0["spec"]?["updateStrategy"] = ["type": "RollingUpdate", "rollingUpdate": ["partition": 2]] },
            { $0.strategy == .rolling(partition: 2) }
        ),
        (
            "an unknown strategy replaces pods",
            { $0["spec"]?["updateStrategy"] = ["type": "Sideways"] }, { $0.strategy == .rolling(partition: 0) }
        ),
        (
            "a negative partition is none",
            { $0["spec"]?["updateStrategy"] = ["rollingUpdate": ["partition": -1]] },
            { $0.strategy == .rolling(partition: 0) }
        ),
        (
            "deletion",
            { $0["metadata"]?["deletionTimestamp"] = "2027-01-15T08:00:00Z" }, { $0.isBeingDeleted }
        ),
        (
            "pause", { $0["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/pause"] = "true" }, { $0.isPaused }
        ),
    ]

    @Test("what a set leaves open is read as what makes the planner wait", arguments: sets.indices)
    func odd(index: Int) throws {
        let (name, change, expected) = Self.sets[index]
        let read = try ClusterReader(Self.changed(change)).set
        #expect(expected(read), "\(name): \(read)")
    }

    static let refused: [(String, @Sendable (inout JSONValue) -> Void)] = [
        ("NotStored", { $0["metadata"]?["uid"] = nil }),
        ("NotStored", { $0["metadata"]?["name"] = "" }),
        ("NotStored", { $0 = .null }),
        ("NotInjected", { $0["spec"]?["template"]?["metadata"]?["annotations"] = nil }),
        ("TooManyBrokers", { $0["spec"]?["replicas"] = 1_000_000 }),
        ("TooManyBrokers", { $0["spec"]?["replicas"] = -1 }),
        ("TooManyBrokers", { $0["spec"]?["replicas"] = "many" }),
        ("InvalidOrdinals", { $0["spec"]?["ordinals"] = ["start": -1] }),
        ("InvalidOrdinals", { $0["spec"]?["ordinals"] = ["start": "x"] }),
    ]

    @Test("a set whose members cannot be looked after is refused with a reason", arguments: refused.indices)
    func refusal(index: Int) {
        let (reason, change) = Self.refused[index]
        do {
            let reader = try ClusterReader(Self.changed(change))
            Issue.record("\(reason): read as \(reader)")
        } catch {
            #expect(error.reason == reason)
            #expect(!error.description.isEmpty)
        }
    }

    // MARK: Pods

    static let pods: [(String, @Sendable (inout JSONValue) -> Void, @Sendable (ObservedPod) -> Bool)] = [
        (
            "as it is", { _ in },
            {
                $0.isReady && !$0.isTerminating && $0.revision == "r1" && $0.uid == "pod-1"
                    && $0.created == 1_768_464_000 && $0.container == .running(since: 1_768_464_030)
            }
        ),
        ("not Ready", { $0["status"]?["conditions"] = [] }, { !$0.isReady && $0.readinessChanged == nil }),
        (
            "stopping is not in service",
            { $0["metadata"]?["deletionTimestamp"] = "2027-01-15T08:00:00Z" }, { !$0.isReady && $0.isTerminating }
        ),
        ("without a label of no known template", { $0["metadata"]?["labels"] = nil }, { $0.revision == "?" }),
        (
            "an unreadable time is now, so that it counts as young",
            {
                $0["metadata"]?["creationTimestamp"] = "yesterday"
                $0["status"]?["conditions"] = [["type": "Ready", "status": "False", "lastTransitionTime": 7]]
            },
            { $0.created == now && $0.readinessChanged == now }
        ),
        ("no status of its container", { $0["status"] = nil }, { $0.container == .waiting(reason: "Pending") }),
        (
            "a waiting container",
            {
                $0["status"]?["containerStatuses"] = [
                    ["name": "vernemq", "state": ["waiting": ["reason": "CrashLoopBackOff"]]]
                ]
            },
            { $0.container == .waiting(reason: "CrashLoopBackOff") }
        ),
        (
            "null is no state",
            {
                $0["status"]?["containerStatuses"] = [
                    ["name": "vernemq", "state": ["running": .null, "terminated": ["exitCode": 1]]]
                ]
            },
            { $0.container == .ended(exitCode: 1) }
        ),
        (
            "another container does not count",
            {
                $0["status"]?["containerStatuses"] = [
                    ["name": "proxy", "state": ["running": [:]]],
                    ["name": "vernemq", "state": ["terminated": ["exitCode": 137]]],
                ]
            },
            { $0.container == .ended(exitCode: 137) }
        ),
    ]

    @Test("pods are read as they are stored", arguments: pods.indices)
    func pod(index: Int) throws {
        let (name, change, expected) = Self.pods[index]
        var object = MemberWorld.pod(1)
        change(&object)
        let pods = try ClusterReader(Self.set).pods([object], now: Self.now)
        let read = try #require(pods.first)
        #expect(pods.count == 1 && expected(read), "\(name): \(pods)")
    }

    static let strangers: [@Sendable (inout JSONValue) -> Void] = [
        { $0["metadata"]?["ownerReferences"] = nil },
        { $0["metadata"]?["ownerReferences"]?[0]?["uid"] = "set-0" },
        { $0["metadata"]?["ownerReferences"]?[0]?["controller"] = false },
        { $0["metadata"]?["name"] = "mqtt-01" },
        { $0["metadata"]?["name"] = "mqtt-x" },
        { $0["metadata"]?["name"] = "other-1" },
        { $0["metadata"]?["uid"] = nil },
        { $0 = .null },
    ]

    @Test("pods of others are none of the set's, whatever their names", arguments: strangers.indices)
    func stranger(index: Int) throws {
        var object = MemberWorld.pod(1)
        Self.strangers[index](&object)
        #expect(try ClusterReader(Self.set).pods([object], now: Self.now).isEmpty)
    }

    @Test("claims are those of the data's template and of this set")
    func claims() throws {
        var elsewhere = MemberWorld.claim(4)
        elsewhere["metadata"]?["namespace"] = "other"
        let log: JSONValue = ["metadata": ["name": "log-mqtt-1", "namespace": "demo", "uid": "l"]]
        let odd: JSONValue = ["metadata": ["name": "data-mqtt-x", "namespace": "demo", "uid": "x"]]
        let claims = try ClusterReader(Self.set).claims([MemberWorld.claim(3), elsewhere, log, odd, .null])
        #expect(claims == [3: ObservedClaim(name: "data-mqtt-3", uid: "claim-3")])
        let bare = Self.changed { $0["spec"]?["volumeClaimTemplates"] = nil }
        #expect(try ClusterReader(bare).claims([MemberWorld.claim(3)]).isEmpty)
    }

    // MARK: Answers

    static let answers: [String] = [
        "", "null", "[]", "[[]]", "<html>busy</html>", "[{\"VerneMQ@elsewhere\":{\"mystatus\":[]}}]",
        "[{\"\(MemberWorld.naming.node(0))\":{\"mystatus\":[{\"a\":\"yes\"}]}}]",
        "[{\"\(MemberWorld.naming.node(0))\":{}}]", String(repeating: "[", count: 100_000),
    ]

    @Test("a bad status.json is unreadable, and its broker holds everything up", arguments: answers)
    func answer(text: String) throws {
        let answer = ClusterReader.answer(Array(text.utf8), of: MemberWorld.naming.node(0))
        guard case .unreadable = answer else {
            Issue.record("\(answer)")
            return
        }
        let reader = try ClusterReader(Self.set)
        let pods = reader.pods((0..<3).map(MemberWorld.pod), now: Self.now)
        var answers = [MemberWorld.naming.node(0): answer]
        let members = [0: true, 1: true, 2: true, 3: false]
        for ordinal in 1..<3 {
            let node = MemberWorld.naming.node(ordinal)
            answers[node] = ClusterReader.answer(MemberWorld.view(ordinal, members).serialized(), of: node)
        }
        let observation = reader.observation(now: Self.now, pods: pods, answers: answers)
        var memory = MembershipMemory()
        memory.set = "set-1"
        memory.since["GhostMember \(MemberWorld.naming.node(3))"] = Self.now - 5000
        let plan = MembershipPlanner().plan(observation, memory)
        #expect(plan.action == nil)
        #expect(plan.hold?.contains("mqtt-0") == true, "\(plan.hold ?? "")")
        // The same with an answer is acted on.
        let node = MemberWorld.naming.node(0)
        answers[node] = ClusterReader.answer(MemberWorld.view(0, members).serialized(), of: node)
        let whole = reader.observation(now: Self.now, pods: pods, answers: answers)
        #expect(MembershipPlanner().plan(whole, memory).action != nil)
    }

    @Test("running brokers with an address are asked, those that stop included; others are silent for a reason")
    func questions() throws {
        let reader = try ClusterReader(Self.set)
        var objects = (0..<4).map(MemberWorld.pod)
        objects[1]["status"]?["podIP"] = nil
        objects[2]["status"]?["containerStatuses"] = [["name": "vernemq", "state": ["terminated": ["exitCode": 1]]]]
        objects[3]["metadata"]?["deletionTimestamp"] = "2027-01-15T08:00:00Z"
        let pods = reader.pods(objects, now: Self.now)
        #expect(reader.questions(objects, pods).map(\.address) == ["127.0.1.1", "127.0.1.4"])
        let answers = reader.observation(now: Self.now, pods: pods, answers: [:]).answers
        #expect(answers[MemberWorld.naming.node(1)] == .silent("it has no address"))
        #expect(answers[MemberWorld.naming.node(2)] == .silent("its container has ended with 1"))
    }
}

import Document
import KubernetesClient
import Testing

@testable import Controller

@Suite("Which broker is restarted, and when")
struct RestartChoiceTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func set(replicas: Int64 = 3, revision: String = "a") -> JSONValue {
        [
            "metadata": ["name": "mqtt", "namespace": "one"],
            "spec": ["serviceName": "mqtt", "replicas": .integer(replicas)],
            "status": ["currentRevision": "a", "updateRevision": .string(revision)],
        ]
    }

    private static func pod(_ ordinal: Int, isReady: Bool = true, isGoing: Bool = false, age: Int = 3600) -> JSONValue {
        var pod: JSONValue = [
            "metadata": ["name": .string("mqtt-\(ordinal)"), "namespace": "one"],
            "status": [
                "conditions": [["type": "Ready", "status": isReady ? "True" : "False"]],
                "containerStatuses": [
                    [
                        "name": "vernemq",
                        "state": ["running": ["startedAt": .string(Timestamp(seconds: now.seconds - age).text)]],
                    ]
                ],
            ],
        ]
        if isGoing { pod["metadata"]?["deletionTimestamp"] = "2026-11-25T00:00:00Z" }
        return pod
    }

    private static func node(_ ordinal: Int) -> String { "VerneMQ@mqtt-\(ordinal).mqtt.one.svc.cluster.local" }

    private static let view = Dictionary(uniqueKeysWithValues: (0..<3).map { (node($0), true) })

    private static let whole = Dictionary(uniqueKeysWithValues: (0..<3).map { ("mqtt-\($0)", view) })

    private static func choice(_ pods: [JSONValue], _ set: JSONValue = set()) -> RestartChoice {
        RestartChoice(set: set, pods: pods, container: "vernemq", minimumUptime: .seconds(600))
    }

    private static func report(_ waiting: Set<Int>) -> LiveReport {
        var report = LiveReport()
        for ordinal in 0..<3 {
            report.brokers["mqtt-\(ordinal)"] = BrokerOutcome(restartRequired: waiting.contains(ordinal) ? ["k"] : [])
        }
        return report
    }

    private static let pods = (0..<3).map { pod($0) }

    @Test("the highest ordinal that waits comes first, and none that does not wait")
    func order() {
        #expect(Self.choice(Self.pods).next(Self.report([0, 1]), now: Self.now) == Self.pods[1])
        #expect(Self.choice(Self.pods).next(Self.report([]), now: Self.now) == nil)
        #expect(Self.choice(Self.pods).next(LiveReport(), now: Self.now) == nil, "nothing is known of any")
    }

    @Test("a broker that has just started is not restarted again")
    func rest() {
        let young = [Self.pods[0], Self.pods[1], Self.pod(2, age: 60)]
        #expect(Self.choice(young).next(Self.report([0, 2]), now: Self.now) == Self.pods[0])
        #expect(Self.choice(young).next(Self.report([2]), now: Self.now) == nil)
        let hasty = RestartChoice(set: Self.set(), pods: young, container: "vernemq", minimumUptime: .seconds(60))
        #expect(hasty.next(Self.report([2]), now: Self.now) == young[2])
    }

    @Test("nobody is restarted while a pod is missing, too many, not ready, on its way out, or of another revision")
    func pods() {
        #expect(Self.choice(Self.pods).arePodsWhole)
        #expect(!Self.choice(Array(Self.pods.dropLast())).arePodsWhole)
        #expect(!Self.choice(Self.pods, Self.set(replicas: 2)).arePodsWhole)
        #expect(!Self.choice(Self.pods, Self.set(revision: "b")).arePodsWhole)
        #expect(!Self.choice([Self.pods[0], Self.pods[1], Self.pod(2, isReady: false)]).arePodsWhole)
        #expect(!Self.choice([Self.pods[0], Self.pods[1], Self.pod(2, isGoing: true)]).arePodsWhole)
    }

    @Test("nobody is restarted unless every broker answers, and sees all of them running, and nobody else")
    func views() {
        let choice = Self.choice(Self.pods)
        #expect(choice.isOneCluster(Self.whole))
        func with(_ change: (inout [String: [String: Bool]]) -> Void) -> Bool {
            var views = Self.whole
            change(&views)
            return choice.isOneCluster(views)
        }
        #expect(!with { $0["mqtt-1"] = nil }, "one is silent")
        #expect(!with { $0["mqtt-1"]?[Self.node(0)] = false }, "one is down in another's view")
        #expect(!with { $0["mqtt-1"]?[Self.node(0)] = nil }, "one is not in another's view")
        #expect(!with { $0["mqtt-2"]?["VerneMQ@ghost"] = true }, "there is a member without a pod")
    }
}

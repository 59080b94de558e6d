import Document
import Foundation
import Membership
import Testing
import VerneMQ
import Workload

@Suite("The status of a resource")
struct StatusTests {
    static let resource: JSONValue = [
        "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ",
        "metadata": ["name": "driven", "namespace": "iot", "uid": "u", "generation": 3],
        "spec": ["statefulSetRef": ["name": "mqtt"]],
    ]
    static let early = "2026-01-01T00:00:00Z"
    static let late = "2026-01-02T00:00:00Z"

    /// Two brokers in one cluster, all well.
    static var well: Workload.ClusterObservation {
        let view = BrokerView(
            node: Stored.node(0),
            members: [Stored.node(0): true, Stored.node(1): true],
            version: "2.1.1"
        )
        let standing = BrokerStanding(.member, view: view, listedBy: 2)
        let broker = BrokerObservation(standing: standing, configurationDigest: "d", restartRequired: [])
        let pods = [Stored.pod(1), Stored.pod(0)]
        return Workload.ClusterObservation(
            statefulSet: Stored.injected,
            pods: pods,
            workload: DesiredWorkload.make(from: resource, settings: [], statefulSet: Stored.injected),
            audit: InjectionAudit.assess(
                Stored.injected,
                Stored.surroundings(pods: pods),
                injector: Stored.injector
            ),
            membership: [
                MembershipCondition(
                    type: "Clustered",
                    status: .isTrue,
                    reason: "MembersAgree",
                    message: "mqtt-0 and mqtt-1: each is a member in the view of each"
                ),
                MembershipCondition(
                    type: "UnmigratedState",
                    status: .isFalse,
                    reason: "NothingLeftBehind",
                    message: "no member that was scaled away has left messages behind"
                ),
            ],
            brokers: ["mqtt-0": broker, "mqtt-1": broker],
            configurationDigest: "d",
            isExecPermitted: true
        )
    }

    static func status(
        _ observation: Workload.ClusterObservation,
        of resource: JSONValue = resource,
        now: String = early
    )
        -> JSONValue
    {
        StatusBuilder.make(resource, observation, now: now)
    }

    static func condition(_ type: String, _ status: JSONValue) -> String {
        let entry = status["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
        return "\(entry?["status"]?.stringValue ?? "-")/\(entry?["reason"]?.stringValue ?? "-")"
    }

    @Test("a cluster that is well says so in every condition, and fits the resource's schema")
    func healthy() throws {
        let status = Self.status(Self.well)
        try TestFiles.compare(
            YAMLDocument.serialize(status),
            TestFiles.root.appending(path: "Golden/status/well.yaml")
        )
        #expect(SchemaType.object(VerneMQStructure.statusFields).check(status, at: "status") == [])
        #expect(status["nodes"] == ["mqtt-0", "mqtt-1"])
        #expect(status["selector"] == "app=mqtt")
        let reason = ["Ready", "Injected", "Clustered", "ConfigurationApplied", "RestartRequired", "PluginsBuilt"].map {
            Self.condition($0, status)
        }
        #expect(
            reason == [
                "True/BrokersReady", "True/Injected", "True/MembersAgree", "True/Applied", "False/NoneWaiting",
                "True/NoPlugins",
            ]
        )
    }

    @Test("what nobody has looked at is unknown")
    func unknown() {
        let status = Self.status(
            Workload.ClusterObservation(statefulSet: Stored.injected, pods: [Stored.pod(0), Stored.pod(1)])
        )
        #expect(Self.condition("Injected", status) == "Unknown/NotAudited")
        #expect(Self.condition("Clustered", status) == "Unknown/NotObserved")
        #expect(Self.condition("UnmigratedState", status) == "-/-")
        #expect(Self.condition("ConfigurationApplied", status) == "Unknown/NotObserved")
        #expect(Self.condition("RestartRequired", status) == "Unknown/NotObserved")
        #expect(status["brokers"]?[0]?["membership"] == "Unknown")
    }

    @Test("an operator that has just started says what the one before has said, until it has looked")
    func takeover() {
        var resource = Self.resource
        var before = Self.well
        before.brokers["mqtt-0"]?.restartRequired = ["log.console"]
        before.brokers["mqtt-1"]?.configurationFault = "refused"
        resource["status"] = Self.status(before)
        var observation = before
        (observation.membership, observation.brokers, observation.configurationDigest) = ([], [:], nil)
        observation.isConfigurationAwaited = true
        let status = Self.status(observation, of: resource, now: Self.late)
        #expect(status.serialized() == resource["status"]?.serialized())
        // Nobody will look: then what was said is said no longer.
        observation.isConfigurationAwaited = false
        let later = Self.status(observation, of: resource, now: Self.late)
        #expect(Self.condition("ConfigurationApplied", later) == "Unknown/NotObserved")
        // Nobody has ever looked.
        observation.isConfigurationAwaited = true
        let first = Self.status(observation)
        #expect(Self.condition("ConfigurationApplied", first) == "Unknown/NotObserved")
        #expect(Self.condition("RestartRequired", first) == "Unknown/NotObserved")
        // What the StatefulSet and its pods show needs no look.
        observation.pods = [Stored.pod(0, ready: false), Stored.pod(1)]
        let changed = Self.status(observation, of: resource, now: Self.late)
        #expect(changed["brokers"]?[0]?["ready"] == false)
        #expect(changed["brokers"]?[0]?["message"] != nil && changed["brokers"]?[1]?["message"] == "refused")
    }

    static let changes: [(@Sendable (inout Workload.ClusterObservation) -> Void, String, String)] = [
        ({ $0.statefulSet = nil }, "Ready", "False/StatefulSetNotFound"),
        ({ $0.statefulSet?["status"]?["readyReplicas"] = 1 }, "Ready", "False/BrokersNotReady"),
        ({ $0.statefulSet?["status"]?["replicas"] = 3 }, "Ready", "False/BrokersNotReady"),
        ({ $0.statefulSet?["status"]?["updatedReplicas"] = 1 }, "Ready", "True/Updating"),
        ({ $0.statefulSet?["metadata"]?["generation"] = 5 }, "Ready", "True/Updating"),
        ({ $0.statefulSet?["spec"]?["replicas"] = 0 }, "Ready", "False/ScaledToZero"),
        (
            { $0.audit = InjectionAudit.assess(Stored.bare, Stored.surroundings(), injector: Stored.injector) },
            "Ready",
            "False/NotInjected"
        ),
        (
            { $0.audit = InjectionAudit.assess(Stored.bare, Stored.surroundings(), injector: Stored.injector) },
            "Injected",
            "False/InjectionMissing"
        ),
        (
            {
                $0.membership = [
                    MembershipCondition(type: "Clustered", status: .isFalse, reason: "SplitCluster", message: "x")
                ]
            }, "Clustered", "False/SplitCluster"
        ),
        ({ $0.membership[1].status = .isTrue }, "UnmigratedState", "True/NothingLeftBehind"),
        ({ $0.membership = [] }, "Clustered", "Unknown/NotObserved"),
        ({ $0.isExecPermitted = false }, "ConfigurationApplied", "False/ExecNotPermitted"),
        ({ $0.brokers["mqtt-0"]?.configurationDigest = "old" }, "ConfigurationApplied", "False/Pending"),
        ({ $0.brokers["mqtt-0"]?.configurationDigest = nil }, "ConfigurationApplied", "Unknown/BrokersNotAsked"),
        ({ $0.brokers["mqtt-0"]?.configurationFault = "x" }, "ConfigurationApplied", "False/ApplyFailed"),
        ({ $0.brokers["mqtt-0"]?.restartRequired = ["leveldb.x"] }, "RestartRequired", "True/SettingsNeedRestart"),
    ]

    @Test("what changes in the cluster changes the condition that is about it", arguments: changes.indices)
    func change(index: Int) {
        let (change, type, expected) = Self.changes[index]
        var observation = Self.well
        change(&observation)
        #expect(Self.condition(type, Self.status(observation)) == expected)
    }

    @Test("a second look writes nothing, whenever it is; a condition's time is that of its last change")
    func stable() {
        let first = Self.status(Self.well)
        var resource = Self.resource
        resource["status"] = first
        let second = Self.status(Self.well, of: resource, now: Self.late)
        #expect(second.serialized() == first.serialized())
        var observation = Self.well
        observation.statefulSet?["status"]?["readyReplicas"] = 1
        let third = Self.status(observation, of: resource, now: Self.late)
        let times = third["conditions"]?.arrayValue?.compactMap { $0["lastTransitionTime"]?.stringValue }
        #expect(times == [Self.late] + Array(repeating: Self.early, count: 6))
    }

    @Test("the order in which pods and members are listed does not matter", arguments: TestFiles.propertySeeds)
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var observation = Self.well
        observation.pods = (0..<12).map { Stored.pod($0, ready: $0 % 3 != 0) }
        let expected = Self.status(observation).serialized()
        for _ in 0..<10 {
            observation.pods.shuffle(using: &random)
            #expect(Self.status(observation).serialized() == expected, "seed \(seed)")
        }
    }

    @Test("conditions of others are kept")
    func others() {
        var resource = Self.resource
        let other: JSONValue = ["type": "Somebodys", "status": "True", "reason": "X", "lastTransitionTime": "t"]
        resource["status"] = ["conditions": [other]]
        #expect(Self.status(Self.well, of: resource)["conditions"]?.arrayValue?.last == other)
    }

    @Test("what was said of members stands until somebody has looked again")
    func unlooked() {
        var resource = Self.resource
        resource["status"] = Self.status(Self.well)
        var observation = Self.well
        observation.membership = []
        let status = Self.status(observation, of: resource, now: Self.late)
        #expect(status["conditions"] == resource["status"]?["conditions"])
    }

    @Test("a version is the broker's own word, else that of the image's tag")
    func version() {
        var observation = Self.well
        observation.pods = [Stored.pod(0), Stored.pod(1)]
        observation.pods[1]["spec"] = ["containers": [["name": "vernemq", "image": "x/vernemq:2.0.1-alpine"]]]
        observation.brokers["mqtt-1"] = nil
        let rows = Self.status(observation)["brokers"]
        #expect(rows?[0]?["version"] == "2.1.1")
        #expect(rows?[0]?["listedBy"] == 2)
        #expect(rows?[1]?["version"] == "2.0.1")
        #expect(rows?[1]?["membership"] == "Unknown")
    }

    @Test("another controller's resource says so, and nothing about itself")
    func elsewhere() {
        var observation = Workload.ClusterObservation()
        var resource = WorkloadFaultTests.resource(["size": 2])
        resource["metadata"]?["managedFields"] = [
            ["manager": "manager", "operation": "Update", "fieldsV1": ["f:status": [:]]]
        ]
        observation.managedElsewhere = ManagedElsewhere.find(resource, observed: [])
        let status = Self.status(observation, of: resource)
        #expect(Self.condition("Ready", status) == "False/ManagedElsewhere")
        #expect(Self.condition("Injected", status) == "Unknown/ManagedElsewhere")
        #expect(status["conditions"]?[0]?["message"]?.stringValue?.contains("take-over") == true)
    }

    @Test("a spec that cannot be carried out is a condition with every fault")
    func invalid() {
        let resource = WorkloadFaultTests.resource(["vmArgs": "-name x"], name: String(repeating: "a", count: 45))
        let workload = DesiredWorkload.make(from: resource, settings: [])
        let status = Self.status(Workload.ClusterObservation(workload: workload), of: resource)
        #expect(Self.condition("Ready", status) == "False/InvalidSpec")
        let message = status["conditions"]?[0]?["message"]?.stringValue ?? ""
        #expect(message.contains("metadata.name") && message.contains("spec.vmArgs"))
    }

    // MARK: - Plugins

    private func pod(_ ordinal: Int, _ state: JSONValue, last: JSONValue = [:]) -> JSONValue {
        var pod = Stored.pod(ordinal, ready: false)
        pod["spec"]?["initContainers"] = [["name": "vernemq-prepare"], ["name": "vernemq-plugin-my-auth"]]
        pod["status"]?["initContainerStatuses"] = [
            ["name": "vernemq-plugin-my-auth", "state": state, "lastState": last]
        ]
        return pod
    }

    @Test("a build that failed is told with the builder's last words, while it is tried again too")
    func plugins() {
        let words: JSONValue = [
            "exitCode": 1, "message": "plugin my_auth: compile: rebar3 compile failed: see above\n===> error\n",
        ]
        let ended: JSONValue = ["terminated": words]
        let builds = PluginBuilds(pods: [
            pod(0, ended), pod(1, ["waiting": ["reason": "CrashLoopBackOff"]], last: ended),
            pod(2, ["terminated": ["exitCode": 0]], last: ended), pod(3, ["running": [:]]),
            pod(4, ["terminated": ["exitCode": 137, "reason": "OOMKilled"]]),
            pod(5, ["waiting": ["reason": "ImagePullBackOff", "message": "no such image"]]),
        ])
        #expect(builds.total == 6)
        #expect(builds.built == 1)
        #expect(builds.failures.map(\.pod) == ["mqtt-0", "mqtt-1", "mqtt-4", "mqtt-5"])
        #expect(builds.failures[0].plugin == "my_auth")
        #expect(builds.failures[0].step == "compile")
        #expect(builds.failures[0].message == "rebar3 compile failed: see above")
        #expect(builds.failures[2].message.contains("OOMKilled"))
        #expect(builds.failures[3].message == "ImagePullBackOff: no such image")

        var observation = Self.well
        observation.pods = [pod(0, ended)]
        #expect(Self.condition("PluginsBuilt", Self.status(observation)) == "False/BuildFailed")
        observation.pods = [pod(0, ["running": [:]])]
        #expect(Self.condition("PluginsBuilt", Self.status(observation)) == "Unknown/Building")
        observation.pods = [pod(0, ["terminated": ["exitCode": 0]])]
        #expect(Self.condition("PluginsBuilt", Self.status(observation)) == "True/Built")
    }

    // MARK: - Events

    @Test("a change of status or reason is one event; a change of words and unknowns are none")
    func events() {
        let well = Self.status(Self.well)
        #expect(StatusEvents.make(from: nil, to: well).map(\.reason) == ["BrokersReady"])
        #expect(StatusEvents.make(from: well, to: well) == [])
        var observation = Self.well
        observation.statefulSet?["status"]?["readyReplicas"] = 1
        let down = Self.status(observation)
        let events = StatusEvents.make(from: well, to: down)
        #expect(events.map(\.reason) == ["BrokersNotReady"])
        #expect(events.map(\.type) == [.warning])
        observation.statefulSet?["status"]?["readyReplicas"] = 0
        #expect(StatusEvents.make(from: down, to: Self.status(observation)) == [])
        #expect(StatusEvents.make(from: down, to: well).map(\.type) == [.normal])
        var restart = Self.well
        restart.brokers["mqtt-0"]?.restartRequired = ["a"]
        let waiting = StatusEvents.make(from: well, to: Self.status(restart))
        #expect(waiting.map(\.type) == [.warning])
        #expect(waiting.map(\.reason) == ["SettingsNeedRestart"])
    }
}

import BrokerDouble
import Document
import KubernetesClient
import Membership
import Synchronization
import Testing
import VerneMQ
import Workload

@testable import Controller

@Suite("How a cluster stands, for whoever asks")
struct OverviewReaderTests {
    @Test("a whole cluster: everything is known, nothing is to be said, and nothing but questions were asked")
    func whole() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world, booted: [OverviewBench.setting("retry_interval", "9")])
            bench.configure("retry_interval = 9\n")
            let cluster = try await bench.look()
            #expect(cluster.remarks == [] && cluster.notes == [], "\(cluster)")
            #expect(cluster.namespace == "demo" && cluster.statefulSet == "mqtt" && cluster.resource == nil)
            #expect(cluster.replicas == 3 && cluster.ready == 3 && cluster.isConfigured)
            #expect(cluster.configurationDigest != nil)
            for (ordinal, broker) in cluster.brokers.enumerated() {
                #expect(broker.pod == "mqtt-\(ordinal)" && broker.node == MemberWorld.naming.node(ordinal))
                #expect(broker.isReady && broker.membership == "Member" && broker.message == nil, "\(broker)")
                #expect(broker.sees?.count == 3 && broker.listedBy == ["mqtt-0", "mqtt-1", "mqtt-2"])
                #expect(broker.version == "2.1.1" && broker.configurationDigest == cluster.configurationDigest)
                #expect(broker.hasDrifted == false && broker.differences == [] && broker.restartRequired == [])
                #expect(broker.plugins?.contains("vmq_passwd") == true, "\(broker)")
            }
            #expect(world.state.withLock { $0.requests }.allSatisfy { $0.hasPrefix("GET ") })
            for broker in bench.brokers { #expect(broker.takeChanges() == []) }
            #expect(bench.exec.commands.allSatisfy { $0.input == nil }, "nothing is written in a container")
            // Who goes on watching asks brokers for little.
            let commands = bench.exec.commands.count
            #expect(try await bench.look() == cluster)
            #expect(bench.exec.commands.count == commands)
            bench.configure("retry_interval = 10\n")
            #expect(try await bench.look().brokers.allSatisfy { $0.differences == ["retry_interval"] })
        }
    }

    @Test("views that disagree and ghosts are told with the remedy, and which broker lists whom")
    func members() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            world.change { $0.views[0]?[3] = false }
            var cluster = try await bench.look()
            #expect(cluster.brokers[0].seesCount == 4 && cluster.brokers[1].seesCount == 3)
            #expect(cluster.remarks.contains { $0.reason == "ViewsDisagree" }, "\(cluster.remarks)")

            world.leaveGhost(claim: true)
            cluster = try await bench.look()
            let ghost = try #require(cluster.remarks.first { $0.reason == "GhostMember" }, "\(cluster.remarks)")
            #expect(ghost.message.contains("mqtt-3"), "\(ghost)")
            world.change { $0.forbidden = ["persistentvolumeclaims"] }
            cluster = try await bench.look()
            #expect(cluster.notes.contains { $0.hasPrefix("claims may not be read") }, "\(cluster.notes)")
            let untold = try #require(cluster.remarks.first { $0.reason == "GhostMember" })
            #expect(ghost.message.hasPrefix(untold.message.dropLast()) && untold.message.count < ghost.message.count)

            world.change { state in
                state.forbidden = []
                state.views = [0: [0: true, 1: true], 1: [0: true, 1: true], 2: [2: true]]
            }
            cluster = try await bench.look()
            #expect(cluster.brokers.map(\.membership) == ["Member", "Member", "Alone"])
            #expect(cluster.brokers[2].listedBy == ["mqtt-2"])
            #expect(cluster.remarks.first?.reason == "SoloBroker", "\(cluster.remarks)")
        }
    }

    @Test("messages that were left behind are told as long as their claim is there, which somebody must be able to see")
    func unmigrated() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            world.leaveGhost(claim: true)
            let operation = try world.makeOperator()
            await operation.live(900)
            #expect(world.leaves.count == 1)
            var cluster = try await bench.look()
            #expect(cluster.remarks.count == 1 && cluster.remarks[0].message.contains("data-mqtt-3"), "\(cluster)")
            #expect(cluster.notes == [])
            world.change { $0.forbidden = ["persistentvolumeclaims"] }
            cluster = try await bench.look()
            #expect(cluster.remarks == [] && cluster.notes.count == 1, "\(cluster)")
            world.change { state in
                state.forbidden = []
                state.claims = [0, 1, 2]
            }
            #expect(try await bench.look().remarks == [])
        }
    }

    @Test("a broker that is silent or not ready is named; the others tell")
    func silent() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            world.change { state in
                state.views[2] = nil
                state.pods[2]?["status"]?["conditions"] = []
            }
            let cluster = try await bench.look()
            #expect(cluster.ready == 2 && cluster.brokers[2].membership == "Unknown")
            #expect(cluster.brokers[2].sees == nil && cluster.brokers[2].plugins == nil)
            #expect(cluster.brokers[2].message?.contains("no answer") == true, "\(cluster.brokers[2])")
            #expect(cluster.brokers[2].listedBy == ["mqtt-0", "mqtt-1"])
            #expect(cluster.remarks.contains(.init("BrokersNotReady", "2 of 3 brokers are ready.")), "\(cluster)")
        }
    }

    @Test("where the API server does not reach pods, brokers are asked in them; where nobody does, that is said")
    func unreachable() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            world.change { $0.isProxyDown = true }
            var cluster = try await bench.look()
            #expect(cluster.brokers.allSatisfy { $0.membership == "Member" } && cluster.remarks == [], "\(cluster)")
            cluster = try await bench.look(runsCommands: false)
            #expect(cluster.brokers.allSatisfy { $0.membership == "Unknown" && $0.sees == nil })
            #expect(cluster.remarks.contains { $0.reason == "BrokerSilent" }, "\(cluster)")
        }
    }

    @Test("drift and settings that wait for a restart are found by asking, and told by name, not by value")
    func drift() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world, booted: [OverviewBench.setting("retry_interval", "9")])
            bench.configure("retry_interval = 9\nlog.console = both\n")
            bench.brokers[1].with { $0.broker.drift("retry_interval", "4711") }
            let cluster = try await bench.look()
            #expect(cluster.brokers.map(\.hasDrifted) == [false, true, false])
            #expect(cluster.brokers[1].differences == ["retry_interval"])
            #expect(cluster.brokers[1].configurationDigest == nil)
            #expect(cluster.brokers.allSatisfy { $0.restartRequired == ["log.console"] })
            #expect(cluster.remarks.map(\.reason) == ["ConfigurationDiffers", "SettingsNeedRestart"])
            #expect(cluster.remarks[0].message.contains("mqtt-1 (retry_interval)"))
            let command = "kubectl rollout restart statefulset mqtt --namespace demo"
            #expect(cluster.remarks[1].message == "log.console take effect after a restart: \(command).")
            #expect(!"\(cluster.json)".contains("4711"))
        }
    }

    @Test("without commands in pods, what the operator has written about configurations is compared")
    func written() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            func write(_ digests: [String?]) {
                let brokers = digests.enumerated().map { ordinal, digest -> JSONValue in
                    .members([
                        ("name", .string("mqtt-\(ordinal)")), ("configurationDigest", digest.map(JSONValue.string)),
                        ("restartRequired", ["log.console"]), ("membership", "Outside"), ("members", 1),
                    ])
                }
                world.change { state in
                    state.resources = [
                        [
                            "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ",
                            "metadata": ["name": "k8s", "namespace": "demo", "uid": "r-1", "generation": 2],
                            "spec": ["statefulSetRef": ["name": "mqtt"], "restartPolicy": "Rolling"],
                            "status": ["observedGeneration": 2, "brokers": .array(brokers)],
                        ]
                    ]
                }
            }
            write([nil, nil, nil])
            let wanted = try #require(try await bench.look(runsCommands: false).configurationDigest)
            write([wanted, "other", nil])
            let cluster = try await bench.look("vernemq/k8s", runsCommands: false)
            #expect(cluster.resource == "k8s")
            #expect(cluster.brokers.map(\.hasDrifted) == [false, true, nil])
            #expect(cluster.brokers.map(\.configurationDigest) == [wanted, "other", nil])
            #expect(cluster.brokers.allSatisfy { $0.membership == "Member" }, "what brokers say now is newer")
            #expect(cluster.remarks[0].message.contains("mqtt-1 (another configuration)"), "\(cluster.remarks)")
            let message = "log.console take effect after a restart: brokers restart one by one."
            #expect(cluster.remarks[1].message == message)
            #expect(bench.exec.commands == [])
        }
    }

    @Test("who may not use the proxy asks in the pods; who may do neither gets what the operator has written")
    func rights() async throws {
        try await MemberWorld.run { world in
            world.change { $0.forbidden = ["/proxy/"] }
            var cluster = try await OverviewBench(world).look()
            #expect(cluster.brokers.allSatisfy { $0.membership == "Member" } && cluster.remarks == [], "\(cluster)")
            #expect(cluster.notes == [])
            let commandless = try OverviewBench(world)
            cluster = try await commandless.look(runsCommands: false)
            #expect(cluster.remarks.map(\.reason) == ["MembersUnknown"] && commandless.exec.commands == [])

            let bench = try OverviewBench(world) { .notPermitted("no exec in \($0)") }
            cluster = try await bench.look()
            #expect(cluster.brokers.allSatisfy { $0.membership == "Unknown" && $0.plugins == nil && $0.sees == nil })
            #expect(cluster.remarks.map(\.reason) == ["MembersUnknown"], "\(cluster.remarks)")
            #expect(cluster.notes.count == 2, "\(cluster.notes)")
            #expect(cluster.notes[0].contains("you may not /proxy/; no exec in mqtt-"), "\(cluster.notes)")
            let pods = "plugins and configuration of mqtt-0, mqtt-1, mqtt-2 could not be asked for"
            #expect(cluster.notes[1] == "\(pods): not permitted: no exec in mqtt-0")

            world.change { state in
                state.resources = [
                    [
                        "metadata": ["name": "k8s", "namespace": "demo", "uid": "r-1", "generation": 2],
                        "spec": ["statefulSetRef": ["name": "mqtt"]],
                        "status": [
                            "observedGeneration": 1,
                            "brokers": [["name": "mqtt-0", "membership": "Member", "members": 3, "listedBy": 2]],
                            "conditions": [["type": "Clustered", "status": "True", "reason": "MembersAgree"]],
                        ],
                    ]
                ]
            }
            cluster = try await bench.look("k8s")
            #expect(cluster.remarks == [], "\(cluster.remarks)")
            #expect(cluster.notes.contains("the operator has not looked at the newest version of the resource yet"))
            let broker = cluster.brokers[0]
            #expect(broker.membership == "Member" && broker.seesCount == 3 && broker.listedByCount == 2)
            #expect(broker.sees == nil && broker.listedBy == nil)
        }
    }

    @Test("what the operator has written is not held against what brokers say now; what they cannot say is told")
    func older() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            func condition(_ type: String, _ status: JSONValue, _ reason: JSONValue) -> JSONValue {
                ["type": .string(type), "status": status, "reason": reason, "message": "M."]
            }
            world.change { state in
                state.resources = [
                    [
                        "metadata": [
                            "name": "k8s", "namespace": "demo", "uid": "r-1", "generation": 2,
                            "annotations": ["vmq.k8s.vernemq.com/pause": "true"],
                        ],
                        "spec": ["statefulSetRef": ["name": "mqtt"]],
                        "status": [
                            "observedGeneration": 2,
                            "conditions": [
                                condition("Ready", "False", "BrokersNotReady"),
                                condition("Clustered", "False", "GhostMember"),
                                condition("UnmigratedState", "True", "VolumesHoldMessages"),
                                condition("ConfigurationApplied", "False", "Pending"),
                                condition("RestartRequired", "True", "SettingsNeedRestart"),
                                condition("Injected", "Unknown", "LeftAlone"),
                                condition("PluginsBuilt", "False", "BuildFailed"),
                                condition("SomebodyElses", "False", "Whatever"),
                            ],
                        ],
                    ]
                ]
            }
            var cluster = try await bench.look()
            #expect(cluster.remarks == [ClusterOverview.Remark("BuildFailed", "M.")], "\(cluster.remarks)")
            #expect(cluster.notes == ["the annotation pause tells the operator to leave it alone"])
            world.change { $0.pods[2] = nil }
            cluster = try await bench.look()
            #expect(cluster.ready == 2 && cluster.remarks.contains { $0.reason == "BrokersNotReady" }, "\(cluster)")
        }
    }

    @Test("names, and what cannot be found or read")
    func names() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            #expect(try await bench.look("mqtt").statefulSet == "mqtt")
            #expect(try await bench.look("statefulset/mqtt").statefulSet == "mqtt")
            for name in ["vernemq/mqtt", "nobody"] {
                let answer = try await bench.reader.read(.init(namespace: "demo", names: [name]))
                #expect(answer.clusters == [] && answer.faults == ["There is no cluster \(name) in namespace demo."])
            }
            #expect(try await bench.reader.read(.init(runsCommands: false)).clusters.count == 1, "in all namespaces")
            world.change { $0.forbidden = ["demo/vernemqs"] }
            var answer = try await bench.reader.read(.init(namespace: "demo"))
            #expect(answer.clusters.count == 1 && answer.faults.count == 1, "\(answer.faults)")
            world.change { $0.forbidden = ["demo/pods"] }
            answer = try await bench.reader.read(.init(namespace: "demo"))
            #expect(answer.faults == ["StatefulSet demo/mqtt cannot be looked at: you may not demo/pods."])
            world.change { $0.forbidden = ["statefulsets"] }
            await #expect(throws: APIError.self) { try await bench.reader.read(.init(namespace: "demo")) }
        }
    }

    @Test("a ConfigMap that is missing or may not be read leaves drift unknown, and says so; an invalid one is told")
    func configMaps() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            bench.configure("max_inflght_messages = 1\n")
            var cluster = try await bench.look()
            #expect(cluster.remarks.first?.reason == "InvalidConfiguration", "\(cluster.remarks)")
            #expect(cluster.remarks.first?.message.contains("max_inflight_messages") == true)

            world.change { $0.configMaps = [:] }
            cluster = try await bench.look()
            #expect(cluster.remarks.first?.message.contains("there is no ConfigMap of this name") == true)
            #expect(cluster.isConfigured && cluster.configurationDigest == nil)
            #expect(cluster.brokers.allSatisfy { $0.hasDrifted == nil && $0.plugins != nil })

            world.change { $0.forbidden = ["configmaps"] }
            cluster = try await bench.look()
            #expect(cluster.remarks == [])
            #expect(cluster.notes == ["drift is not known: ConfigMap settings may not be read: you may not configmaps"])
        }
    }

    @Test("a set that is not injected is told as such")
    func notInjected() async throws {
        try await MemberWorld.run { world in
            let bench = try OverviewBench(world)
            world.change { state in
                state.changeSet { set in set["spec"]?["template"]?["metadata"]?["annotations"] = nil }
            }
            let cluster = try await bench.look()
            #expect(cluster.remarks.first?.message.contains("not injected") == true, "\(cluster)")
            #expect(cluster.brokers == [] && cluster.ready == 3 && bench.exec.commands == [])
        }
    }

    @Test("listeners are read as brokers tell them")
    func listeners() throws {
        let answer = try JSONValue(
            parsing: """
                [{"VerneMQ@a":{"listeners":[
                {"type":"mqtt","status":"running","ip":"10.77.0.1","port":1883,"mountpoint":[],"max_conns":10000},
                {"type":"mqtts","status":"suspended","ip":"::","port":"8883"},{}]}}]
                """
        )
        #expect(
            BrokerListener.read(answer, of: "VerneMQ@a") == [
                BrokerListener(type: "mqtt", address: "10.77.0.1:1883", status: "running"),
                BrokerListener(type: "mqtts", address: "[::]:8883", status: "suspended"),
                BrokerListener(type: "?", address: "?:?", status: "?"),
            ]
        )
        #expect(BrokerListener.read(answer, of: "VerneMQ@b") == nil)
    }
}

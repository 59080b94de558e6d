import Document
import Injection
import Kubernetes
import Testing
import VerneMQ

@testable import Workload

/// Two releases side by side read one boot Secret.
@Suite("Settings for two releases at once")
struct WithheldSettingTests {
    private static let older = VerneMQVersion(2, 0, 1)
    private static let newer = VerneMQVersion(2, 2, 0)
    private static let variable = "DOCKER_VERNEMQ_FANOUT__SHARD_COUNT"

    private static let resource = WorkloadFaultTests.resource([
        "version": "2.2.0", "size": 2, "vmqConfig": "fanout.shard_count = 4\nretry_interval = 9",
    ])

    private static func workload(_ resource: JSONValue, beside releases: Set<VerneMQVersion>) -> DesiredWorkload {
        DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource), beside: releases)
    }

    private static func secret(_ workload: DesiredWorkload) throws -> JSONObject {
        let object = try #require(workload.objects.first { $0.role == .bootConfiguration })
        return try #require(object.configuration["data"]?.objectValue)
    }

    @Test("what the release that goes does not know is not in the Secret, nor in the record of it, until it is gone")
    func withheld() throws {
        let during = Self.workload(Self.resource, beside: [Self.older, Self.newer])
        let secret = try Self.secret(during)
        #expect(secret[Self.variable] == nil)
        #expect(secret["DOCKER_VERNEMQ_RETRY_INTERVAL"] == .string(Base64.encode(Array("9".utf8))))
        let record = try #require(secret["VMQ_OPERATOR_CONFIGURATION"]?.stringValue.flatMap(Base64.decode))
        #expect(!String(decoding: record, as: UTF8.self).contains("fanout"))
        #expect(during.withheld == [WithheldSetting(key: "fanout.shard_count", releases: [Self.older])])
        #expect(!during.hasErrors)
        let sentence = try #require(WithheldSetting.sentence(during.withheld))
        #expect(sentence.contains("2.0.1") && sentence.contains("fanout.shard_count") && !sentence.contains("4"))

        let after = Self.workload(Self.resource, beside: [Self.newer])
        #expect(try Self.secret(after)[Self.variable] != nil)
        #expect(after.withheld.isEmpty)
        #expect(after == Self.workload(Self.resource, beside: []))
    }

    @Test(
        "nothing but the Secret differs: the template of the set is the same",
        arguments: [[], [VerneMQVersion(1, 13, 0)]]
    )
    func template(releases: [VerneMQVersion]) {
        func others(_ workload: DesiredWorkload) -> [DesiredObject] {
            workload.objects.filter { $0.role != .bootConfiguration }
        }
        let releases = Set(releases + [Self.older])
        #expect(
            others(Self.workload(Self.resource, beside: releases)) == others(Self.workload(Self.resource, beside: []))
        )
    }

    @Test("what refers to the pod stands in the template, of which each release has its own, and is not withheld")
    func references() {
        let resource = WorkloadFaultTests.resource([
            "version": "2.2.0", "vmqConfig": "fanout.shard_count = $MY_COUNT",
            "env": [["name": "MY_COUNT", "value": "4"]],
        ])
        #expect(Self.workload(resource, beside: [Self.older]).withheld.isEmpty)
    }

    @Test("a set that a ConfigMap configures is treated alike")
    func annotated() throws {
        var set = Stored.bare
        set["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/config": "settings"]
        set["spec"]?["template"]?["spec"]?["containers"] = [["name": "vernemq", "image": "vernemq/vernemq:2.2.0"]]
        set = Stored.injector.inject(set).object
        let configMap: JSONValue = [
            "kind": "ConfigMap", "metadata": ["name": "settings"],
            "data": ["vernemq.conf": "fanout.shard_count = 4\nretry_interval = 9\n"],
        ]
        let during = AnnotatedConfiguration.make(for: set, configMap: configMap, beside: [Self.older])
        let after = AnnotatedConfiguration.make(for: set, configMap: configMap)
        #expect(try #require(during.boot).configuration["data"]?[Self.variable] == nil)
        #expect(during.withheld.map(\.key) == ["fanout.shard_count"])
        #expect(try #require(after.boot).configuration["data"]?[Self.variable] != nil)
        #expect(during.settings == after.settings, "brokers of the newer release have it live")
    }

    @Test("a resource beside a set of an older image, which names no release, holds back what that image refuses")
    func referenced() throws {
        let resource = WorkloadFaultTests.resource([
            "statefulSetRef": ["name": "mqtt"], "vmqConfig": "fanout.shard_count = 4\nretry_interval = 9",
        ])
        let workload = DesiredWorkload.make(
            from: resource,
            settings: PlainSettings.of(resource),
            statefulSet: Stored.injected
        )
        #expect(workload.withheld.map(\.key) == ["fanout.shard_count"], "\(workload.findings)")
        #expect(try Self.secret(workload)["DOCKER_VERNEMQ_RETRY_INTERVAL"] != nil)
    }

    @Test("the releases of pods are those of their images; of one that goes nothing starts again")
    func releases() {
        func pod(_ image: String, isGoing: Bool = false) -> JSONValue {
            var pod: JSONValue = ["spec": ["containers": [["name": "vernemq", "image": .string(image)]]]]
            if isGoing { pod["metadata"] = ["deletionTimestamp": "2026-01-01T00:00:00Z"] }
            return pod
        }
        let pods = [
            pod("vernemq/vernemq:2.0.1"), pod("vernemq/vernemq:2.0.1-alpine"),
            pod("vernemq/vernemq:1.13.0", isGoing: true),
            pod("mirror/vernemq@sha256:0000000000000000000000000000000000000000000000000000000000000000"),
        ]
        #expect(
            BrokerReleases.of(pods, container: "vernemq", declared: Self.newer) == [Self.older, Self.newer]
        )
    }
}

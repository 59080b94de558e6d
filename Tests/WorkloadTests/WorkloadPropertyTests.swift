import Document
import Testing
import VerneMQ
import Workload

/// What must hold whatever somebody does to a resource.
@Suite("Properties of what a resource becomes")
struct WorkloadPropertyTests {
    /// Values that a field may be given, over those that a fixture has.
    static let edits: [(field: String, values: [JSONValue])] = [
        ("size", [0, 1, 5]), ("version", ["2.0.1", "2.2.0"]), ("tag", ["2.1.1-alpine"]),
        ("clusterDomain", ["k8s.test"]),
        ("resources", [["limits": ["memory": "1Gi"]], ["requests": ["cpu": "1"]]]),
        ("nodeSelector", [["a": "b", "c": "d"], [:]]), ("priorityClassName", ["low", ""]),
        ("tolerations", [[["key": "x"]], []]), ("secrets", [["one", "two"], []]), ("configMaps", [["one"]]),
        ("env", [[["name": "A", "value": "1"]], [["name": "MY_POD_IP", "value": "x"]]]), ("vmArgs", ["+P 1", "# no"]),
        ("terminationGracePeriodSeconds", [10, 9000, .integer(.max)]), ("dropoutPeriodSeconds", [5, .integer(.max)]),
        (
            "storage",
            [["emptyDir": [:]], ["volumeClaimTemplate": ["spec": ["resources": ["requests": ["storage": "1Gi"]]]]]]
        ),
        (
            "config",
            [["listeners": [["address": "0.0.0.0", "port": 1890]]], ["configs": [["name": "a", "value": "1"]]]]
        ),
        ("podMetadata", [["labels": ["x": "y"], "annotations": ["b": "1", "a": "2"]]]), ("affinity", [[:]]),
        (
            "externalPlugins",
            [[["applicationName": "p", "repoURL": "https://x.test/p", "versionType": "tag", "version": "1"]]]
        ),
        ("serviceAccountName", ["other"]), ("vmqConfig", ["max_inflight_messages = 20\n"]),
    ]

    @Test("ten random edits, taken back in any order, end at the same bytes", arguments: TestFiles.propertySeeds)
    func reverts(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for fixture in Fixture.all {
            let before = bytes(fixture)
            var edited = fixture.resource
            var touched: [String] = []
            for _ in 0..<10 {
                let edit = random.pick(Self.edits)
                edited["spec"]?[edit.field] = random.pick(edit.values)
                if !touched.contains(edit.field) { touched.append(edit.field) }
            }
            for field in touched.shuffled(using: &random) {
                let original = fixture.resource["spec"]?[field]
                // Removed first, so that a field that comes back stands in another place than before.
                edited["spec"]?[field] = nil
                edited["spec"]?[field] = original
            }
            let after = bytes(Fixture(name: fixture.name, resource: edited, statefulSet: fixture.statefulSet))
            #expect(after == before, "\(fixture.name), seed \(seed), fields \(touched)")
        }
    }

    @Test("a change of size touches the number of replicas and nothing else", arguments: Fixture.all)
    func size(fixture: Fixture) {
        guard fixture.isOwn else { return }
        var scaled = fixture.resource
        scaled["spec"]?["size"] = 17
        let before = fixture.workload.objects
        let after = Fixture(name: fixture.name, resource: scaled, statefulSet: nil).workload.objects
        #expect(after.dropLast() == before.dropLast())
        let operations = JSONPatch.difference(
            from: before.last?.configuration ?? .null,
            to: after.last?.configuration ?? .null
        ).operations
        #expect(operations == [.replace(path: JSONPointer("spec", "replicas"), value: 17)])
    }

    @Test("a listener or a setting that comes live changes no template", arguments: Fixture.all)
    func live(fixture: Fixture) {
        guard fixture.isOwn else { return }
        var changed = fixture.resource
        changed["spec"]?["config"] = [
            "listeners": [["address": "0.0.0.0", "port": 1899]],
            "configs": [["name": "retry_interval", "value": "30"]],
        ]
        let after = Fixture(name: fixture.name, resource: changed, statefulSet: nil).workload.objects
        let before = fixture.workload.objects
        #expect(after.last?.configuration["spec"]?["template"] == before.last?.configuration["spec"]?["template"])
        let service = after.first { $0.role == .clientService }?.configuration["spec"]?["ports"]?.arrayValue ?? []
        #expect(service.contains { $0["port"] == 1899 && $0["name"] == "mqtt-1899" })
        #expect(
            after.first { $0.role == .bootConfiguration }?.configuration["data"]?["DOCKER_VERNEMQ_RETRY_INTERVAL"]
                == "MzA="
        )
    }

    @Test("no list that server-side apply merges by a key has a key twice", arguments: TestFiles.propertySeeds)
    func keys(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for fixture in Fixture.all where fixture.isOwn {
            var edited = fixture.resource
            for _ in 0..<10 {
                let edit = random.pick(Self.edits)
                edited["spec"]?[edit.field] = random.pick(edit.values)
            }
            let workload = Fixture(name: fixture.name, resource: edited, statefulSet: nil).workload
            for object in workload.objects {
                let pod = object.configuration["spec"]?["template"]?["spec"]
                let container = pod?["containers"]?[0]
                for (list, key) in [
                    (pod?["volumes"], "name"), (container?["env"], "name"), (container?["volumeMounts"], "mountPath"),
                    (container?["ports"], "containerPort"), (object.configuration["spec"]?["ports"], "port"),
                    (object.configuration["spec"]?["ports"], "name"),
                ] {
                    let values = (list?.arrayValue ?? []).compactMap { $0[key] }
                    #expect(Set(values).count == values.count, "seed \(seed), \(fixture.name), \(key): \(values)")
                }
            }
        }
    }

    private func bytes(_ fixture: Fixture) -> [[UInt8]] {
        fixture.workload.objects.map { $0.configuration.serialized() }
    }
}

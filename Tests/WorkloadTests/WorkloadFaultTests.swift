import Document
import Kubernetes
import Testing
import VerneMQ
import Workload

/// What cannot be carried out, and what is not done then.
@Suite("Faults of a resource")
struct WorkloadFaultTests {
    static func resource(_ spec: JSONValue, name: String = "mqtt") -> JSONValue {
        [
            "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ",
            "metadata": ["name": .string(name), "namespace": "messaging", "uid": "u"], "spec": spec,
        ]
    }

    static let faults: [(JSONValue, String, String)] = [
        (["vmArgs": "-setcookie secret"], "spec.vmArgs", "DOCKER_VERNEMQ_DISTRIBUTED_COOKIE"),
        (["vmArgs": "-name x"], "spec.vmArgs", "names brokers"), (["vmArgs": "P 1"], "spec.vmArgs", "no flag"),
        (["vmArgs": "+P $SIZE"], "spec.vmArgs", "define it in spec.env"),
        (["vmArgs": "+P 1", "env": [["name": "ERL_ZFLAGS", "value": ""]]], "spec.vmArgs", "keep one"),
        (["env": [["value": "x"]]], "spec.env[0].name", "required"),
        (["containers": [["name": "vernemq"]]], "spec.containers[0].name", "another container"),
        (["containers": [["name": "a"], ["name": "a"]]], "spec.containers[1].name", "another container"),
        (["podMetadata": ["labels": ["app": "x"]]], "spec.podMetadata.labels[app]", "belongs to the operator"),
        (
            ["storage": ["volumeClaimTemplate": ["spec": [:]]]],
            "spec.storage.volumeClaimTemplate.spec.resources.requests.storage", "required"
        ),
        (["vmqConfig": "systree_prefix = $NOWHERE"], "spec.vmqConfig:1:1", "define it in spec.env"),
        (["vmqConfig": "systree_prefix = a__b"], "spec.vmqConfig:1:1", "turns into a dot"),
        (["vmqConfig": "systree_prefix = my KUBERNETES"], "spec.vmqConfig:1:1", "leaves the setting out"),
        (["vmqConfig": "plugins.a__b = on"], "spec.vmqConfig:1:1", "turns into a dot"),
        (["vmqConfig": "listener.tcp.a/b = x"], "spec.vmqConfig:1:1", "no environment variable"),
        (["vmqConfig": "listener.http.metrics = 127.0.0.1:1"], "spec.vmqConfig:1:1", "in spec.env instead"),
        (["vmqConfig": "a = 1\na = 2"], "spec.vmqConfig:2:1", "spec.vmqConfig:1:1"),
        (
            ["config": ["configs": [["name": "a", "value": "1"]]], "vmqConfig": "a = 2"], "spec.vmqConfig:1:1",
            "configs[0]"
        ),
        (
            [
                "config": ["configs": [["name": "a", "value": "1"]]],
                "env": [["name": "DOCKER_VERNEMQ_A", "value": "2"]],
            ],
            "spec.config.configs[0].name", "wins at every start"
        ),
        (["statefulSetRef": ["name": "x"], "size": 3], "spec.size", "no effect"),
        (["statefulSetRef": ["name": "x"]], "spec.statefulSetRef.name", "no StatefulSet"),
    ]

    @Test("a fault is found at its field, and nothing is made", arguments: faults)
    func fault(spec: JSONValue, path: String, words: String) {
        let resource = Self.resource(spec)
        let workload = DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource))
        let errors = workload.findings.filter { $0.severity == .error }
        #expect(errors.contains { $0.path == path && $0.description.contains(words) }, "\(workload.findings)")
        #expect(workload.objects.isEmpty)
    }

    @Test("a setting with an error keeps a set that is there as it is: everything but the Secret is applied")
    func laterFault() {
        let resource = Self.resource(["vmqConfig": "systree_prefix = a__b"])
        let set = DesiredWorkload.make(from: Self.resource([:]), settings: []).objects.last?.configuration
        let workload = DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource), statefulSet: set)
        #expect(workload.hasErrors)
        #expect(workload.objects.contains { $0.role == .statefulSet })
        #expect(!workload.objects.contains { $0.role == .bootConfiguration })
    }

    @Test("what the webhook would refuse is a fault of the resource; a set that is there keeps what is around it")
    func refused() {
        for resource in [
            Self.resource(["env": [["name": "VMQ_OPERATOR_DATA", "value": "x"]]]),
            Self.resource([:]).annotated("leave-timeout", "soon"), Self.resource([:]).annotated("leave", "sometimes"),
        ] {
            let fresh = DesiredWorkload.make(from: resource, settings: [])
            #expect(fresh.hasErrors && fresh.objects.isEmpty)
            #expect(fresh.findings.contains { $0.path.hasPrefix("StatefulSet vernemq-mqtt: ") }, "\(fresh.findings)")
            let set = DesiredWorkload.make(from: Self.resource([:]), settings: []).objects.last?.configuration
            let later = DesiredWorkload.make(from: resource, settings: [], statefulSet: set)
            #expect(later.hasErrors)
            #expect(!later.objects.contains { $0.role == .statefulSet })
            #expect(later.objects.contains { $0.role == .bootConfiguration })
        }
    }

    @Test("without a port for clients there is no Service for them")
    func noPorts() {
        let resource = Self.resource([
            "vmqConfig": "listener.tcp.default = 127.0.0.1:1883\nlistener.ws.default = 127.0.0.1:8080"
        ])
        let workload = DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource))
        #expect(!workload.objects.contains { $0.role == .clientService })
        #expect(workload.objects.contains { $0.role == .statefulSet })
    }

    @Test("a message never holds the value of a setting")
    func secrets() {
        let resource = Self.resource(["vmqConfig": "plugin.password = hush__hush\nplugin.password = hush2"])
        let workload = DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource))
        #expect(workload.hasErrors)
        #expect(!workload.findings.contains { $0.description.contains("hush") })
    }

    @Test(
        "a name is never shortened",
        arguments: [
            ("a", true), (String(repeating: "a", count: 44), true), (String(repeating: "a", count: 45), false),
            (String(repeating: "a", count: 60), false), ("a.b", false),
        ]
    )
    func names(name: String, isGood: Bool) {
        let workload = DesiredWorkload.make(from: Self.resource([:], name: name), settings: [])
        #expect(workload.objects.isEmpty == !isGood)
        #expect(workload.findings.contains { $0.path == "metadata.name" } == !isGood)
        if isGood { #expect(workload.objects.last?.name == "vernemq-\(name)") }
    }

    @Test("paused or on its way out, nothing is done", arguments: ["pause", "deletion"])
    func leftAlone(what: String) {
        var resource = Self.resource(["size": 3])
        if what == "pause" {
            resource["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/pause": "true"]
        } else {
            resource["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        }
        #expect(DesiredWorkload.make(from: resource, settings: []).objects.isEmpty)
    }

    @Test("a server without policy/v1 gets the older budget")
    func capabilities() {
        let old = ServerCapabilities(hasPolicyV1: false)
        let workload = DesiredWorkload.make(from: Self.resource([:]), settings: [], capabilities: old)
        let budget = workload.objects.first { $0.role == .disruptionBudget }
        #expect(budget?.kind.apiVersion == "policy/v1beta1")
        #expect(budget?.configuration["spec"]?["maxUnavailable"] == 1)
    }

    @Test("names of Secrets that no volume can have get different names")
    func volumeNames() {
        let names: [JSONValue] = ["a.b", "a-b", "ab", .string(String(repeating: "x", count: 80)), "a.b."]
        let set = DesiredWorkload.make(from: Self.resource(["secrets": .array(names)]), settings: []).objects.last
        let volumes = set?.configuration["spec"]?["template"]?["spec"]?["volumes"]?.arrayValue ?? []
        let own = volumes.compactMap { $0["name"]?.stringValue }.filter { $0.hasPrefix("secret-") }
        #expect(Set(own).count == names.count)
        #expect(own.allSatisfy { DNSName.isLabel($0) })
    }

    @Test("a cascade of variables reads as the image reads it: capitals survive, dots come back")
    func spelling() {
        let resource = Self.resource([
            "vmqConfig": "listener.tcp.Plain.max_connections = 5\nlistener.tcp.b = 0.0.0.0:1999"
        ])
        let workload = DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource))
        let data = workload.objects.first { $0.role == .bootConfiguration }?.configuration["data"]?.objectValue
        #expect(
            data?.keys == [
                "DOCKER_VERNEMQ_LISTENER__TCP__B", "DOCKER_VERNEMQ_listener__tcp__Plain__max_connections",
                "VMQ_OPERATOR_CONFIGURATION",
            ]
        )
    }
}

extension JSONValue {
    /// The resource with one of our annotations.
    func annotated(_ name: String, _ value: String) -> JSONValue {
        var copy = self
        copy["metadata"]?["annotations"] = .object(["vmq.k8s.vernemq.com/\(name)": .string(value)])
        return copy
    }
}

import BenchmarkSupport
import Document
import Kubernetes
import KubernetesClient
import Transport

/// The objects that the operator has to look after, made as users make them: through the API server and the webhooks.
struct Population: Sendable {
    let client: APIClient
    /// Labelled StatefulSets of users' own. They have no pods: the operator watches none.
    let sets: Int
    /// VerneMQ resources, two brokers each.
    let resources: Int

    private static let namespaces = 20
    private static let annotation = "benchmark/change"

    static func namespace(_ index: Int) -> String { "bench-\(index % namespaces)" }
    static func set(_ index: Int) -> ObjectKey { ObjectKey(namespace: namespace(index), name: "set-\(index)") }
    static func resource(_ index: Int) -> ObjectKey { ObjectKey(namespace: namespace(index), name: "mqtt-\(index)") }

    /// Waits until the webhooks are called: a labelled set is injected.
    func awaitWebhooks() async throws {
        let probe = Self.statefulSet(ObjectKey(namespace: "default", name: "probe"))
        try await eventually("the webhooks are called") {
            do throws(APIError) {
                let made = try await client.create(.statefulSets, probe, isDryRun: true)
                return made["spec"]?["template"]?["spec"]?["initContainers"] != nil
            } catch {
                return false  // the operator has not written its certificate into the configurations yet
            }
        }
    }

    /// Makes everything.
    func make() async throws {
        for index in 0..<Self.namespaces {
            let name = Self.namespace(index)
            try await client.create(
                .namespaces,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            )
        }
        try await concurrently(sets) { index in
            let key = Self.set(index)
            try await client.create(.services, Self.service(key))
            try await client.create(.statefulSets, Self.statefulSet(key))
        }
        try await concurrently(resources) { index in
            try await client.create(.verneMQs, Self.verneMQ(Self.resource(index)))
        }
    }

    /// Changes an object: every other time a set's annotation, else a setting of a resource, which goes on to its Secret.
    func change(_ number: Int) async throws(APIError) {
        if number % 2 == 0 {
            let metadata: JSONValue = ["annotations": .object([Self.annotation: .string(String(number))])]
            try await client.patch(.statefulSets, Self.set(number / 2 % sets), .merge(["metadata": metadata]))
        } else {
            let spec: JSONValue = ["vmqConfig": .string("max_inflight_messages = \(20 + number)")]
            try await client.patch(.verneMQs, Self.resource(number / 2 % resources), .merge(["spec": spec]))
        }
    }

    private static func service(_ key: ObjectKey) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(key.name), "namespace": .string(key.namespace ?? "")],
            "spec": [
                "clusterIP": "None", "publishNotReadyAddresses": true, "selector": ["app": .string(key.name)],
                "ports": [["name": "mqtt", "port": 1883]],
            ],
        ]
    }

    private static func statefulSet(_ key: ObjectKey) -> JSONValue {
        let labels: JSONValue = ["app": .string(key.name)]
        return [
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": [
                "name": .string(key.name), "namespace": .string(key.namespace ?? ""),
                "labels": ["app": .string(key.name), "vmq.k8s.vernemq.com/inject": "enabled"],
            ],
            "spec": [
                "replicas": 0, "serviceName": .string(key.name), "podManagementPolicy": "Parallel",
                "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "containers": [
                            [
                                "name": "vernemq", "image": "docker.io/vernemq/vernemq:2.1.1",
                                "env": [["name": "DOCKER_VERNEMQ_ACCEPT_EULA", "value": "yes"]],
                                "ports": [["name": "mqtt", "containerPort": 1883]],
                                "volumeMounts": [["name": "data", "mountPath": "/vernemq/data"]],
                            ]
                        ],
                        "volumes": [["name": "data", "emptyDir": [:]]],
                    ],
                ],
            ],
        ]
    }

    private static func verneMQ(_ key: ObjectKey) -> JSONValue {
        [
            "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ",
            "metadata": ["name": .string(key.name), "namespace": .string(key.namespace ?? "")],
            "spec": [
                "size": 2, "version": "2.1.1", "baseImage": "docker.io/vernemq/vernemq",
                "config": [
                    "listeners": [
                        ["address": "0.0.0.0", "port": 1883], ["address": "0.0.0.0", "port": 8080, "websocket": true],
                    ]
                ],
                "env": [["name": "DOCKER_VERNEMQ_ACCEPT_EULA", "value": "yes"]],
            ],
        ]
    }
}

/// Does something for each number below a count, sixteen at a time.
func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<count {
            if index >= 16 { try await group.next() }
            group.addTask { try await body(index) }
        }
        try await group.waitForAll()
    }
}

/// Asks ten times a second until something has come true, at most ten minutes.
func eventually(_ what: String, _ question: () async throws -> Bool) async throws {
    let limit = Deadline.after(.seconds(600))
    while try await !question() {
        guard limit > .now else { throw BenchmarkError("not within ten minutes: \(what)") }
        try await Task.sleep(for: .milliseconds(100))
    }
}

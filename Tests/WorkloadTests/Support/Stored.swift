import Document
import Injection
import Workload

/// Objects as an API server would have stored them.
enum Stored {
    static let injector = Injector(version: "1.0.0")

    /// A labelled StatefulSet of a user's, not injected.
    static let bare: JSONValue = [
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": [
            "name": "mqtt", "namespace": "iot", "uid": "set-uid", "generation": 4, "resourceVersion": "77",
            "labels": ["vmq.k8s.vernemq.com/inject": "enabled"],
        ],
        "spec": [
            "serviceName": "mqtt-headless", "replicas": 2, "selector": ["matchLabels": ["app": "mqtt"]],
            "template": [
                "metadata": ["labels": ["app": "mqtt", "tier": "a"]],
                "spec": [
                    "containers": [["name": "vernemq", "image": "vernemq/vernemq:2.1.1"]], "serviceAccountName": "mqtt",
                ],
            ],
        ],
    ]

    /// The same, injected and with status.
    static let injected: JSONValue = {
        var set = injector.inject(bare).object
        set["status"] = [
            "replicas": 2, "readyReplicas": 2, "updatedReplicas": 2, "observedGeneration": 4,
        ]
        return set
    }()

    static let service: JSONValue = [
        "apiVersion": "v1", "kind": "Service", "metadata": ["name": "mqtt-headless", "namespace": "iot"],
        "spec": ["clusterIP": "None", "publishNotReadyAddresses": true, "selector": ["app": "mqtt"]],
    ]

    /// What stands around a set that lacks nothing.
    static func surroundings(of set: JSONValue = bare, pods: [JSONValue] = []) -> InjectionSurroundings {
        let companions = Companions.documents(for: set)
        return InjectionSurroundings(
            pods: pods,
            services: [service],
            roles: companions.filter { $0["kind"] == "Role" },
            roleBindings: companions.filter { $0["kind"] == "RoleBinding" }
        )
    }

    /// A pod of the set.
    static func pod(_ ordinal: Int, ready: Bool = true, injected: Bool = true) -> JSONValue {
        var pod: JSONValue = [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "mqtt-\(ordinal)", "namespace": "iot", "annotations": [:]],
            "spec": ["containers": [["name": "vernemq"]]],
            "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
        ]
        if injected { pod["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/injected"] = "{}" }
        return pod
    }

    static func node(_ ordinal: Int) -> String { "VerneMQ@mqtt-\(ordinal).mqtt-headless.iot.svc.cluster.local" }
}

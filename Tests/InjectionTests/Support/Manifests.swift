import Document

/// Small StatefulSets to start from.
enum Manifests {
    static let label = "vmq.k8s.vernemq.com/inject"

    /// A labelled set with its data on a claim template.
    static var persistent: JSONValue {
        [
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": [
                "name": "mqtt", "namespace": "iot", "labels": ["vmq.k8s.vernemq.com/inject": "enabled"],
                "annotations": [:],
            ],
            "spec": [
                "serviceName": "mqtt-headless", "replicas": 3, "selector": ["matchLabels": ["app": "mqtt"]],
                "template": [
                    "metadata": ["labels": ["app": "mqtt"]],
                    "spec": [
                        "terminationGracePeriodSeconds": 30,
                        "containers": [
                            [
                                "name": "vernemq", "image": "vernemq/vernemq:2.1.1",
                                "env": [["name": "A", "value": "1"]],
                                "volumeMounts": [["name": "data", "mountPath": "/vernemq/data"]],
                            ]
                        ],
                    ],
                ],
                "volumeClaimTemplates": [["metadata": ["name": "data"]]],
            ],
        ]
    }

    /// The same without persistence.
    static var ephemeral: JSONValue {
        var object = persistent
        object["spec"]?["volumeClaimTemplates"] = nil
        object["spec"]?["template"]?["spec"]?["volumes"] = [["name": "data", "emptyDir": [:]]]
        return object
    }

    static func unlabelled(_ object: JSONValue) -> JSONValue {
        var object = object
        object["metadata"]?["labels"]?[label] = nil
        return object
    }
}

extension JSONValue {
    /// A copy with changes.
    func with(_ change: (inout JSONValue) -> Void) -> JSONValue {
        var copy = self
        change(&copy)
        return copy
    }

    /// Sets an annotation of ours.
    mutating func annotate(_ name: String, _ value: String?) {
        self["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/" + name] = value.map(JSONValue.string)
    }

    /// Adds a variable to the broker.
    mutating func addVariable(_ name: String, _ value: String) {
        editContainer { container in
            let variables = container["env"]?.arrayValue ?? []
            container["env"] = .array(variables + [["name": .string(name), "value": .string(value)]])
        }
    }
}

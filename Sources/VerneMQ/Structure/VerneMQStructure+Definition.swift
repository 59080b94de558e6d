public import Document

extension VerneMQStructure {
    /// The CustomResourceDefinition (`apiextensions.k8s.io/v1`): structural, with status and scale subresources and
    /// printer columns.
    public static func customResourceDefinition() -> JSONValue {
        [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).\(OperatorName.group)")],
            "spec": [
                "group": .string(OperatorName.group),
                "names": [
                    "kind": .string(kind), "listKind": .string(kind + "List"), "plural": .string(plural),
                    "singular": "vernemq", "shortNames": ["vmq"],
                ],
                "scope": "Namespaced",
                "versions": [
                    [
                        "name": .string(version), "served": true, "storage": true,
                        "schema": ["openAPIV3Schema": schema],
                        "subresources": [
                            "status": [:],
                            "scale": [
                                "specReplicasPath": ".spec.size", "statusReplicasPath": ".status.replicas",
                                "labelSelectorPath": ".status.selector",
                            ],
                        ],
                        "additionalPrinterColumns": printerColumns,
                    ]
                ],
            ],
        ]
    }

    private static var schema: JSONValue {
        [
            "description": "A VerneMQ cluster.",
            "type": "object",
            "required": ["spec"],
            "properties": [
                "apiVersion": ["type": "string"],
                "kind": ["type": "string"],
                "metadata": ["type": "object"],
                "spec": described("What the cluster shall be.", SchemaType.object(specFields).openAPISchema),
                "status": described("What the cluster is.", statusSchema),
            ],
        ]
    }

    private static func described(_ text: String, _ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        members.insert(.string(text), forKey: "description", at: 0)
        return .object(members)
    }

    /// The status is written by the operator alone; what one version writes and another does not know is kept.
    private static var statusSchema: JSONValue { SchemaType.object(statusFields).openAPISchema }

    /// The fields of `status`.
    public static let statusFields: [SchemaField] = [
        SchemaField("observedGeneration", .int64(0...Int64.max), "The generation that this status is about."),
        SchemaField("replicas", .int32(0...Int64(Int32.max)), "How many pods there are."),
        SchemaField("readyReplicas", .int32(0...Int64(Int32.max)), "How many of them are ready."),
        SchemaField("selector", .string, "Label selector of the pods, for the scale subresource."),
        SchemaField("nodes", .list(.string), "Names of the pods."),
        SchemaField(
            "brokers",
            .list(
                .object([
                    SchemaField("name", .string, required: true, "Name of the pod."),
                    SchemaField("node", .string, "Name of the broker in the cluster."),
                    SchemaField("ready", .boolean, "Whether the pod is ready."),
                    SchemaField(
                        "membership",
                        .choice(["Member", "Alone", "Outside", "Unknown"]),
                        "Whether the broker and others list each other, it sees nobody else, or others do not list it."
                    ),
                    SchemaField("members", .int32(0...Int64(Int32.max)), "How many members the broker sees."),
                    SchemaField("listedBy", .int32(0...Int64(Int32.max)), "How many brokers of the cluster list it."),
                    SchemaField("version", .string, "Its VerneMQ version; the image's where it does not tell."),
                    SchemaField("configurationDigest", .string, "Which configuration it runs."),
                    SchemaField("restartRequired", .list(.string), "Settings that take effect when it restarts."),
                    SchemaField("message", .string, "What is wrong with it."),
                ])
            ),
            "The brokers, one by one."
        ),
        SchemaField(
            "conditions",
            .list(
                .object([
                    SchemaField("type", .string, required: true, "What the condition is about."),
                    SchemaField("status", .choice(["True", "False", "Unknown"]), required: true, "Whether it holds."),
                    SchemaField("reason", .string, "Why, in one word."),
                    SchemaField("message", .string, "Why, in a sentence."),
                    SchemaField("lastTransitionTime", .string, "When the status last changed (RFC 3339)."),
                    SchemaField("observedGeneration", .int64(0...Int64.max), "The generation that it is about."),
                ])
            ),
            "What holds of the cluster."
        ),
    ]

    private static let printerColumns: JSONValue = [
        ["name": "Size", "type": "integer", "jsonPath": ".spec.size"],
        ["name": "Ready", "type": "integer", "jsonPath": ".status.readyReplicas"],
        ["name": "Status", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].reason"],
        ["name": "Version", "type": "string", "jsonPath": ".spec.version", "priority": 1],
        [
            "name": "Configuration", "type": "string",
            "jsonPath": ".status.conditions[?(@.type==\"ConfigurationApplied\")].reason", "priority": 1,
        ],
        ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
    ]
}

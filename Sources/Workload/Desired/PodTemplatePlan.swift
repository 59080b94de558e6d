import Document
import VerneMQ

/// Makes the pod template of a resource: plain, as a user would write it by hand. What the injection adds or raises is
/// already as the injection wants it (grace, token), so that applying this again and the injection never pull at one field.
struct PodTemplatePlan {
    let resource: ClusterResource
    let environment: [JSONValue]
    let storage: BrokerStorage

    static let containerName = "vernemq"

    var template: JSONValue {
        let metadata = resource.spec("podMetadata")
        let own = WorkloadLabels.pod(resource)
        let users = Self.texts(metadata?["labels"]).filter { label in !own.contains { $0.0 == label.0 } }
        let annotations = Self.texts(metadata?["annotations"])
        return [
            "metadata": .members([
                ("labels", .strings(own + users)),
                ("annotations", annotations.isEmpty ? nil : .strings(annotations)),
            ]),
            "spec": pod,
        ]
    }

    /// What is wrong with the parts of the resource that go into the template as they are.
    var findings: [Finding] {
        var findings: [Finding] = []
        let own = WorkloadLabels.pod(resource)
        for (name, value) in Self.texts(resource.spec("podMetadata")?["labels"]) {
            guard let ours = own.first(where: { $0.0 == name }), ours.1 != value else { continue }
            findings.append(
                Finding(
                    .error,
                    path: "spec.podMetadata.labels[\(name)]",
                    value: value.shortened,
                    problem: "belongs to the operator, which finds pods by it",
                    remedy: "remove it"
                )
            )
        }
        var names: Set<String> = [Self.containerName]
        for (index, container) in resource.list("containers").enumerated() {
            let name = container["name"]?.stringValue ?? ""
            guard !names.insert(name).inserted || name.isEmpty else { continue }
            findings.append(
                Finding(
                    .error,
                    path: "spec.containers[\(index)].name",
                    value: name.shortened,
                    problem: name.isEmpty ? "required value" : "is the name of another container",
                    remedy: "each container has a name of its own, and the broker's is \(Self.containerName)"
                )
            )
        }
        return findings
    }

    private var pod: JSONValue {
        let others = resource.list("containers")
        let discovers = environment.contains { $0["name"]?.stringValue == "DOCKER_VERNEMQ_DISCOVERY_KUBERNETES" }
        return .members([
            ("serviceAccountName", .string(resource.text("serviceAccountName") ?? resource.statefulSetName)),
            // The official image then skips a check at its start that fails until the Role is there.
            ("automountServiceAccountToken", others.isEmpty && !discovers ? false : nil),
            ("terminationGracePeriodSeconds", .integer(gracePeriod)),
            ("securityContext", resource.spec("securityContext") ?? Self.securityContext),
            ("imagePullSecrets", resource.spec("imagePullSecrets").map(Self.unique)),
            ("nodeSelector", resource.spec("nodeSelector")),
            ("priorityClassName", resource.text("priorityClassName").map(JSONValue.string)),
            ("affinity", resource.spec("affinity") ?? apart),
            ("tolerations", resource.spec("tolerations")),
            ("containers", .array([broker] + others)),
            ("volumes", .array(storage.volumes)),
        ])
    }

    private var broker: JSONValue {
        let port = ListenerEnvironment.http(in: environment).port
        return .members([
            ("name", .string(Self.containerName)),
            ("image", .string(BrokerImage.reference(resource))),
            ("ports", Self.ports(http: port)),
            ("env", .array(environment)),
            ("resources", resource.spec("resources")),
            // /health turns to 503 when the listeners are suspended, on a broker that leaves say; other members and whether
            // they are there have no part in it, so brokers that start together do not wait for each other.
            ("readinessProbe", Self.probe("/health", port: port, failures: 3)),
            ("livenessProbe", Self.probe("/health/ping", port: port, failures: 6)),
            ("volumeMounts", .array(storage.mounts)),
        ])
    }

    /// The user's grace and the Go operator's drop-out time, or what leaving the cluster needs if that is longer.
    private var gracePeriod: Int64 {
        let wanted = resource.spec("terminationGracePeriodSeconds")?.integerValue ?? 0
        let dropout = resource.spec("dropoutPeriodSeconds")?.integerValue ?? 0
        let (sum, overflow) = wanted.addingReportingOverflow(dropout)
        return max(overflow ? .max : sum, neededGrace)
    }

    private var neededGrace: Int64 {
        guard resource.annotation(.leave) != "never" else { return 60 }
        let leave = resource.annotation(.leaveTimeout).flatMap(DurationText.seconds) ?? 600
        return Int64(leave) + 60
    }

    /// Brokers on nodes of their own where that is possible.
    private var apart: JSONValue {
        [
            "podAntiAffinity": [
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    [
                        "weight": 100,
                        "podAffinityTerm": [
                            "labelSelector": ["matchLabels": .strings(WorkloadLabels.selector(resource))],
                            "topologyKey": "kubernetes.io/hostname",
                        ],
                    ]
                ]
            ]
        ]
    }

    /// The user of the official image, to whom the data directory must belong.
    private static let securityContext: JSONValue = ["runAsUser": 10000, "runAsGroup": 10000, "fsGroup": 10000]

    /// Ports by the names that Services of the Go operator's users refer to. They inform and open nothing; a listener that
    /// is opened live does not appear here, because that would restart every pod.
    private static func ports(http: Int) -> JSONValue {
        let named: [(String, Int)] = [
            ("mqtt", 1883), ("mqtts", 8883), ("epmd", 4369), ("vmq-cluster", 44053), ("mqtt-ws", 8080), ("http", http),
        ]
        var seen: Set<Int> = []
        let entries = named.reversed().filter { seen.insert($0.1).inserted }.reversed()
        return .array(
            entries.map { name, port in
                ["name": .string(name), "containerPort": .integer(Int64(port)), "protocol": "TCP"]
            }
        )
    }

    private static func probe(_ path: String, port: Int, failures: Int64) -> JSONValue {
        [
            "httpGet": ["path": .string(path), "port": .integer(Int64(port)), "scheme": "HTTP"],
            "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": .integer(failures),
        ]
    }

    /// A list by name, in which server-side apply allows no repetition.
    private static func unique(_ list: JSONValue) -> JSONValue {
        var seen: Set<String> = []
        return .array((list.arrayValue ?? []).filter { seen.insert($0["name"]?.stringValue ?? "").inserted })
    }

    private static func texts(_ map: JSONValue?) -> [(String, String)] {
        (map?.objectValue ?? JSONObject()).compactMap { name, value in value.stringValue.map { (name, $0) } }
    }
}

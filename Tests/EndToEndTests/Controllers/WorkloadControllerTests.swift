import Document
import Testing

extension Controllers {
    /// What becomes of a `VerneMQ` resource.
    @Suite("From resource to workload")
    struct WorkloadControllerTests {
        /// The sample of the existing operator, with the licence accepted.
        static func sample(size: Int = 2, further: [String] = []) -> String {
            ([
                "apiVersion: vmq.k8s.vernemq.com/v1alpha1",
                "kind: VerneMQ",
                "metadata: {name: k8s, labels: {vernemq: k8s}}",
                "spec:",
                "  size: \(size)",
                "  version: 1.13.0",
                "  baseImage: vernemq/vernemq",
                "  serviceAccountName: default",
                "  configMaps: [extra]",
                "  config:",
                "    listeners:",
                "    - {address: 0.0.0.0, port: 1883}",
                "    - {address: 0.0.0.0, port: 8080, websocket: true}",
                "    configs:",
                "    - {name: allow_register_during_netsplit, value: \"on\"}",
                "    - {name: allow_publish_during_netsplit, value: \"on\"}",
                "    - {name: allow_subscribe_during_netsplit, value: \"on\"}",
                "    - {name: allow_unsubscribe_during_netsplit, value: \"on\"}",
                "  env:",
                "  - {name: VERNEMQ_CONF, value: \"log.console=console\"}",
                "  - {name: DOCKER_VERNEMQ_ACCEPT_EULA, value: \"yes\"}",
            ] + further.map { "  " + $0 }).joined(separator: "\n") + "\n"
        }

        /// What is made for it, as kubectl names it.
        static let objects = [
            "statefulset/vernemq-k8s", "service/vernemq-k8s", "service/vernemq-k8s-service",
            "poddisruptionbudget/vernemq-k8s", "role/vernemq-k8s-vernemq", "rolebinding/vernemq-k8s-vernemq",
            "secret/vernemq-k8s-vernemq-boot",
        ]

        @Test(
            "the existing operator's sample becomes a set of objects, injected, with a status that says how it stands"
        )
        func sample() async throws {
            let kubectl = try await ControllerBed.current.namespace("sample")
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObjects(kubectl)

            #expect(Injected.faults(in: try await kubectl.statefulSet("vernemq-k8s")).isEmpty)
            let governing = try await kubectl.object("service", "vernemq-k8s-service")
            #expect(governing["spec"]?["clusterIP"] == "None")
            #expect(governing["spec"]?["publishNotReadyAddresses"] == true)
            let ports = try await kubectl.object("service", "vernemq-k8s")["spec"]?["ports"]?.arrayValue ?? []
            let numbers: [Int64] = ports.compactMap { $0["port"]?.integerValue }
            #expect(numbers.contains(1883) && numbers.contains(8080), "\(numbers)")
            let secret = try await kubectl.object("secret", "vernemq-k8s-vernemq-boot")
            #expect(secret["data"]?["DOCKER_VERNEMQ_ALLOW_REGISTER_DURING_NETSPLIT"] == "b24=")

            let status = try await Self.settledStatus(kubectl)
            #expect(status["observedGeneration"] == 1)
            #expect(Self.condition("Injected", status)?["status"] == "True", "\(status)")
            #expect(Self.condition("Ready", status)?["reason"] == "BrokersNotReady", "\(status)")
            #expect(Self.condition("Clustered", status)?["status"] == "Unknown", "\(status)")
            try await eventually("the pods are named") {
                let nodes = try await kubectl.object("vernemq", "k8s")["status"]?["nodes"]
                return nodes == ["vernemq-k8s-0", "vernemq-k8s-1"] ? true : nil
            }
            let events = try await kubectl(
                "get",
                "events",
                "-o",
                "name",
                "--field-selector",
                "involvedObject.kind=VerneMQ"
            )
            #expect(!events.isEmpty)
        }

        @Test("a second look writes nothing, and a change of the size touches replicas only")
        func quiet() async throws {
            let kubectl = try await ControllerBed.current.namespace("quiet")
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObjects(kubectl)
            try await Self.awaitPods(2, kubectl)
            var before = try await Self.versions(kubectl)
            // Two rounds of the operator's own looks, which are five seconds apart here.
            try await Task.sleep(for: .seconds(12))
            var after = try await Self.versions(kubectl)
            #expect(before == after)

            let template = try await kubectl.template(of: "vernemq-k8s")
            let revisions = try await kubectl.revisions(of: "vernemq-k8s")
            try await kubectl("apply", "-f", "-", input: Self.sample(size: 3))
            try await eventually("the set is scaled") {
                try await kubectl.statefulSet("vernemq-k8s")["spec"]?["replicas"] == 3 ? true : nil
            }
            try await Self.awaitPods(3, kubectl)
            after = try await Self.versions(kubectl)
            for name in Self.objects where !name.hasPrefix("statefulset") && !name.hasPrefix("poddisruption") {
                #expect(before.removeValue(forKey: name) == after[name], "\(name) was written")
            }
            #expect(try await kubectl.template(of: "vernemq-k8s") == template)
            #expect(try await kubectl.revisions(of: "vernemq-k8s") == revisions)
        }

        @Test("whatever is deleted comes back")
        func restored() async throws {
            let kubectl = try await ControllerBed.current.namespace("restored")
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObjects(kubectl)
            for name in Self.objects {
                let uid = try await kubectl("get", name, "-o", "jsonpath={.metadata.uid}")
                try await kubectl("delete", name, "--wait=false", "--cascade=background")
                try await eventually("\(name) is back", within: .seconds(60)) {
                    let output = try await kubectl.run(["get", name, "-o", "jsonpath={.metadata.uid}"])
                    return output.status == 0 && !output.standardOutput.isEmpty && output.standardOutput != uid
                        ? true : nil
                }
            }
        }

        @Test("ten edits and their reverts end at the same bytes")
        func reverts() async throws {
            let kubectl = try await ControllerBed.current.namespace("reverts")
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObjects(kubectl)
            let template = try await kubectl.template(of: "vernemq-k8s")
            let secret = try await kubectl.object("secret", "vernemq-k8s-vernemq-boot")["data"]
            let edits: [[String]] = [
                ["resources: {requests: {cpu: 100m}}"], ["nodeSelector: {zone: a}"],
                ["terminationGracePeriodSeconds: 700"],
                ["priorityClassName: high"], ["tolerations: [{key: mqtt, operator: Exists}]"],
                ["podMetadata: {labels: {tier: edge}}"], ["secrets: [tls]"], ["clusterDomain: example.org"],
                ["vmqConfig: \"max_inflight_messages = 30\""], ["imagePullSecrets: [{name: registry}]"],
            ]
            for edit in edits {
                // A change of the node names is refused while brokers run.
                if edit.contains(where: { $0.hasPrefix("clusterDomain") }) {
                    _ = try await kubectl.refusal("apply", "-f", "-", input: Self.sample(further: edit))
                    continue
                }
                let generation =
                    try await kubectl.object("vernemq", "k8s")["metadata"]?["generation"]?.integerValue ?? 0
                try await kubectl("apply", "-f", "-", input: Self.sample(further: edit))
                try await Self.awaitObserved(generation + 1, kubectl)
            }
            let generation = try await kubectl.object("vernemq", "k8s")["metadata"]?["generation"]?.integerValue ?? 0
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObserved(generation + 1, kubectl)
            #expect(try await kubectl.template(of: "vernemq-k8s") == template)
            #expect(try await kubectl.object("secret", "vernemq-k8s-vernemq-boot")["data"] == secret)
        }

        @Test("kubectl scale works on the resource, and deleting it leaves the volumes")
        func scaleAndDelete() async throws {
            let kubectl = try await ControllerBed.current.namespace("scale")
            let storage = [
                "storage:", "  volumeClaimTemplate:", "    metadata: {name: data}",
                "    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
            ]
            try await kubectl("apply", "-f", "-", input: Self.sample(further: storage))
            try await Self.awaitObjects(kubectl)
            try await Self.awaitPods(2, kubectl)
            try await kubectl("scale", "vernemq/k8s", "--replicas=3")
            try await Self.awaitPods(3, kubectl)
            try await kubectl("delete", "vernemq/k8s", "--cascade=background")
            try await eventually("the set is gone") {
                try await kubectl.run(["get", "statefulset", "vernemq-k8s"]).status == 0 ? nil : true
            }
            let claims = try await kubectl("get", "persistentvolumeclaims", "-o", "name").split(separator: "\n")
            #expect(claims.count == 3, "\(claims)")
        }

        @Test("what belongs to somebody else is left alone, and the status says so")
        func elsewhere() async throws {
            let kubectl = try await ControllerBed.current.namespace("elsewhere")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet("vernemq-k8s"))
            let before = try await kubectl.statefulSet("vernemq-k8s")["spec"]
            try await kubectl("apply", "-f", "-", input: Self.sample())
            let status = try await Self.settledStatus(kubectl)
            #expect(Self.condition("Ready", status)?["reason"] == "ManagedElsewhere", "\(status)")
            #expect(try await kubectl.statefulSet("vernemq-k8s")["spec"] == before)
            #expect(try await kubectl.run(["get", "service", "vernemq-k8s"]).status != 0)
        }

        @Test("a field that somebody else owns stays as he has it")
        func concession() async throws {
            let kubectl = try await ControllerBed.current.namespace("concession")
            try await kubectl("apply", "-f", "-", input: Self.sample())
            try await Self.awaitObjects(kubectl)
            let patch = #"{"spec":{"type":"NodePort","ports":[{"port":1883,"protocol":"TCP","nodePort":30883}]}}"#
            try await kubectl("patch", "service", "vernemq-k8s", "--type", "strategic", "--patch", patch)
            try await kubectl("label", "service", "vernemq-k8s", "app.kubernetes.io/name=mine", "--overwrite")
            try await Task.sleep(for: .seconds(7))
            let service = try await kubectl.object("service", "vernemq-k8s")
            #expect(service["spec"]?["type"] == "NodePort")
            #expect(service["spec"]?["ports"]?.arrayValue?.contains { $0["nodePort"] == 30883 } == true)
            #expect(service["metadata"]?["labels"]?["app.kubernetes.io/name"] == "mine")
        }

        // MARK: -

        static func awaitObjects(_ kubectl: Kubectl) async throws {
            for name in objects {
                try await eventually("\(name) is there", within: .seconds(60)) {
                    try await kubectl.run(["get", name]).status == 0 ? true : nil
                }
            }
        }

        /// Waits until there are so many pods, and the status has taken note.
        static func awaitPods(_ count: Int, _ kubectl: Kubectl) async throws {
            try await eventually("\(count) pods are in the status", within: .seconds(90)) {
                let nodes = try await kubectl.object("vernemq", "k8s")["status"]?["nodes"]?.arrayValue ?? []
                return nodes.count == count ? true : nil
            }
        }

        static func awaitObserved(_ generation: Int64, _ kubectl: Kubectl) async throws {
            try await eventually("generation \(generation) is observed", within: .seconds(60)) {
                let observed = try await kubectl.object("vernemq", "k8s")["status"]?["observedGeneration"]?.integerValue
                return observed ?? 0 >= generation ? true : nil
            }
        }

        static func settledStatus(_ kubectl: Kubectl) async throws -> JSONValue {
            try await eventually("the resource has a status", within: .seconds(60)) {
                let status = try await kubectl.object("vernemq", "k8s")["status"]
                return status.flatMap { condition("Ready", $0) == nil ? nil : $0 }
            }
        }

        static func condition(_ type: String, _ status: JSONValue) -> JSONValue? {
            status["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
        }

        /// resourceVersions, but for the set's and the budget's, whose status other controllers write.
        static func versions(_ kubectl: Kubectl) async throws -> [String: String] {
            var versions: [String: String] = [:]
            for name in objects + ["vernemq/k8s"] {
                let isWatched = name.hasPrefix("statefulset") || name.hasPrefix("poddisruption")
                let field = isWatched ? "{.metadata.generation}" : "{.metadata.resourceVersion}"
                versions[name] = try await kubectl("get", name, "-o", "jsonpath=\(field)")
            }
            return versions
        }

        /// `versions`, once none of them has changed for six seconds: after the pods have come the set's status is
        /// written a few times more, and the resource's status follows it.
        static func settledVersions(_ kubectl: Kubectl) async throws -> [String: String] {
            var last = try await versions(kubectl)
            var since = ContinuousClock.now
            return try await eventually("nothing changes any more", within: .seconds(90)) {
                let now = try await versions(kubectl)
                if now != last { (last, since) = (now, ContinuousClock.now) }
                return ContinuousClock.now - since > .seconds(6) ? now : nil
            }
        }
    }
}

extension Kubectl {
    /// An object as the server sends it.
    func object(_ resource: String, _ name: String) async throws -> JSONValue {
        try JSONValue(parsing: try await self("get", resource, name, "-o", "json"))
    }
}

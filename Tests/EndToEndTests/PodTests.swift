import Document
import Foundation
import Testing

extension EndToEnd {
    /// What reaches the pods, and what their hooks may ask.
    @Suite("Pods")
    struct PodTests {
        @Test(
            "the controller manager creates pods that carry the injection",
            .needsControllerManager,
            arguments: Example.all
        )
        func podsCarryInjection(example: Example) async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("pods")
            try await kubectl("apply", "-f", "-", input: example.manifest(labelled: true))
            let pod = try await createdPod("mqtt-0", kubectl)
            let template = try await kubectl.statefulSet("mqtt")["spec"]?["template"]
            for list in ["initContainers", "containers", "volumes"] {
                for promised in template?["spec"]?[list]?.arrayValue ?? [] {
                    let name = promised["name"]?.stringValue ?? ""
                    let created = Injected.named(name, in: pod["spec"]?[list])
                    for (member, value) in promised.objectValue ?? [:] {
                        // Admission of pods may add to a list; what the template says stays, in its order.
                        var kept = created?[member]
                        if let wanted = value.arrayValue, let elements = kept?.arrayValue {
                            kept = .array(
                                elements.filter { element in wanted.contains { $0.isEquivalent(to: element) } }
                            )
                        }
                        #expect(kept.map { $0.isEquivalent(to: value) } == true, "\(list) \(name) \(member)")
                    }
                }
            }
            #expect(
                pod["metadata"]?["annotations"]?[Injected.ledger]
                    == template?["metadata"]?["annotations"]?[Injected.ledger]
            )
        }

        @Test(
            "the token of the injected volume is accepted, and the Role covers what the hooks ask and nothing more",
            .needsControllerManager
        )
        func tokenAndRole() async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("token")
            let namespace = kubectl.namespace ?? ""
            // As somebody without the webhook would: rewrite offline, and apply the workload with all that it leans on.
            let documents = try await Subprocess.output(
                Repository.operatorExecutable.path,
                ["inject", "-f", "-"],
                input: Manifest.statefulSet(labelled: true, namespace: namespace)
            )
            try await kubectl("apply", "-f", "-", input: documents)
            let pod = try await createdPod("mqtt-0", kubectl)
            let token = try await mountedToken(of: pod, kubectl)
            let hook = HookClient(server: try bed.plane.server, authority: bed.plane.authority, token: token)

            let pods = "/api/v1/namespaces/\(namespace)/pods"
            let sets = "/apis/apps/v1/namespaces/\(namespace)/statefulsets"
            #expect(try await hook.status("GET", "\(pods)/mqtt-0") == 200)
            #expect(try await hook.status("GET", pods) == 200)
            #expect(try await hook.status("GET", "\(pods)?labelSelector=app%3Dmqtt") == 200)
            #expect(try await hook.status("GET", "\(sets)/mqtt") == 200)
            #expect(try await hook.status("GET", "/api/v1/namespaces/\(namespace)") == 200)

            #expect(try await hook.status("GET", "/api/v1/namespaces/\(namespace)/secrets") == 403)
            #expect(try await hook.status("GET", "/api/v1/namespaces/default/pods") == 403)
            #expect(try await hook.status("GET", "/api/v1/namespaces/kube-system") == 403)
            #expect(try await hook.status("DELETE", "\(pods)/mqtt-0") == 403)
            #expect(try await hook.status("DELETE", "\(sets)/mqtt") == 403)
            #expect(
                try await hook.rules(in: namespace) == [
                    "get namespaces \(namespace)", "get pods", "get statefulsets.apps mqtt", "list pods",
                ]
            )
            let asked = try await hook.askAsTheScripts(pod: "mqtt-0", namespace: namespace)
            #expect(asked == "200 200 200 200 pods=2\n")
        }

        @Test("what inject prints offline is what the webhook stores", arguments: Example.all)
        func offlineEqualsWebhook(example: Example) async throws {
            let bed = try TestBed.current
            let manifest = example.manifest(labelled: true)
            let served = try await bed.namespace("offline")
            try await served("create", "-f", "-", input: manifest)
            let promised = try await templateWithoutLedger(served)

            let offline = try await Subprocess.output(
                Repository.operatorExecutable.path,
                ["inject", "--workload-only", "-f", "-"],
                input: manifest
            )
            for namespaces in [TestBed.unserved, .unmarked] {
                let kubectl = try await bed.namespace("offline", servedAs: namespaces)
                // An old server knows no grace of a probe; it drops the field, and its kubectl has to be told to let it.
                try await kubectl("create", "--validate=false", "-f", "-", input: offline)
                let stored = try await templateWithoutLedger(kubectl)
                #expect(stored == promised, "\(namespaces)")
            }
        }

        /// The ledger tells what was there before, and that differs: the webhook sees what the API server filled in.
        private func templateWithoutLedger(_ kubectl: Kubectl) async throws -> JSONValue? {
            var template = try await kubectl.statefulSet("mqtt")["spec"]?["template"]
            template?["metadata"]?["annotations"]?[Injected.ledger] = nil
            return template
        }

        private func createdPod(_ name: String, _ kubectl: Kubectl) async throws -> JSONValue {
            try await eventually("the controller manager has made pod \(name)") {
                let answer = try await kubectl.run(["get", "pod", name, "-o", "json"])
                return answer.status == 0 ? try JSONValue(parsing: answer.standardOutput) : nil
            }
        }

        /// The token that kubelet would put into the injected volume: a TokenRequest from the volume's own projection,
        /// bound to the pod. The volume's authority is compared with the server's on the way.
        private func mountedToken(of pod: JSONValue, _ kubectl: Kubectl) async throws -> String {
            let namespace = kubectl.namespace ?? ""
            let volume = Injected.named("vernemq-operator-token", in: pod["spec"]?["volumes"])
            let sources = volume?["projected"]?["sources"]?.arrayValue ?? []
            let projections = sources.compactMap { $0["serviceAccountToken"] }
            let projection = try #require(projections.first)
            #expect(projection["path"] == "token")
            #expect(projection["audience"] == nil, "the API server refuses a token for somebody else")
            let authorities = sources.compactMap { $0["configMap"]?["name"]?.stringValue }
            let authority = try #require(authorities.first)
            let published = try await eventually("the authority is published in the namespace") {
                let answer = try await kubectl.run(["get", "configmap", authority, "-o", #"jsonpath={.data.ca\.crt}"#])
                return answer.status == 0 ? answer.standardOutput : nil
            }
            let actual = try String(contentsOfFile: TestBed.current.plane.authority, encoding: .utf8)
            #expect(published == actual)
            let request: JSONValue = [
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenRequest",
                "spec": [
                    "expirationSeconds": projection["expirationSeconds"] ?? 3600,
                    "boundObjectRef": [
                        "apiVersion": "v1", "kind": "Pod",
                        "name": pod["metadata"]?["name"] ?? nil, "uid": pod["metadata"]?["uid"] ?? nil,
                    ],
                ],
            ]
            let account = pod["spec"]?["serviceAccountName"]?.stringValue ?? "default"
            let path = "/api/v1/namespaces/\(namespace)/serviceaccounts/\(account)/token"
            let answer = try await kubectl("create", "--raw", path, "-f", "-", input: request.serializedString())
            let issued = try JSONValue(parsing: answer)
            return try #require(issued["status"]?["token"]?.stringValue)
        }
    }
}

/// The API as a hook script sees it: curl, the token and the authority of the injected volume.
private struct HookClient: Sendable {
    let server: String
    let authority: String
    let token: String

    /// Sends a request and returns the status code of the answer.
    func status(_ method: String, _ path: String) async throws -> Int? {
        Int(
            try await curl(["--output", "/dev/null", "--write-out", "%{http_code}", "--request", method, server + path])
        )
    }

    /// Has the hook scripts' own functions ask all that the scripts ask, with the files that the volume would have.
    func askAsTheScripts(pod: String, namespace: String) async throws -> String {
        let home = try Repository.temporaryDirectory("hook")
        defer { removeQuietly(home) }
        try Data(token.utf8).write(to: home.appendingPathComponent("token"))
        try FileManager.default.copyItem(atPath: authority, toPath: home.appendingPathComponent("ca.crt").path)
        let address = server.replacing("https://", with: "").split(separator: ":").map(String.init)
        let program = """
            SCRIPT=test HERE=$1 SCRATCH=$1
            . "$2/common"
            read_set && printf '%s ' "$API_STATUS"
            read_pods && printf '%s ' "$API_STATUS"
            api "$API_PODS/$POD" "$SCRATCH/pod.json" && printf '%s ' "$API_STATUS"
            api "/api/v1/namespaces/$NAMESPACE" "$SCRATCH/namespace.json" && printf '%s ' "$API_STATUS"
            printf 'pods=%s\n' "$(jq '.items | length' "$SCRATCH/pods.json")"
            """
        return try await Subprocess.output(
            "/bin/sh",
            ["-c", program, "sh", home.path, Repository.root.appendingPathComponent("Sources/Injection/Scripts").path],
            environment: [
                "VMQ_OPERATOR_POD_NAME": pod, "VMQ_OPERATOR_NAMESPACE": namespace, "VMQ_OPERATOR_SERVICE": "mqtt",
                "VMQ_OPERATOR_TOKEN_DIR": home.path, "KUBERNETES_SERVICE_HOST": address.first ?? "",
                "KUBERNETES_SERVICE_PORT": address.last ?? "",
            ]
        )
    }

    /// What the token may do in a namespace: `verb resource[.group] [name]`, sorted. What everybody may ask about
    /// themselves is left out.
    func rules(in namespace: String) async throws -> [String] {
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "spec": ["namespace": .string(namespace)],
        ]
        let answer = try await curl([
            "--header", "Content-Type: application/json", "--data", review.serializedString(),
            "\(server)/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        ])
        var rules: [String] = []
        for rule in try JSONValue(parsing: answer)["status"]?["resourceRules"]?.arrayValue ?? [] {
            for group in strings(rule["apiGroups"]) where !group.hasPrefix("auth") {
                for resource in strings(rule["resources"]) {
                    for verb in strings(rule["verbs"]) {
                        let names = rule["resourceNames"].map { strings($0) } ?? []
                        let subject = group.isEmpty ? resource : "\(resource).\(group)"
                        rules.append(([verb, subject] + names).joined(separator: " "))
                    }
                }
            }
        }
        return rules.sorted()
    }

    private func strings(_ list: JSONValue?) -> [String] {
        list?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func curl(_ arguments: [String]) async throws -> String {
        try await Subprocess.output(
            "/usr/bin/env",
            ["curl", "-sS", "--max-time", "20", "--cacert", authority, "--header", "Authorization: Bearer \(token)"]
                + arguments
        )
    }
}

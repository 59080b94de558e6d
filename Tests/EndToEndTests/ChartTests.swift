import Document
import Foundation
import Testing
import VerneMQ

/// The chart as Helm renders it, without a cluster.
@Suite("Chart")
struct ChartTests {
    /// The chart's own values: everything that it has, with certificates of the operator's own.
    static let inCluster: JSONValue = [:]

    /// Webhooks alone, with a certificate that somebody brings.
    static let webhookOnly: JSONValue = [
        "controllers": ["enabled": false],
        "certificates": [
            "mode": "files", "caBundle": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        ],
    ]

    /// Webhooks alone, with a certificate of their own.
    static let ownCertificate: JSONValue = ["controllers": ["enabled": false]]

    /// Controllers that look after one namespace.
    static let scoped: JSONValue = ["controllers": ["namespace": "mqtt"]]

    /// Webhooks and controllers apart.
    static let separate: JSONValue = ["webhook": ["separate": true]]

    @Test(
        "the chart passes a strict lint",
        arguments: ["1.20.2", "1.30.0", "1.34.0"],
        [inCluster, webhookOnly, scoped]
    )
    func lints(version: String, values: JSONValue) async throws {
        let output = try await Subprocess.run(
            Repository.script("helm"),
            ["lint", Repository.chart, "--kube-version", version, "--values", "-"],
            input: values.serializedString()
        )
        #expect(output.status == 0, "\(output.standardError)")
    }

    /// Values that must not install, and what the refusal has to name.
    struct WrongValues: Sendable, CustomTestStringConvertible {
        var values: JSONValue
        var mention: String
        var testDescription: String { values.serializedString() }

        static let all = [
            WrongValues(values: ["replica": 3], mention: "replica"),
            WrongValues(values: ["webhook": ["failurePolicy": ["statefulSets": "Ignore"]]], mention: "statefulSets"),
            WrongValues(values: ["webhook": ["url": "http://127.0.0.1:1"]], mention: "url"),
            WrongValues(values: ["webhook": ["timeoutSeconds": 31]], mention: "timeoutSeconds"),
            WrongValues(values: ["image": ["digest": "latest"]], mention: "digest"),
            WrongValues(values: ["certificates": ["caBundle": "LS0tLS1CRUdJTg=="]], mention: "caBundle"),
            WrongValues(values: ["certificates": ["mode": "magic"]], mention: "mode"),
            WrongValues(values: ["certificates": ["existingSecret": "mine"]], mention: "certificates.mode=files"),
            WrongValues(values: ["controllers": ["namespace": "Mine"]], mention: "namespace"),
            WrongValues(values: ["certificates": ["mode": "files"]], mention: "certificates.caBundle is empty"),
            WrongValues(values: ["podAntiAffinity": "maybe"], mention: "podAntiAffinity"),
            WrongValues(values: ["terminationGracePeriodSeconds": 5], mention: "terminationGracePeriodSeconds"),
            WrongValues(values: ["livenessProbe": ["httpGet": [:]]], mention: "httpGet"),
            WrongValues(
                values: ["certificates": ["mode": "cert-manager", "existingSecret": "mine"]],
                mention: "certificates.mode=files"
            ),
            WrongValues(
                values: ["metrics": ["service": ["enabled": false], "serviceMonitor": ["enabled": true]]],
                mention: "metrics.service.enabled"
            ),
            WrongValues(
                values: [
                    "certificates": [
                        "mode": "files", "caBundle": "-----BEGIN CERTIFICATE-----",
                        "certManager": ["injectCAFrom": "a/b"],
                    ]
                ],
                mention: "exclude each other"
            ),
        ]
    }

    @Test("values that cannot be right are refused", arguments: WrongValues.all)
    func refusesValues(wrong: WrongValues) async throws {
        let output = try await Subprocess.run(
            Repository.script("helm"),
            ["template", "test", Repository.chart, "--values", "-"],
            input: wrong.values.serializedString()
        )
        #expect(output.status == 1)
        #expect(output.standardError.contains(wrong.mention), "\(output.standardError)")
    }

    @Test("servers with matchConditions get webhooks that fail closed and exempt deletions")
    func newServers() async throws {
        let webhooks = try await webhooks(kubernetes: "1.30.0")
        #expect(
            webhooks.map(\.summary) == [
                "inject.statefulsets CREATE,UPDATE Fail",
                "validate.statefulsets CREATE,UPDATE Fail",
                "validate.vernemqs CREATE,UPDATE Fail",
                "validate.configmaps CREATE,UPDATE Ignore",
            ]
        )
        for webhook in webhooks {
            #expect(
                webhook.entry["matchConditions"]
                    == [["name": "not-being-deleted", "expression": "!has(object.metadata.deletionTimestamp)"]]
            )
        }
    }

    @Test("older servers get webhooks that fail closed on CREATE and open on UPDATE", arguments: ["1.20.2", "1.29.9"])
    func olderServers(version: String) async throws {
        let webhooks = try await webhooks(kubernetes: version)
        #expect(
            webhooks.map(\.summary) == [
                "create.inject.statefulsets CREATE Fail",
                "update.inject.statefulsets UPDATE Ignore",
                "create.validate.statefulsets CREATE Fail",
                "update.validate.statefulsets UPDATE Ignore",
                "create.validate.vernemqs CREATE Fail",
                "update.validate.vernemqs UPDATE Ignore",
                "validate.configmaps CREATE,UPDATE Ignore",
            ]
        )
        for webhook in webhooks { #expect(webhook.entry["matchConditions"] == nil) }
    }

    @Test(
        "each webhook sees what is ours and nothing else, wherever it is not kept out",
        arguments: ["1.20.2", "1.30.0"]
    )
    func selectors(version: String) async throws {
        for webhook in try await webhooks(kubernetes: version) {
            let objects: JSONValue
            switch webhook.entry["rules"]?[0]?["resources"] {
            case ["statefulsets"]: objects = ["matchLabels": ["vmq.k8s.vernemq.com/inject": "enabled"]]
            case ["configmaps"]: objects = ["matchLabels": ["vmq.k8s.vernemq.com/config": "vernemq"]]
            case ["vernemqs"]: objects = [:]
            default: objects = nil
            }
            #expect(webhook.entry["objectSelector"] == objects)
            #expect(
                webhook.entry["namespaceSelector"]
                    == [
                        "matchExpressions": [
                            [
                                "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                                "values": ["kube-system", "vernemq-operator"],
                            ]
                        ]
                    ]
            )
            #expect(webhook.entry["sideEffects"] == "None")
            #expect(webhook.entry["admissionReviewVersions"] == ["v1"])
            #expect(webhook.entry["matchPolicy"] == "Equivalent")
        }
    }

    @Test("the pods meet the restricted Pod Security Standard", arguments: [inCluster, webhookOnly, scoped, separate])
    func restricted(values: JSONValue) async throws {
        let documents = try await documents(kubernetes: "1.30.0", values: values)
        let deployments = documents.filter { $0["kind"] == "Deployment" }
        #expect(deployments.count == (values == Self.separate ? 2 : 1))
        for deployment in deployments { try expectRestricted(deployment, values) }
    }

    private func expectRestricted(_ deployment: JSONValue, _ values: JSONValue) throws {
        let pod = try #require(deployment["spec"]?["template"]?["spec"])
        #expect(pod["automountServiceAccountToken"] == .bool(values != Self.webhookOnly))
        #expect(pod["securityContext"]?["runAsNonRoot"] == true)
        #expect(pod["securityContext"]?["seccompProfile"] == ["type": "RuntimeDefault"])
        for field in ["hostNetwork", "hostPID", "hostIPC"] { #expect(pod[field] == nil) }
        for container in pod["containers"]?.arrayValue ?? [] {
            let context = container["securityContext"]
            #expect(context?["allowPrivilegeEscalation"] == false)
            #expect(context?["capabilities"] == ["drop": ["ALL"]])
            #expect(context?["readOnlyRootFilesystem"] == true)
        }
        let kinds = Set((pod["volumes"]?.arrayValue ?? []).flatMap { $0.objectValue?.keys ?? [] }).subtracting(["name"])
        #expect(kinds.isSubset(of: ["configMap", "emptyDir", "projected", "secret"]))
    }

    @Test("webhooks alone are bound to no role")
    func noBindings() async throws {
        let kinds = try await documents(kubernetes: "1.30.0", values: Self.webhookOnly)
            .compactMap { $0["kind"]?.stringValue }
        #expect(kinds.contains("Deployment"))
        #expect(!kinds.contains { $0.hasSuffix("RoleBinding") })
    }

    @Test("controllers of one namespace have rights in it alone, and their webhooks see no other")
    func scopedRights() async throws {
        let documents = try await documents(kubernetes: "1.30.0", values: Self.scoped)
        for document in documents where document["kind"]?.stringValue?.hasSuffix("RoleBinding") == true {
            let isNamespaced = document["kind"] == "RoleBinding"
            let role = try #require(
                documents.first {
                    $0["kind"] == document["roleRef"]?["kind"]
                        && $0["metadata"]?["name"] == document["roleRef"]?["name"]
                }
            )
            // What is not namespaced is the pair of webhook configurations, by name.
            let groups = (role["rules"]?.arrayValue ?? []).compactMap { $0["apiGroups"]?[0]?.stringValue }
            #expect(isNamespaced || groups == ["admissionregistration.k8s.io"], "\(document)")
        }
        for webhook in try await webhooks(kubernetes: "1.30.0", values: Self.scoped) {
            let expressions = webhook.entry["namespaceSelector"]?["matchExpressions"]?.arrayValue ?? []
            #expect(
                expressions.contains(["key": "kubernetes.io/metadata.name", "operator": "In", "values": ["mqtt"]])
            )
        }
    }

    @Test("nobody's Secrets are read: not one rule lists or watches them, and what is read is named")
    func secrets() async throws {
        for values in [Self.inCluster, Self.scoped] {
            let rules = try await documents(kubernetes: "1.30.0", values: values)
                .flatMap { $0["rules"]?.arrayValue ?? [] }
                .filter { $0["resources"]?.arrayValue?.contains("secrets") == true }
            #expect(!rules.isEmpty)
            for rule in rules {
                let verbs = rule["verbs"]?.arrayValue ?? []
                #expect(!verbs.contains("list") && !verbs.contains("watch") && !verbs.contains("*"), "\(rule)")
                #expect(!verbs.contains("get") || rule["resourceNames"]?.arrayValue?.isEmpty == false, "\(rule)")
            }
        }
    }

    @Test(
        "the Deployment's command is one that the operator understands",
        arguments: [inCluster, webhookOnly, scoped, separate]
    )
    func arguments(values: JSONValue) async throws {
        var values = values
        values["plugins"] = ["allowedSources": ["git.example.org/team/*"]]
        let help = try await Subprocess.output(Repository.operatorExecutable.path, ["serve", "--help"])
        for deployment in try await documents(kubernetes: "1.30.0", values: values) {
            guard deployment["kind"] == "Deployment" else { continue }
            let arguments = deployment["spec"]?["template"]?["spec"]?["containers"]?[0]?["args"]?.arrayValue ?? []
            #expect(arguments.first == "serve")
            #expect(arguments.contains("git.example.org/team/*"))
            for flag in arguments.compactMap(\.stringValue) where flag.hasPrefix("--") {
                #expect(help.contains("\(flag) ") || help.contains("\(flag)\n"), "\(flag) is not in:\n\(help)")
            }
        }
    }

    @Test("a replica may hold the Lease that it asks for", arguments: [inCluster, scoped, separate, ownCertificate])
    func leases(values: JSONValue) async throws {
        let documents = try await documents(kubernetes: "1.30.0", values: values)
        for deployment in documents where deployment["kind"] == "Deployment" {
            let pod = deployment["spec"]?["template"]?["spec"]
            let arguments = (pod?["containers"]?[0]?["args"]?.arrayValue ?? []).compactMap(\.stringValue)
            let flag = try #require(arguments.firstIndex(of: "--lease"))
            let lease = arguments[flag + 1] + (arguments.contains("--webhook-only") ? "-webhooks" : "")
            let bindings = documents.filter {
                $0["kind"] == "RoleBinding" && $0["subjects"]?[0]?["name"] == pod?["serviceAccountName"]
            }
            let granted = bindings.contains { binding in
                documents.contains { role in
                    role["kind"] == "Role" && role["metadata"]?["name"] == binding["roleRef"]?["name"]
                        && (role["rules"]?.arrayValue ?? []).contains {
                            $0["resources"] == ["leases"] && $0["resourceNames"] == [.string(lease)]
                        }
                }
            }
            #expect(granted, "nobody grants \(lease)")
        }
    }

    @Test("an operator outside of the cluster gets webhook configurations and no workload")
    func outside() async throws {
        var values = Self.webhookOnly
        values["webhook"] = ["url": "https://192.0.2.1:9443/"]
        let kinds = try await documents(kubernetes: "1.30.0", values: values).compactMap { $0["kind"]?.stringValue }
        #expect(
            Set(kinds) == [
                "ClusterRole", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
            ]
        )
        let urls = try await webhooks(kubernetes: "1.30.0", values: values).map {
            $0.entry["clientConfig"]?["url"]?.stringValue
        }
        let mutate = "https://192.0.2.1:9443/mutate"
        let validate = "https://192.0.2.1:9443/validate"
        #expect(urls == [mutate, validate, validate, validate])
    }

    @Test("the chart's resource definition is the one that the code makes (RECORD_GOLDEN=1 writes it)")
    func resourceDefinition() throws {
        let file = URL(fileURLWithPath: Repository.chart).appendingPathComponent("crds/vernemqs.yaml")
        let made = """
            # The VerneMQ resource. Made from the code: RECORD_GOLDEN=1 swift test --filter ChartTests
            \(YAMLDocument.serialize(VerneMQStructure.customResourceDefinition()))
            """
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
            try Data(made.utf8).write(to: file)
            Issue.record("recorded \(file.path)")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == made)
    }

    // MARK: -

    /// One entry of a webhook configuration.
    struct Webhook {
        var entry: JSONValue

        /// Its name without our domain, its operations and its failure policy.
        var summary: String {
            let name = entry["name"]?.stringValue?.replacing(".vmq.k8s.vernemq.com", with: "") ?? ""
            let operations = entry["rules"]?[0]?["operations"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return "\(name) \(operations.joined(separator: ",")) \(entry["failurePolicy"]?.stringValue ?? "")"
        }
    }

    private func documents(kubernetes version: String, values: JSONValue = inCluster) async throws -> [JSONValue] {
        try Chart.documents(try await Chart.template("test", values: values, kubernetes: version))
    }

    private func webhooks(kubernetes version: String, values: JSONValue = inCluster) async throws -> [Webhook] {
        try await documents(kubernetes: version, values: values).flatMap { document in
            (document["webhooks"]?.arrayValue ?? []).map { Webhook(entry: $0) }
        }
    }
}

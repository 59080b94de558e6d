import Document
import Testing
import VerneMQ

@Suite("The structure of the VerneMQ resource")
struct VerneMQStructureTests {
    /// The sample of the Go operator, which must apply unchanged, with more of its fields.
    static let sample: JSONValue = [
        "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ",
        "metadata": ["name": "vernemq-sample"],
        "spec": [
            "baseImage": "vernemq/vernemq",
            "config": [
                "configs": [["name": "allow_register_during_netsplit", "value": "on"]],
                "listeners": [
                    ["address": "0.0.0.0", "port": 1883], ["address": "0.0.0.0", "port": 1888, "websocket": true],
                    [
                        "address": "0.0.0.0", "port": 8883, "allowedProtocolVersions": "3,4,5",
                        "tlsConfig": ["cafile": "a", "certfile": "b", "keyfile": "c", "requireCertificate": true],
                    ],
                ],
                "plugins": [
                    ["name": "vmq_passwd", "preStart": [["cmd": "echo", "timeoutSeconds": 5]]],
                    ["name": "x", "path": "/p"],
                ],
            ],
            "externalPlugins": [
                [
                    "applicationName": "p", "repoURL": "https://x.example/p", "versionType": "branch",
                    "version": "master",
                ]
            ],
            "serviceAccountName": "vernemq-k8s", "size": 2, "version": "1.8.0", "bundlerSHA": "x",
            "imagePullSecrets": [["name": "s"]], "nodeSelector": ["a": "b"],
            "tolerations": [["key": "x", "future": 1]],
            "affinity": ["whatever": [1]], "storage": ["volumeClaimTemplate": ["spec": [:]]],
            "env": [["name": "A", "value": "1"]],
            "secrets": ["a"], "configMaps": ["b"], "terminationGracePeriodSeconds": 60,
            "podMetadata": ["labels": ["a": "b"]],
        ],
        "status": ["nodes": ["a"]],
    ]

    @Test("resources of the Go operator pass")
    func sample() {
        #expect(VerneMQStructure.validate(Self.sample) == [])
    }

    static let faults: [(String, JSONValue, String, String)] = [
        ("size", "3", "spec.size", "a whole number"), ("size", -1, "spec.size", "at least 0"),
        ("size", 2_147_483_648, "spec.size", "out of range"),
        ("size", .number("1.5"), "spec.size", "out of range"), ("sise", 3, "spec.sise", "did you mean \"size\"?"),
        ("restartPolicy", "Rollling", "spec.restartPolicy", "did you mean \"Rolling\"?"),
        ("restartPolicy", "x", "spec.restartPolicy", "\"Manual\", \"Rolling\""),
        ("nodeSelector", ["a": 1], "spec.nodeSelector[a]", "a string"),
        ("secrets", ["a", 1], "spec.secrets[1]", "a string"),
        ("affinity", "x", "spec.affinity", "an object"), ("containers", [1], "spec.containers[0]", "an object"),
        ("statefulSetRef", [:], "spec.statefulSetRef.name", "required"),
        ("configFrom", ["configMap": "x"], "spec.configFrom.configMap", "configMapRef"),
        ("storage", ["emptydir": [:]], "spec.storage.emptydir", "did you mean \"emptyDir\"?"),
        ("externalPlugins", [["applicationName": "p"]], "spec.externalPlugins[0].repoURL", "required"),
        ("config", ["listeners": [["address": "x", "port": 0]]], "spec.config.listeners[0].port", "from 1 to 65535"),
        (
            "config", ["listeners": [["address": "x", "port": 1, "tlsConfig": ["cafile": "a"]]]],
            "spec.config.listeners[0].tlsConfig.keyfile", "required"
        ),
        (
            "config", ["listeners": [["address": "x", "port": 1, "websocket": "true"]]],
            "spec.config.listeners[0].websocket", "true or false"
        ),
        (
            "config", ["plugins": [["name": "x", "preStart": [["command": "x"]]]]],
            "spec.config.plugins[0].preStart[0].cmd", "required"
        ),
        ("config", ["configs": [["name": "a", "value": 1]]], "spec.config.configs[0].value", "a string"),
        ("config", [], "spec.config", "found an array"),
    ]

    @Test("a fault is found at its field", arguments: faults)
    func fault(field: String, value: JSONValue, path: String, words: String) {
        var resource = Self.sample
        resource["spec"]?[field] = value
        let findings = VerneMQStructure.validate(resource)
        #expect(findings.contains { $0.path == path && $0.description.contains(words) }, "\(findings)")
        #expect(findings.allSatisfy { $0.severity == .error })
    }

    @Test("null is as good as absent, and what is required is missed at every level")
    func required() {
        var resource = Self.sample
        resource["spec"]?["size"] = .null
        #expect(VerneMQStructure.validate(resource) == [])
        #expect(VerneMQStructure.validate([:]).map(\.path) == ["apiVersion", "kind", "spec"])
        #expect(VerneMQStructure.validate("x").count == 1)
        resource["spce"] = [:]
        #expect(VerneMQStructure.validate(resource).map(\.remedy) == ["did you mean \"spec\"?"])
    }

    @Test("the definition is structural and says the same as the check")
    func definition() throws {
        let definition = VerneMQStructure.customResourceDefinition()
        #expect(definition["apiVersion"] == "apiextensions.k8s.io/v1")
        #expect(definition["metadata"]?["name"] == "vernemqs.vmq.k8s.vernemq.com")
        let version = try #require(definition["spec"]?["versions"]?[0])
        #expect(version["name"] == "v1alpha1")
        #expect(version["subresources"]?["status"] == [:])
        #expect(version["subresources"]?["scale"]?["specReplicasPath"] == ".spec.size")
        let schema = try #require(version["schema"]?["openAPIV3Schema"])
        try checkStructural(schema, at: "")
        let spec = try #require(schema["properties"]?["spec"]?["properties"]?.objectValue)
        #expect(spec.keys.sorted() == VerneMQStructure.specFields.map(\.name).sorted())
        #expect(Set(spec.keys).count == VerneMQStructure.specFields.count)
        // Every field of the printer columns and of the scale subresource exists.
        let status = try #require(schema["properties"]?["status"]?["properties"]?.objectValue)
        for name in ["replicas", "selector", "readyReplicas", "conditions"] { #expect(status[name] != nil) }
    }

    /// The rules of `apiextensions.k8s.io/v1` for structural schemas.
    private func checkStructural(_ schema: JSONValue, at path: String) throws {
        let type = try #require(schema["type"]?.stringValue, "\(path) has no type")
        if let properties = schema["properties"]?.objectValue {
            #expect(type == "object" && schema["additionalProperties"] == nil, "\(path)")
            for (name, property) in properties { try checkStructural(property, at: "\(path).\(name)") }
            for name in schema["required"]?.arrayValue ?? [] {
                #expect(properties[name.stringValue ?? ""] != nil, "\(path)")
            }
        }
        if type == "array" { try checkStructural(try #require(schema["items"], "\(path)"), at: "\(path)[]") }
        if let values = schema["additionalProperties"] { try checkStructural(values, at: "\(path){}") }
        if type == "integer" { #expect(schema["format"] != nil && schema["minimum"] != nil, "\(path)") }
        if path.contains(".spec.") && !path.hasSuffix("[]") && !path.hasSuffix("{}") {
            #expect(schema["description"] != nil, "\(path)")
        }
    }
}

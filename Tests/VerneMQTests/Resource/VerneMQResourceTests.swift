import Document
import Testing
import VerneMQ

@Suite("The VerneMQ resource")
struct VerneMQResourceTests {
    /// A resource with that `spec`, in YAML's flow or block style.
    static func resource(_ spec: String, name: String = "mqtt") throws -> JSONValue {
        let documents = try YAMLDocument.parse(spec)
        return [
            "apiVersion": "vmq.k8s.vernemq.com/v1alpha1", "kind": "VerneMQ", "metadata": ["name": .string(name)],
            "spec": documents.first?.value ?? [:],
        ]
    }

    /// The Go operator's own example, its VERNEMQ_CONF shortened.
    static let example = """
        baseImage: vernemq/vernemq
        config:
          configs:
          - {name: allow_register_during_netsplit, value: "on"}
          - {name: allow_publish_during_netsplit, value: "on"}
          - {name: allow_subscribe_during_netsplit, value: "on"}
          - {name: allow_unsubscribe_during_netsplit, value: "on"}
          listeners:
          - {address: 0.0.0.0, port: 1883}
          - {address: 0.0.0.0, port: 1888, websocket: true}
          plugins: []
        env:
        - {name: VERNEMQ_CONF, value: YWNjZXB0X2V1bGEgPSB5ZXMK}
        serviceAccountName: vernemq-k8s
        size: 2
        version: VERSION
        configMaps: [vernemq-configmap]
        """

    @Test(
        "resources of the Go operator are accepted as they are",
        arguments: ["1.8.0", "1.12.3", "2.0.1", "2.1.1", "2.2.0"]
    )
    func accepted(version: String) throws {
        let findings = VerneMQResource.validate(try Self.resource(Self.example.replacing("VERSION", with: version)))
        #expect(findings.filter { $0.severity == .error } == [])
        #expect(findings.count <= 4, "the plainest example must not drown its user: \(findings)")
    }

    /// A resource without a fault or a warning.
    static let plainFields = "size: 3, version: 2.1.1, env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}]"

    @Test("a plain resource draws nothing")
    func plain() throws {
        #expect(VerneMQResource.validate(try Self.resource("{\(Self.plainFields)}")) == [])
    }

    static let goodFields: [String] = [
        "{}", "image: 'registry:5000/x/vernemq:2.1.1'", "image: vernemq/vernemq@sha256:aa", "tag: 2.1.1-alpine",
        "sha: \(String(repeating: "a", count: 64))", "clusterDomain: example.org", "restartPolicy: Rolling",
        "storage: {emptyDir: {}}", "storage: {emptyDir: {sizeLimit: 1Gi, medium: Memory}}",
        "storage: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}}}",
        "storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1e9}}}}}",
        "resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}",
        "containers: [{name: exporter, image: 'x:1'}]", "secrets: [a, b.c]", "configMaps: [a]",
        "imagePullSecrets: [{name: registry}]", "nodeSelector: {disk: ssd}", "priorityClassName: high",
        "tolerations: [{key: a, operator: Exists, effect: NoSchedule}]", "podMetadata: {labels: {a: b}}",
        "config: {configs: [{name: max_inflight_messages, value: '20'}]}", "config: {plugins: [{name: vmq_diversity}]}",
        "config: {plugins: [{name: mine, path: /opt/mine, preStart: [{cmd: 'echo x', timeoutSeconds: 5}]}]}",
        "config: {listeners: [{address: 0.0.0.0, port: 1883}, {address: 0.0.0.0, port: 8080, websocket: true}]}",
        "config: {listeners: [{address: 0.0.0.0, port: 1885, maxConnections: 0, nrOfAcceptors: 0, mountpoint: ''}]}",
        "config: {listeners: [{address: 10.0.0.1, port: 1885}, {address: 10.0.0.2, port: 1885}]}",
        "config: {listeners: [{address: 0.0.0.0, port: 8883, tlsConfig: {cafile: /a, certfile: /b, keyfile: /c}}]}",
        "config: {listeners: [{address: 0.0.0.0, port: 1885, proxyProtocol: true, allowedProtocolVersions: '3,4,5'}]}",
        "vmqConfig: \"max_inflight_messages = 20\\nretry_interval = 20\\n\"", "externalPlugins: []",
        "bundlerVersion: x, bundlerImage: z, dropoutPeriodSeconds: 5, terminationGracePeriodSeconds: 60",
    ]

    @Test("good fields draw nothing", arguments: goodFields)
    func good(fields: String) throws {
        let spec = fields == "{}" ? "{\(Self.plainFields)}" : "{\(Self.plainFields), \(fields)}"
        #expect(VerneMQResource.validate(try Self.resource(spec)) == [])
    }

    /// Fields beside the plain ones, the path of the one finding that they draw, and words of it.
    static let badFields: [(String, Finding.Severity, String, String)] = [
        ("sise: 3", .error, "spec.sise", "did you mean \"size\"?"),
        ("clusterDomain: -x-", .error, "spec.clusterDomain", "not a DNS domain"),
        ("clusterDomain: Example.org", .error, "spec.clusterDomain", "lower-case"),
        ("serviceAccountName: A_B", .error, "spec.serviceAccountName", "not the name of a service account"),
        ("priorityClassName: 'a b'", .error, "spec.priorityClassName", "priority class"),
        ("secrets: [Bad]", .error, "spec.secrets[0]", "not the name of a Secret"),
        ("secrets: [a, a]", .error, "spec.secrets[1]", "stands in the list before"),
        ("configMaps: ['']", .error, "spec.configMaps[0]", "not the name of a ConfigMap"),
        ("configMaps: [a, b, a]", .error, "spec.configMaps[2]", "before"),
        ("imagePullSecrets: [{name: A}]", .error, "spec.imagePullSecrets[0].name", "Secret"),
        ("configFrom: {configMapRef: {name: A_}}", .error, "spec.configFrom.configMapRef.name", "ConfigMap"),
        ("restartPolicy: rolling", .error, "spec.restartPolicy", "did you mean \"Rolling\"?"),
        ("image: 'a b'", .error, "spec.image", "not an image reference"),
        ("image: vernemq/vernemq", .warning, "spec.image", "can change under a running cluster"),
        ("image: 'vernemq/vernemq:latest'", .warning, "spec.image", "can change"),
        ("image: 'vernemq/vernemq:2.2.0'", .error, "spec.version", "spec.image names version 2.2.0"),
        ("image: 'x/vernemq:2.1.1', tag: 2.1.1", .warning, "spec.image", "changes nothing: tag"),
        ("baseImage: 'vernemq/vernemq:2.1.1'", .error, "spec.baseImage", "has a tag or a digest"),
        ("baseImage: ':x'", .error, "spec.baseImage", "not an image reference"),
        ("tag: 1.13.0", .error, "spec.version", "names version 1.13.0"),
        ("tag: latest", .warning, "spec.tag", "can change"),
        ("tag: -x", .error, "spec.tag", "not the tag"), ("tag: 'a:b'", .error, "spec.tag", "not the tag"),
        ("sha: abc", .error, "spec.sha", "not a digest"),
        ("sha: 'sha256:\(String(repeating: "a", count: 64))'", .error, "spec.sha", "without sha256:"),
        (
            "storage: {emptyDir: {}, volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}", .error,
            "spec.storage", "has both"
        ),
        ("storage: {emptyDir: {sizeLimit: lots}}", .error, "spec.storage.emptyDir.sizeLimit", "not a quantity"),
        (
            "storage: {volumeClaimTemplate: {spec: {}}}", .error,
            "spec.storage.volumeClaimTemplate.spec.resources.requests.storage", "required value"
        ),
        (
            "storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: -1Gi}}}}}", .error,
            "spec.storage.volumeClaimTemplate.spec.resources.requests.storage", "negative"
        ),
        (
            "storage: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnes], resources: {requests: {storage: 1}}}}}",
            .error, "spec.storage.volumeClaimTemplate.spec.accessModes[0]", "did you mean \"ReadWriteOnce\"?"
        ),
        ("resources: {limits: {memory: 1GB}}", .error, "spec.resources.limits.memory", "not a quantity"),
        (
            "resources: {requests: {cpu: 2}, limits: {cpu: 500m}}", .error, "spec.resources.requests.cpu",
            "more than the limit"
        ),
        ("resources: {limit: {cpu: 2}}", .error, "spec.resources.limit", "did you mean \"limits\"?"),
        ("containers: [{image: x}]", .error, "spec.containers[0].name", "required value"),
        ("containers: [{name: a}]", .error, "spec.containers[0].image", "required value"),
        ("containers: [{name: A, image: x}]", .error, "spec.containers[0].name", "not the name of a container"),
        ("containers: [{name: vernemq, image: x}]", .error, "spec.containers[0].name", "is the broker's container"),
        ("containers: [{name: vernemq-prepare, image: x}]", .error, "spec.containers[0].name", "reserved"),
        ("containers: [{name: a, image: x}, {name: a, image: x}]", .error, "spec.containers[1].name", "before"),
        ("podMetadata: {labels: {a: 1}}", .error, "spec.podMetadata.labels[a]", "not a string"),
        (
            "podMetadata: {annotations: {vmq.k8s.vernemq.com/injected: x}}", .error,
            "spec.podMetadata.annotations[vmq.k8s.vernemq.com/injected]", "reserved"
        ),
        ("tolerations: [{operator: Exist}]", .error, "spec.tolerations[0].operator", "did you mean \"Exists\"?"),
        ("tolerations: [{effect: NoShedule}]", .error, "spec.tolerations[0].effect", "NoSchedule"),
        ("vmArgs: '+P 1000'", .warning, "spec.vmArgs", "takes the place of the image's vm.args"),
        (
            "externalPlugins: [{applicationName: p, versionType: commit, version: abcdef0}]", .error,
            "spec.externalPlugins[0].repoURL", "required"
        ),
        (
            "externalPlugins: [{applicationName: p, repoURL: 'ext::sh -c x', versionType: tag, version: '1'}]", .error,
            "spec.externalPlugins[0].repoURL", "ext"
        ),
        (
            "externalPlugins: [{applicationName: p, repoURL: 'https://x/p', versionType: branch, version: main}]",
            .warning,
            "spec.externalPlugins[0].version", "can move"
        ),
        ("config: {plugins: [{name: vmq_acl}, {name: vmq_acl}]}", .error, "spec.config.plugins[1].name", "before"),
        ("config: {plugins: [{name: vmq_swc}]}", .error, "spec.config.plugins[0].name", "vmq_swc"),
        ("config: {plugins: [{name: mine}]}", .warning, "spec.config.plugins[0].name", "does not bring this plugin"),
        (
            "config: {plugins: [{name: vmq_acl, preStart: [{cmd: ' '}]}]}", .error,
            "spec.config.plugins[0].preStart[0].cmd", "empty"
        ),
        (
            "config: {plugins: [{name: vmq_acl, preStop: [{cmd: x, timeoutSeconds: 36000}]}]}", .error,
            "spec.config.plugins[0].preStop[0].timeoutSeconds", "out of range"
        ),
        (
            "config: {plugins: [{name: vmq_acl, postStop: [{cmd: x, timeoutSeconds: -1}]}]}", .error,
            "spec.config.plugins[0].postStop[0].timeoutSeconds", "at least 0"
        ),
        (
            "config: {configs: [{name: max_inflight_messages, value: abc}]}", .error, "spec.config.configs[0].value",
            "not an integer"
        ),
        (
            "config: {configs: [{name: max_inflight_messages, value: 5}]}", .error, "spec.config.configs[0].value",
            "a string"
        ),
        (
            "config: {configs: [{name: allow_anonymous, value: 'yes'}]}", .error, "spec.config.configs[0].value",
            "on and off"
        ),
        (
            "config: {configs: [{name: allow_anonymus, value: 'on'}]}", .error, "spec.config.configs[0].name",
            "\"allow_anonymous\""
        ),
        (
            "config: {configs: [{name: allow_anonymous, value: 'on'}]}", .warning, "spec.config.configs[0].value",
            "may connect"
        ),
        (
            "config: {configs: [{name: nodename, value: a@b}]}", .error, "spec.config.configs[0].value",
            "name of its pod"
        ),
        (
            "config: {configs: [{name: retry_interval, value: '5'}, {name: retry_interval, value: '5'}]}", .error,
            "spec.config.configs[1].name", "spec.config.configs[0] as well"
        ),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 1885}, {address: 0.0.0.0, port: 1885, websocket: true}]}",
            .error,
            "spec.config.listeners[1].port", "listens there already"
        ),
        ("config: {listeners: [{address: eth0, port: 1885}]}", .error, "spec.config.listeners[0].address", "address"),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 4369}]}", .error, "spec.config.listeners[0].address",
            "port mapper"
        ),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 70000}]}", .error, "spec.config.listeners[0].port",
            "from 1 to 65535"
        ),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 1885, allowedProtocolVersions: '9'}]}", .warning,
            "spec.config.listeners[0].allowedProtocolVersions", "9"
        ),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 8883, proxyProtocol: true, "
                + "tlsConfig: {cafile: /a, certfile: /b, keyfile: /c}}]}", .error,
            "spec.config.listeners[0].proxyProtocol", "no PROXY protocol"
        ),
        (
            "config: {listeners: [{address: 0.0.0.0, port: 8883, tlsConfig: {cafile: /a, certfile: /b}}]}", .error,
            "spec.config.listeners[0].tlsConfig.keyfile", "required"
        ),
        ("vmqConfig: \"max_inflight_messages = abc\\n\"", .error, "spec.vmqConfig:1:25", "not an integer"),
        ("vmqConfig: \"retry_interval =\\n\"", .error, "spec.vmqConfig:1:1", "has no value"),
        ("vmqConfig: \"\\n\\nno_such_key = 1\\n\"", .error, "spec.vmqConfig:3:1", "not a setting"),
        ("vmqConfig: \"include x.conf\\n\"", .error, "spec.vmqConfig:1:9", "no file beside"),
    ]

    @Test("one fault draws one finding, at its field", arguments: badFields)
    func bad(fields: String, severity: Finding.Severity, path: String, words: String) throws {
        let findings = VerneMQResource.validate(try Self.resource("{\(Self.plainFields), \(fields)}"))
        #expect(findings.count == 1, "\(findings)")
        let finding = try #require(findings.first { $0.path == path }, "\(findings)")
        #expect(finding.severity == severity)
        #expect(finding.description.contains(words), "\(finding)")
    }

    /// Entries of `env` and what they draw.
    static let variables: [(String, Finding.Severity, String, String)] = [
        ("{value: x}", .error, "name", "required value"), ("{name: '1A', value: x}", .error, "name", "not the name"),
        ("{name: 'A B', value: x}", .error, "name", "not the name"),
        ("{name: A, value: 1}", .error, "value", "not a string"),
        ("{name: A, value: x, valueFrom: {fieldRef: {}}}", .error, "valueFrom", "contradicts"),
        ("{name: VMQ_OPERATOR_POD_NAME, value: x}", .error, "name", "reserved"),
        ("{name: DOCKER_VERNEMQ_NODENAME, value: x}", .error, "name", "names the brokers"),
        ("{name: API_KEY, value: x}", .warning, "name", "can never join"),
        ("{name: DOCKER_VERNEMQ_DISCOVERY_KUBERNETES, value: '1'}", .warning, "name", "own discovery"),
        ("{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}", .warning, "name", "before"),
        ("{name: DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES, value: abc}", .error, "value", "not an integer"),
        ("{name: DOCKER_VERNEMQ_MAX_INFLITE_MESSAGES, value: '1'}", .error, "name", "max_inflight_messages"),
        ("{name: DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES, value: ''}", .error, "value", "has no value"),
        ("{name: DOCKER_VERNEMQ_LOG__CONSOLE__FILE, value: /a__b}", .error, "value", "__ into a dot"),
        ("{name: DOCKER_VERNEMQ_LOG__CONSOLE__FILE, value: '/a#b'}", .error, "value", "cuts the value"),
        ("{name: DOCKER_VERNEMQ_ALLOW_ANONYMOUS, value: 'on'}", .warning, "value", "may connect"),
    ]

    @Test("variables are judged by name and as the settings that they are", arguments: variables)
    func environment(entry: String, severity: Finding.Severity, field: String, words: String) throws {
        let spec = "{size: 3, version: 2.1.1, env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}, \(entry)]}"
        let findings = VerneMQResource.validate(try Self.resource(spec))
        #expect(findings.count == 1, "\(findings)")
        #expect(findings.first?.path == "spec.env[1].\(field)", "\(findings)")
        #expect(findings.first?.severity == severity)
        #expect(findings.first?.description.contains(words) == true, "\(findings)")
    }

    @Test(
        "a variable whose value stands elsewhere is not judged by what is not there",
        arguments: [
            "{name: DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES, valueFrom: {secretKeyRef: {name: a, key: b}}}",
            "{name: DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES, value: $(OTHER)}", "{name: OTHER, value: x}",
            "{name: DOCKER_VERNEMQ_USER_joe, value: secret}",
        ]
    )
    func elsewhere(entry: String) throws {
        let spec = "{size: 3, version: 2.1.1, env: [{name: DOCKER_VERNEMQ_ACCEPT_EULA, value: 'yes'}, \(entry)]}"
        #expect(VerneMQResource.validate(try Self.resource(spec)) == [])
    }

    @Test(
        "size, statefulSetRef and names",
        arguments: [
            ("{size: 1, version: 2.1.1}", "mqtt", "spec.size", "a single broker"),
            ("{size: 3, statefulSetRef: {name: x}}", "mqtt", "spec.size", "contradicts spec.statefulSetRef"),
            ("{statefulSetRef: {name: X_}}", "mqtt", "spec.statefulSetRef.name", "StatefulSet"),
            (
                "{statefulSetRef: {name: x}, storage: {emptyDir: {}}}", "mqtt", "spec.statefulSetRef",
                "changes nothing: storage"
            ),
            ("{size: 3}", "1mqtt", "metadata.name", "beginning with a letter"),
            ("{size: 3}", "my.mqtt", "metadata.name", "names a Service too"),
            ("{size: 3}", String(repeating: "a", count: 53), "metadata.name", "at most 52"),
            ("{size: 3, vmArgs: '-name x'}", "mqtt", "spec.vmArgs", "gives every broker its name"),
            ("{size: 3, vmArgs: '-setcookie x'}", "mqtt", "spec.vmArgs", "cookie"),
            ("{size: 3, version: two}", "mqtt", "spec.version", "not a VerneMQ version"),
            ("{size: 3, version: ''}", "mqtt", "spec.version", "not a VerneMQ version"),
        ]
    )
    func modes(spec: String, name: String, path: String, words: String) throws {
        let findings = VerneMQResource.validate(try Self.resource(spec, name: name))
        #expect(findings.contains { $0.path == path && $0.description.contains(words) }, "\(findings)")
    }

    /// A key, the versions on both sides of its coming or going.
    @Test(
        "what is right depends on the version",
        arguments: [
            ("version: 2.1.1", "config: {configs: [{name: listener.tcp.active_n, value: '50'}]}", false),
            ("version: 2.2.0", "config: {configs: [{name: listener.tcp.active_n, value: '50'}]}", true),
            ("version: 1.12.0", "config: {configs: [{name: listener.max_connection_lifetime, value: '50'}]}", false),
            ("version: 1.13.0", "config: {configs: [{name: listener.max_connection_lifetime, value: '50'}]}", true),
            ("tag: 2.1.1", "config: {configs: [{name: listener.tcp.active_n, value: '50'}]}", false),
            (
                "image: 'vernemq/vernemq:2.2.0-alpine'",
                "config: {configs: [{name: listener.tcp.active_n, value: '50'}]}", true
            ),
            ("version: 1.12.0", "vmqConfig: 'listener.tcp.default.allow_anonymous_override = off'", false),
            ("version: 2.0.0", "vmqConfig: 'listener.tcp.default.allow_anonymous_override = off'", true),
        ]
    )
    func versions(version: String, fields: String, isRight: Bool) throws {
        let findings = VerneMQResource.validate(try Self.resource("{size: 3, \(version), \(fields)}"))
        #expect(findings.contains { $0.severity == .error } == !isRight, "\(findings)")
    }

    @Test("all sources are judged together, and all faults told at once")
    func together() throws {
        let spec = """
            size: 3
            version: 2.1.1
            env: [{name: DOCKER_VERNEMQ_RETRY_INTERVAL, value: "10"}]
            vmqConfig: |
              retry_interval = 20
              listener.tcp.second = 0.0.0.0:1885
            config:
              listeners: [{address: 10.0.0.1, port: 1885}]
              configs: [{name: max_inflight_messages, value: "abc"}]
            """
        let findings = VerneMQResource.validate(try Self.resource(spec)).filter { $0.severity == .error }
        let paths = Set(findings.map(\.path))
        #expect(paths.contains("spec.config.configs[0].value"), "\(findings)")
        #expect(findings.contains { $0.description.contains("two places") }, "\(findings)")
        #expect(findings.contains { $0.description.contains("collides") }, "\(findings)")
    }

    @Test("a secret is in no message")
    func secrets() throws {
        let spec = """
            size: 3
            version: 2.1.1
            env: [{name: DOCKER_VERNEMQ_VMQ_DIVERSITY__POSTGRES__PASSWORD, value: "hunter__2"}]
            vmqConfig: |
              distributed_cookie = hunter2 hunter#2
              vmq_web_ui.admin.user_pwd = hunter2
            config:
              configs: [{name: vmq_diversity.mysql.passwort, value: hunter2}, {name: vmq_diversity.redis.password, value: hun#ter}]
            """
        let findings = VerneMQResource.validate(try Self.resource(spec))
        #expect(!findings.isEmpty)
        for finding in findings { #expect(!finding.description.contains("hunter"), "\(finding)") }
    }
}

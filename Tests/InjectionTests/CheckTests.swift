import Document
import Injection
import Testing
import VerneMQ

/// What is refused, and what draws a warning: the field's path, and words of the message.
@Suite("Checks of a labelled StatefulSet")
struct CheckTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: String
        var words: String
        var severity = Finding.Severity.error
        var change: @Sendable (inout JSONValue) -> Void
    }

    static let broker = "spec.template.spec.containers[0]"

    static let annotations = [
        Case(
            testDescription: "a timeout without unit",
            path: "metadata.annotations[vmq.k8s.vernemq.com/join-timeout]",
            words: "not a duration"
        ) { $0.annotate("join-timeout", "300") },
        Case(
            testDescription: "a timeout too short",
            path: "metadata.annotations[vmq.k8s.vernemq.com/leave-timeout]",
            words: "from 10s to 24h"
        ) { $0.annotate("leave-timeout", "9s") },
        Case(
            testDescription: "a timeout too long",
            path: "metadata.annotations[vmq.k8s.vernemq.com/leave-timeout]",
            words: "out of range"
        ) { $0.annotate("leave-timeout", "25h") },
        Case(
            testDescription: "an unknown policy",
            path: "metadata.annotations[vmq.k8s.vernemq.com/leave]",
            words: "did you mean \"scale-down\"?"
        ) { $0.annotate("leave", "scaledown") },
        Case(
            testDescription: "a domain that is none",
            path: "metadata.annotations[vmq.k8s.vernemq.com/cluster-domain]",
            words: "not a DNS domain"
        ) { $0.annotate("cluster-domain", "Cluster.Local") },
        Case(
            testDescription: "an expansion in the domain",
            path: "metadata.annotations[vmq.k8s.vernemq.com/cluster-domain]",
            words: "not a DNS domain"
        ) { $0.annotate("cluster-domain", "$(A)") },
        Case(
            testDescription: "an unknown consent",
            path: "metadata.annotations[vmq.k8s.vernemq.com/adopt]",
            words: "must be \"fresh-state\""
        ) { $0.annotate("adopt", "yes") },
        Case(
            testDescription: "a container that is not there",
            path: "metadata.annotations[vmq.k8s.vernemq.com/container]",
            words: "did you mean \"vernemq\"?"
        ) { $0.annotate("container", "vernmq") },
        Case(
            testDescription: "an unknown annotation",
            path: "metadata.annotations[vmq.k8s.vernemq.com/plugin]",
            words: "did you mean \"vmq.k8s.vernemq.com/plugins\"?"
        ) { $0.annotate("plugin", "[]") },
        Case(
            testDescription: "the ledger in the wrong place",
            path: "metadata.annotations[vmq.k8s.vernemq.com/injected]",
            words: "belongs to the pod template"
        ) { $0.annotate("injected", "{}") },
        Case(
            testDescription: "an unknown label",
            path: "metadata.labels[vmq.k8s.vernemq.com/injection]",
            words: "unknown label"
        ) { $0["metadata"]?["labels"]?["vmq.k8s.vernemq.com/injection"] = "enabled" },
        Case(
            testDescription: "an annotation on the template",
            path: "spec.template.metadata.annotations[vmq.k8s.vernemq.com/leave]",
            words: "put it on the StatefulSet",
            severity: .warning
        ) { $0["spec"]?["template"]?["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/leave": "never"] },
        Case(
            testDescription: "an annotation that is no string",
            path: "metadata.annotations[vmq.k8s.vernemq.com/injection]",
            words: "quotes"
        ) { $0["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/injection"] = 7 },
    ]

    static let shapes = [
        Case(testDescription: "no name", path: "metadata.name", words: "generateName") {
            $0["metadata"]?["name"] = nil
        },
        Case(testDescription: "no service", path: "spec.serviceName", words: "headless Service") {
            $0["spec"]?["serviceName"] = nil
        },
        Case(testDescription: "an empty service", path: "spec.serviceName", words: "required") {
            $0["spec"]?["serviceName"] = ""
        },
        Case(testDescription: "a service that is none", path: "spec.serviceName", words: "not the name of a Service") {
            $0["spec"]?["serviceName"] = "a.b"
        },
        Case(testDescription: "no template", path: "spec.template", words: "must be an object") {
            $0["spec"]?["template"] = nil
        },
        Case(testDescription: "no spec", path: "spec", words: "must be an object") { $0["spec"] = nil },
        Case(testDescription: "a template that is a list", path: "spec.template", words: "must be an object") {
            $0["spec"]?["template"] = []
        },
        Case(testDescription: "no containers", path: "spec.template.spec.containers", words: "at least one") {
            $0["spec"]?["template"]?["spec"]?["containers"] = []
        },
        Case(
            testDescription: "containers that are an object",
            path: "spec.template.spec.containers",
            words: "list of objects"
        ) { $0["spec"]?["template"]?["spec"]?["containers"] = ["vernemq": [:]] },
        Case(
            testDescription: "a container that is a string",
            path: "spec.template.spec.containers[1]",
            words: "must be an object"
        ) { $0["spec"]?["template"]?["spec"]?["containers"] = [["name": "vernemq", "image": "x"], "x"] },
        Case(
            testDescription: "a container without name",
            path: "spec.template.spec.containers[0].name",
            words: "required"
        ) { $0.editContainer { $0["name"] = nil } },
        Case(testDescription: "no image", path: "\(broker).image", words: "required") {
            $0.editContainer { $0["image"] = nil }
        },
        Case(testDescription: "env that is an object", path: "\(broker).env", words: "list") {
            $0.editContainer { $0["env"] = ["A": "1"] }
        },
        Case(testDescription: "a variable without name", path: "\(broker).env[0].name", words: "required") {
            $0.editContainer { $0["env"] = [["value": "1"]] }
        },
        Case(
            testDescription: "a grace that is text",
            path: "spec.template.spec.terminationGracePeriodSeconds",
            words: "whole number"
        ) { $0["spec"]?["template"]?["spec"]?["terminationGracePeriodSeconds"] = "60" },
        Case(testDescription: "a probe that is text", path: "\(broker).startupProbe", words: "must be an object") {
            $0.editContainer { $0["startupProbe"] = "x" }
        },
        Case(
            testDescription: "template annotations that are a list",
            path: "spec.template.metadata.annotations",
            words: "must be an object"
        ) { $0["spec"]?["template"]?["metadata"]?["annotations"] = [] },
        Case(
            testDescription: "no clear broker",
            path: "spec.template.spec.containers",
            words: "which container is the broker"
        ) {
            $0["spec"]?["template"]?["spec"]?["containers"] = [
                ["name": "a", "image": "x"], ["name": "b", "image": "vernemq-exporter"],
            ]
        },
        Case(testDescription: "two brokers", path: "spec.template.spec.containers", words: "\"a\" or \"b\"") {
            $0["spec"]?["template"]?["spec"]?["containers"] = [
                ["name": "a", "image": "vernemq/vernemq"], ["name": "b", "image": "x/vernemq:1"],
            ]
        },
    ]

    static let names = [
        Case(testDescription: "a volume of ours", path: "spec.template.spec.volumes[0].name", words: "reserved") {
            $0["spec"]?["template"]?["spec"]?["volumes"] = [["name": "vernemq-operator-x"]]
        },
        Case(testDescription: "a claim of ours", path: "spec.volumeClaimTemplates[0].metadata.name", words: "reserved")
        { $0["spec"]?["volumeClaimTemplates"] = [["metadata": ["name": "vernemq-operator"]]] },
        Case(
            testDescription: "an init container of ours",
            path: "spec.template.spec.initContainers[0].name",
            words: "reserved"
        ) { $0["spec"]?["template"]?["spec"]?["initContainers"] = [["name": "vernemq-prepare"]] },
        Case(testDescription: "a container of ours", path: "spec.template.spec.containers[1].name", words: "reserved") {
            $0["spec"]?["template"]?["spec"]?["containers"] = [
                ["name": "vernemq", "image": "x"], ["name": "vernemq-plugin-x"],
            ]
        },
        Case(testDescription: "a mount below ours", path: "\(broker).volumeMounts[0].mountPath", words: "reserved") {
            $0.editContainer { $0["volumeMounts"] = [["name": "x", "mountPath": "/vernemq-operator/run/"]] }
        },
        Case(testDescription: "a variable of ours", path: "\(broker).env[1].name", words: "reserved") {
            $0.addVariable("VMQ_OPERATOR_X", "1")
        },
        Case(testDescription: "the node name", path: "\(broker).env[1].name", words: "gives every broker the name") {
            $0.addVariable("DOCKER_VERNEMQ_NODENAME", "x")
        },
        Case(testDescription: "the boot Secret", path: "\(broker).envFrom[0].secretRef.name", words: "reserved") {
            $0.editContainer { $0["envFrom"] = [["secretRef": ["name": "mqtt-vernemq-boot"]]] }
        },
        Case(testDescription: "a plugin's variable in capitals", path: "\(broker).env[1].name", words: "reserved") {
            $0.annotate(
                "plugins",
                "[{applicationName: p, repoURL: 'https://x.example/p', versionType: commit, version: abcdef1}]"
            )
            $0.addVariable("DOCKER_VERNEMQ_PLUGINS__P", "off")
        },
        Case(testDescription: "a left-over handler", path: "\(broker).startupProbe.exec.command", words: "reserved") {
            $0.editContainer {
                $0["startupProbe"] = ["exec": ["command": ["/bin/sh", "/vernemq-operator/join", "gate"]]]
            }
        },
    ]

    static let pods = [
        Case(testDescription: "an HTTP preStop", path: "\(broker).lifecycle.preStop", words: "httpGet") {
            $0.editContainer { $0["lifecycle"] = ["preStop": ["httpGet": ["port": 1]]] }
        },
        Case(testDescription: "a sleeping postStart", path: "\(broker).lifecycle.postStart", words: "sleep") {
            $0.editContainer { $0["lifecycle"] = ["postStart": ["sleep": ["seconds": 1]]] }
        },
        Case(testDescription: "a TCP startupProbe", path: "\(broker).startupProbe", words: "use exec") {
            $0.editContainer { $0["startupProbe"] = ["tcpSocket": ["port": 1], "periodSeconds": 1] }
        },
        Case(testDescription: "a gRPC startupProbe", path: "\(broker).startupProbe", words: "grpc") {
            $0.editContainer { $0["startupProbe"] = ["grpc": ["port": 1]] }
        },
        Case(testDescription: "a probe without handler", path: "\(broker).startupProbe", words: "no exec handler") {
            $0.editContainer { $0["startupProbe"] = ["periodSeconds": 1] }
        },
        Case(
            testDescription: "exec without command",
            path: "\(broker).lifecycle.preStop.exec.command",
            words: "no command"
        ) { $0.editContainer { $0["lifecycle"] = ["preStop": ["exec": [:]]] } },
        Case(
            testDescription: "a command of numbers",
            path: "\(broker).lifecycle.preStop.exec.command",
            words: "list of strings"
        ) { $0.editContainer { $0["lifecycle"] = ["preStop": ["exec": ["command": ["sleep", 5]]]] } },
        Case(
            testDescription: "a preStop that leaves",
            path: "\(broker).lifecycle.preStop.exec.command",
            words: "cluster leave"
        ) {
            $0.editContainer {
                $0["lifecycle"] = [
                    "preStop": ["exec": ["command": ["sh", "-c", "vmq-admin cluster\n  leave node=x -k"]]]
                ]
            }
        },
        Case(
            testDescription: "a preStop that stops",
            path: "\(broker).lifecycle.preStop.exec.command",
            words: "node stop"
        ) { $0.editContainer { $0["lifecycle"] = ["preStop": ["exec": ["command": ["vmq-admin", "node", "stop"]]]] } },
        Case(
            testDescription: "a postStart that joins",
            path: "\(broker).lifecycle.postStart.exec.command",
            words: "a wrong join is final",
            severity: .warning
        ) {
            $0.editContainer {
                $0["lifecycle"] = [
                    "postStart": ["exec": ["command": ["vmq-admin", "cluster", "join", "discovery-node=x"]]]
                ]
            }
        },
        Case(
            testDescription: "a shared process namespace",
            path: "spec.template.spec.shareProcessNamespace",
            words: "process 1"
        ) { $0["spec"]?["template"]?["spec"]?["shareProcessNamespace"] = true },
        Case(testDescription: "the host's processes", path: "spec.template.spec.hostPID", words: "process 1") {
            $0["spec"]?["template"]?["spec"]?["hostPID"] = true
        },
        Case(
            testDescription: "ordered start behind a whole cluster",
            path: "\(broker).readinessProbe",
            words: "OrderedReady"
        ) {
            $0.editContainer {
                $0["readinessProbe"] = ["httpGet": ["path": "/health/listeners_full_cluster?x", "port": 8888]]
            }
        },
        Case(testDescription: "the same by curl", path: "\(broker).readinessProbe", words: "Parallel") {
            $0.editContainer {
                $0["readinessProbe"] = ["exec": ["command": ["curl", "localhost:8888/health/listeners_full_cluster"]]]
            }
        },
        Case(testDescription: "an HTTP listener for itself alone", path: "\(broker).env", words: "loopback") {
            $0.addVariable("DOCKER_VERNEMQ_LISTENER__HTTP__METRICS", "127.0.0.1:8888")
        },
        Case(testDescription: "a discovery of another domain", path: "\(broker).env", words: "corp.example") {
            $0.addVariable("DOCKER_VERNEMQ_DISCOVERY_KUBERNETES", "1")
            $0.addVariable("DOCKER_VERNEMQ_KUBERNETES_CLUSTER_NAME", "corp.example")
        },
        Case(
            testDescription: "the image's discovery",
            path: "\(broker).env",
            words: "may wipe state",
            severity: .warning
        ) { $0.addVariable("DOCKER_VERNEMQ_DISCOVERY_KUBERNETES", "1") },
        Case(testDescription: "an API key", path: "\(broker).env", words: "can never join", severity: .warning) {
            $0.addVariable("API_KEY", "x")
        },
        Case(
            testDescription: "a short grace",
            path: "spec.template.spec.terminationGracePeriodSeconds",
            words: "raised to 660",
            severity: .warning
        ) { $0["spec"]?["template"]?["spec"]?["terminationGracePeriodSeconds"] = 45 },
        Case(
            testDescription: "a mounted token",
            path: "spec.template.spec.automountServiceAccountToken",
            words: "Role",
            severity: .warning
        ) { $0["spec"]?["template"]?["spec"]?["automountServiceAccountToken"] = true },
        Case(
            testDescription: "a token that a sidecar may want",
            path: "spec.template.spec.automountServiceAccountToken",
            words: "Role",
            severity: .warning
        ) {
            $0["spec"]?["template"]?["spec"]?["containers"] = [
                ["name": "vernemq", "image": "x"], ["name": "y", "image": "y"],
            ]
        },
        Case(
            testDescription: "vm.args from a ConfigMap",
            path: "\(broker).volumeMounts[0].mountPath",
            words: "vm.args",
            severity: .warning
        ) {
            $0.editContainer {
                $0["volumeMounts"] = [["name": "x", "mountPath": "/vernemq/etc/vm.args", "subPath": "vm.args"]]
            }
        },
        Case(
            testDescription: "a read-only configuration",
            path: "\(broker).volumeMounts[0].mountPath",
            words: "vm.args",
            severity: .warning
        ) {
            $0.editContainer { $0["volumeMounts"] = [["name": "x", "mountPath": "/vernemq/etc/", "readOnly": true]] }
        },
        Case(
            testDescription: "a configuration that shuts variables out",
            path: "\(broker).volumeMounts[0].mountPath",
            words: "ignores every setting",
            severity: .warning
        ) {
            $0.editContainer {
                $0["volumeMounts"] = [["name": "x", "mountPath": "/vernemq/etc/vernemq.conf.local", "subPath": "x"]]
            }
        },
        Case(
            testDescription: "plugins for an unknown version",
            path: "\(broker).image",
            words: "Erlang/OTP 27.3",
            severity: .warning
        ) {
            $0.annotate(
                "plugins",
                "[{applicationName: p, repoURL: 'https://x.example/p', versionType: commit, version: abcdef1}]"
            )
            $0.editContainer { $0["image"] = "vernemq/vernemq:latest" }
        },
    ]

    @Test("a fault is found at its field and says what would be right", arguments: annotations + shapes + names + pods)
    func finding(fault: Case) {
        let object = Manifests.persistent.with(fault.change)
        let decision = Injector(version: "1.0.0").inject(object)
        let finding = decision.findings.first { $0.path == fault.path && $0.description.contains(fault.words) }
        #expect(finding != nil, "\(decision.findings)")
        #expect(finding?.severity == fault.severity)
        #expect(decision.verdict == (fault.severity == .error ? .refused : .injected))
        if fault.severity == .error { #expect(decision.object == object) }
        for finding in decision.findings {
            #expect(!finding.problem.isEmpty && !finding.remedy.isEmpty)
            #expect(!finding.problem.hasSuffix(".") && !finding.remedy.hasSuffix("."), "\(finding)")
            #expect(finding.description.utf8.count <= 400, "\(finding)")
            if finding.severity == .warning { #expect(finding.description.utf8.count <= 256, "\(finding)") }
        }
    }

    @Test("a plain set with one broker draws nothing")
    func quiet() {
        for object in [Manifests.persistent, Manifests.ephemeral] {
            #expect(Injector(version: "1.0.0").inject(object).findings == [])
        }
    }

    @Test("all faults are told at once")
    func together() {
        let object = Manifests.persistent.with { object in
            for fault in [
                Self.annotations[0], Self.annotations[3], Self.shapes[1], Self.names[5], Self.pods[0], Self.pods[10],
            ] {
                fault.change(&object)
            }
        }
        let findings = Injector(version: "1.0.0").inject(object).findings.filter { $0.severity == .error }
        #expect(findings.count == 6, "\(findings)")
    }
}

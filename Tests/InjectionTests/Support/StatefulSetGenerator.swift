import Document

/// Makes StatefulSets as people write them: features of all kinds, in all combinations, with names fixed so that one can
/// be an edit of the other. Values that happen to be exactly ours are left out: where a merge puts them over ours, nobody
/// can tell whose they are (`docs/injection.md`).
struct StatefulSetGenerator {
    var generator: SeededGenerator

    mutating func manifest() -> JSONValue {
        var metadata: JSONValue = [
            "name": "mqtt", "namespace": "iot", "labels": ["app": "mqtt", "vmq.k8s.vernemq.com/inject": "enabled"],
        ]
        let annotations = annotations()
        if annotations != [:] { metadata["annotations"] = annotations }
        var template: JSONValue = [:]
        if !generator.oneIn(8) { template["metadata"] = ["labels": ["app": "mqtt"]] }
        if generator.oneIn(4) { template.edit(["metadata"]) { $0["annotations"] = ["restartedAt": "\(number(9))"] } }
        template["spec"] = pod()
        var spec: JSONValue = [
            "serviceName": "mqtt-headless", "replicas": .integer(Int64(number(5))),
            "selector": ["matchLabels": ["app": "mqtt"]], "template": template,
        ]
        spec["volumeClaimTemplates"] = [["metadata": ["name": "data"], "spec": ["accessModes": ["ReadWriteOnce"]]]]
        return ["apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec]
    }

    private mutating func annotations() -> JSONValue {
        var annotations: JSONValue = [:]
        if generator.oneIn(3) {
            annotations["vmq.k8s.vernemq.com/join-timeout"] = .string(generator.pick(["5m", "300s", "1h"]))
        }
        if generator.oneIn(3) {
            annotations["vmq.k8s.vernemq.com/leave-timeout"] = .string(generator.pick(["10m", "30s"]))
        }
        if generator.oneIn(4) { annotations["vmq.k8s.vernemq.com/leave"] = .string(generator.pick(["auto", "never"])) }
        if generator.oneIn(4) { annotations["vmq.k8s.vernemq.com/injection"] = .string("\(number(2))") }
        if generator.oneIn(4) { annotations["vmq.k8s.vernemq.com/plugins"] = .string(plugins()) }
        if generator.oneIn(3) { annotations["team"] = .string("\(number(3))") }
        return annotations
    }

    private mutating func plugins() -> String {
        let names = generator.some(["my_auth", "bridge", "metrics2"])
        let entries = names.map { name -> JSONValue in
            var entry: JSONValue = [
                "applicationName": .string(name), "repoURL": "https://git.example.org/\(name).git",
                "versionType": "tag", "version": "1.\(number(3))",
            ]
            if generator.oneIn(3) { entry["credentialsSecretRef"] = ["name": "git"] }
            return entry
        }
        return JSONValue.array(entries).serializedString()
    }

    private mutating func pod() -> JSONValue {
        var pod: JSONValue = [:]
        if generator.oneIn(2) { pod["terminationGracePeriodSeconds"] = .integer(generator.pick([10, 30, 700, 900])) }
        if generator.oneIn(4) { pod["automountServiceAccountToken"] = true }
        if generator.oneIn(3) {
            pod["initContainers"] = .array(
                generator.some([["name": "chown", "image": "busybox"], ["name": "wait", "image": "x"]])
            )
        }
        var containers: [JSONValue] = [broker()]
        if generator.oneIn(3) {
            containers.append(["name": "exporter", "image": "exporter:1", "env": [["name": "A", "value": "1"]]])
        }
        if generator.oneIn(2) { containers.reverse() }
        pod["containers"] = .array(containers)
        if generator.oneIn(2) {
            let volumes: [JSONValue] = [
                ["name": "logs", "emptyDir": [:]], ["name": "cfg", "configMap": ["name": "cfg"]],
                ["name": "tmp", "emptyDir": [:]],
            ]
            pod["volumes"] = .array(generator.some(volumes))
        }
        if generator.oneIn(4) { pod["futureField"] = ["x": .integer(Int64(number(3)))] }
        return pod
    }

    private mutating func broker() -> JSONValue {
        var broker: JSONValue = [
            "name": "vernemq", "image": .string("vernemq/vernemq:" + generator.pick(["2.1.1", "2.2.0"])),
        ]
        if generator.oneIn(2) {
            let variables: [JSONValue] = [
                ["name": "A", "value": "1"], ["name": "B", "value": "$(A)"], ["name": "EMPTY"],
                ["name": "MY_POD_NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                ["name": "MY_POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
                ["name": "DOCKER_VERNEMQ_ACCEPT_EULA", "value": "yes"],
            ]
            var chosen = generator.some(variables)
            if generator.oneIn(3) { chosen.shuffle(using: &generator) }
            broker["env"] = .array(chosen)
        }
        if generator.oneIn(4) {
            broker["envFrom"] = .array(generator.some([["secretRef": ["name": "s"]], ["configMapRef": ["name": "c"]]]))
        }
        if generator.oneIn(2) {
            broker["volumeMounts"] = .array(
                generator.some([
                    ["mountPath": "/vernemq/data", "name": "data"], ["name": "logs", "mountPath": "/vernemq/log"],
                ])
            )
        }
        if generator.oneIn(3) { broker["lifecycle"] = lifecycle() }
        if generator.oneIn(3) { broker["startupProbe"] = probe(["/bin/started"]) }
        if generator.oneIn(3) { broker["livenessProbe"] = probe(["/bin/alive"], others: true) }
        if generator.oneIn(4) { broker["futureField"] = [.integer(Int64(number(3)))] }
        return broker
    }

    private mutating func lifecycle() -> JSONValue {
        var lifecycle: JSONValue = [:]
        if generator.oneIn(2) {
            lifecycle["postStart"] = ["exec": ["command": ["/bin/up", .string("$(A) \(number(2))")]]]
        }
        if lifecycle == [:] || generator.oneIn(2) { lifecycle["preStop"] = ["exec": ["command": ["/bin/down"]]] }
        return lifecycle
    }

    private mutating func probe(_ command: [String], others: Bool = false) -> JSONValue {
        var probe: JSONValue = ["exec": ["command": .array(command.map(JSONValue.string))]]
        if others, generator.oneIn(2) { probe = ["httpGet": ["path": "/health/ping", "port": 8888]] }
        if others, generator.oneIn(4) { probe["terminationGracePeriodSeconds"] = 45 }
        for (field, values) in [
            ("periodSeconds", [3, 10]), ("timeoutSeconds", [1, 9]), ("failureThreshold", [3, 50]),
            ("initialDelaySeconds", [9]),
        ] where generator.oneIn(2) {
            probe[field] = .integer(Int64(generator.pick(values)))
        }
        return probe
    }

    private mutating func number(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &generator)
    }
}

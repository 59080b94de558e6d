import Document
import Foundation
import Testing

extension EndToEnd {
    /// Bad configuration never gets in, and what a cluster says about it can be had before.
    @Suite("Configuration")
    struct ConfigurationTests {
        /// Ten faults that the API server's own schema lets through.
        private static let tenFaults = """
            apiVersion: vmq.k8s.vernemq.com/v1alpha1
            kind: VerneMQ
            metadata:
              name: ten
            spec:
              size: 3
              version: 2.1.1
              tag: 2.2.0
              clusterDomain: -bad-
              secrets: [Not_A_Name]
              storage:
                volumeClaimTemplate:
                  spec: {resources: {requests: {storage: plenty}}}
              env:
              - {name: DOCKER_VERNEMQ_NODENAME, value: mine}
              vmqConfig: |
                allow_anonymous = true
                vmq_diversity.postgres.password = pa#ss
              config:
                listeners:
                - {address: 0.0.0.0, port: 1885}
                - {address: 0.0.0.0, port: 1885, websocket: true}
                configs:
                - {name: max_inflight_messages, value: abc}
                - {name: max_inflite_messages, value: "20"}

            """

        private static let tenPaths = [
            "spec.version", "spec.clusterDomain", "spec.secrets[0]",
            "spec.storage.volumeClaimTemplate.spec.resources.requests.storage", "spec.env[0].name",
            "spec.vmqConfig:1:19", "spec.vmqConfig:2:37", "spec.config.listeners[1].port",
            "spec.config.configs[0].value", "spec.config.configs[1].name",
        ]

        @Test("a resource with ten faults is refused once with all ten, and validate says the same ten offline")
        func tenFaults() async throws {
            let kubectl = try await TestBed.current.namespace("ten-faults")
            let refusal = try await kubectl.refusal("create", "-f", "-", input: Self.tenFaults)
            #expect(refusal.contains("is invalid"), "\(refusal)")
            let told = refusal.split(separator: "\n").filter { $0.hasPrefix("* ") }
            #expect(told.count == 10, "\(refusal)")
            for path in Self.tenPaths {
                #expect(told.count { $0.hasPrefix("* \(path): ") } == 1, "\(path) in \(refusal)")
            }
            #expect(refusal.contains("not an integer: max_inflight_messages takes 0 to 65535 (0 = no limit)"))
            #expect(!refusal.contains("pa#ss"), "a password is in no message")
            #expect(try await kubectl("get", "vernemq", "-o", "name").isEmpty)

            let offline = try await Subprocess.run(
                Repository.operatorExecutable.path,
                ["validate", "-f", "-", "-o", "json"],
                input: Self.tenFaults
            )
            #expect(offline.status == 1)
            let findings = try JSONValue(parsing: offline.standardOutput)["findings"]?.arrayValue ?? []
            let errors = findings.filter { $0["severity"] == "error" }
            #expect(errors.count == 10)
            for error in errors {
                let path = error["path"]?.stringValue ?? ""
                let subject = error["value"]?.stringValue.map { "\"\($0)\": " } ?? ""
                let problem = error["problem"]?.stringValue ?? ""
                let line = "* \(path): \(subject)\(problem): \(error["remedy"]?.stringValue ?? "")"
                #expect(told.contains { $0.contains(line.dropFirst(2)) }, "\(line) is not in \(refusal)")
            }
        }

        @Test("a ConfigMap is judged by what is in it, with line and column")
        func configMap() async throws {
            let kubectl = try await TestBed.current.namespace("config-map")
            func manifest(_ lines: String...) -> String {
                """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: mqtt
                  labels: {vmq.k8s.vernemq.com/config: vernemq}
                data:
                  vernemq.conf: |
                    \(lines.joined(separator: "\n    "))

                """
            }
            try await kubectl("apply", "-f", "-", input: manifest("max_inflight_messages = 20"))
            let bad = manifest("max_inflight_messages = 20", "retry_interval = soon", "allow_anonymus = on")
            let refusal = try await kubectl.refusal("apply", "-f", "-", input: bad)
            #expect(refusal.contains("data[vernemq.conf]:2:18"), "\(refusal)")
            #expect(refusal.contains("data[vernemq.conf]:3:1") && refusal.contains("allow_anonymous"), "\(refusal)")
            let change = manifest("max_inflight_messages = 30", "leveldb.maximum_memory.percent = 20")
            let output = try await kubectl.run(["apply", "-f", "-"], input: change)
            #expect(output.status == 0, "\(output.standardError)")
            if try TestBed.current.showsWarnings {
                #expect(output.standardError.contains("max_inflight_messages"), "\(output.standardError)")
                #expect(output.standardError.contains("leveldb.maximum_memory.percent"), "\(output.standardError)")
            }
        }

        @Test("a StatefulSet with a setting that its brokers would not start with is refused")
        func statefulSet() async throws {
            let kubectl = try await TestBed.current.namespace("settings")
            let setting = "- {name: DOCKER_VERNEMQ_MAX_INFLIGHT_MESSAGES, value: many}"
            let bad = Manifest.statefulSet(labelled: true, environment: [setting])
            let refusal = try await kubectl.refusal("create", "-f", "-", input: bad)
            #expect(
                refusal.contains("env[") && refusal.contains("max_inflight_messages takes 0 to 65535"),
                "\(refusal)"
            )
            let good = bad.replacing("value: many", with: "value: '30'")
            try await kubectl("create", "-f", "-", input: good)
            #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)
        }

        @Test("the storage of a resource cannot change, and the way out is named")
        func storage() async throws {
            let kubectl = try await TestBed.current.namespace("storage")
            try await kubectl("apply", "-f", "-", input: Manifest.resource(spec: "{size: 3, version: 2.1.1}"))
            let claim = "{volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}"
            let change = Manifest.resource(spec: "{size: 3, version: 2.1.1, storage: \(claim)}")
            let refusal = try await kubectl.refusal("apply", "-f", "-", input: change)
            #expect(refusal.contains("spec.storage") && refusal.contains("create another resource"), "\(refusal)")
        }
    }
}

extension TestBed {
    /// Whether the server passes admission warnings on to kubectl (since 1.19).
    var showsWarnings: Bool {
        let numbers = version.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (1, 19)
    }
}

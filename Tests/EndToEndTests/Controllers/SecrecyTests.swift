import Document
import Foundation
import Testing

extension Controllers {
    /// Secrets of every kind go in; what comes out is searched for them.
    @Suite("Secrets")
    struct SecrecyTests {
        /// A text that stands nowhere else.
        static func canary(_ purpose: String) -> String {
            "canary\(purpose)\(String(UInt64.random(in: .min ... .max), radix: 36))"
        }

        private static let address = Host.current().addresses.first {
            $0.contains(".") && !$0.hasPrefix("127.") && !$0.hasPrefix("169.254.")
        }

        /// What the users of the operator keep secret, in all places that it reads.
        private struct Canaries {
            let resource = canary("resource")
            let variable = canary("variable")
            let changed = canary("changed")
            let refused = canary("refused")
            let map = canary("map")
            let credentials = canary("credentials")
            let url = canary("url")

            var all: [String] { [resource, variable, changed, refused, map, credentials, url] }
        }

        @Test(
            "stand in no refusal, log line, event, status, metric, nor in what status prints",
            .enabled(if: address != nil, "this machine has no address but loopback")
        )
        func secrets() async throws {
            let bed = try ControllerBed.current
            let kubectl = try await bed.namespace("secrecy")
            let canaries = Canaries()
            try await kubectl("create", "secret", "generic", "git", "--from-literal=password=\(canaries.credentials)")
            try await Self.permitExec(kubectl)
            var heard = try await Self.refusals(kubectl, canaries)

            try await Brokers.run(namespace: kubectl.namespace ?? "") { brokers in
                func resource(_ password: String) -> String {
                    brokers.resource.replacing(
                        "  - {name: DOCKER_VERNEMQ_ACCEPT_EULA",
                        with: """
                              - {name: DOCKER_VERNEMQ_VMQ_DIVERSITY__MYSQL__PASSWORD, value: "\(canaries.variable)"}
                              - {name: DOCKER_VERNEMQ_ACCEPT_EULA
                            """
                    ) + """
                          vmqConfig: |
                            max_inflight_messages = 30
                            vmq_diversity.postgres.password = \(password)
                            listener.ssl.default = 0.0.0.0:8883
                            listener.ssl.default.certfile = /tls/tls.crt
                            listener.ssl.default.keyfile = /tls/tls.key
                            listener.ssl.default.keypasswd = \(password)

                        """
                }
                try await kubectl("apply", "-f", "-", input: resource(canaries.resource))
                try await WorkloadControllerTests.awaitObjects(kubectl)
                try await WorkloadControllerTests.awaitPods(2, kubectl)
                for ordinal in 0..<2 { try await MembershipControllerTests.run(ordinal, at: Self.address, kubectl) }
                // No kubelet runs the commands that would bring the change to the brokers.
                try await kubectl("apply", "-f", "-", input: resource(canaries.changed))
                try await eventually("the change is in the boot Secret", within: .seconds(60)) {
                    let data = try await kubectl.object("secret", "vernemq-k8s-vernemq-boot")["data"]
                    let values = data?.objectValue?.compactMap { $0.value.stringValue } ?? []
                    return values.contains(Data(canaries.changed.utf8).base64EncodedString()) ? true : nil
                }
                try await eventually("it is said that the brokers do not have it", within: .seconds(60)) {
                    let status = try await kubectl.object("vernemq", "k8s")["status"]
                    let condition = status.flatMap { WorkloadControllerTests.condition("ConfigurationApplied", $0) }
                    return condition?["reason"] == "ApplyFailed" ? true : nil
                }
                var answers: [String: String] = [:]
                for words in [
                    ["status", "-o", "json"], ["status", "-o", "wide"], ["status", "-o", "json", "--no-exec"],
                ] {
                    answers["the command \(words)"] = try await Self.status(words, kubectl)
                }
                Self.search(answers, for: canaries.all)
                try await Self.search(answers, forKeysOf: bed)
            }
            try await Self.gather(&heard, bed, kubectl)
            Self.search(heard, for: canaries.all)
            try await Self.search(heard, forKeysOf: bed)
        }

        /// Objects with a fault beside the secret, or in it.
        private static func refusals(_ kubectl: Kubectl, _ canaries: Canaries) async throws -> [String: String] {
            let map = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings, labels: {vmq.k8s.vernemq.com/config: vernemq}}
                data:
                  vernemq.conf: |
                    vmq_bridge.tcp.br0.password = \(canaries.map)
                    vmq_bridge.tcp.br0.password = \(canaries.map)2
                    graphite_api_keyy = \(canaries.map)
                    max_inflight_messages = many

                """
            let plugins = """
                [{applicationName: p, repoURL: "https://u:\(canaries.url)@git.example.org/p", versionType: branch, version: main}]
                """
            let objects: [(what: String, manifest: String)] = [
                (
                    "resource",
                    Manifest.resource(
                        spec: """
                            {size: 1, version: 2.1.1, vmqConfig: "graphite_api_key = \(canaries.refused)\\nnonsense = 1", \
                            externalPlugins: \(plugins.trimmingCharacters(in: .newlines))}
                            """
                    )
                ),
                ("map", map),
                (
                    "set",
                    Manifest.statefulSet(
                        labelled: true,
                        annotations: ["vmq.k8s.vernemq.com/plugins: '\(plugins)'"],
                        environment: [
                            "- {name: DOCKER_VERNEMQ_VMQ_DIVERSITY__REDIS__PASSWORD, value: \"\(canaries.refused)\\nx\"}",
                            "- {name: DOCKER_VERNEMQ_GRAPHITE_API_KEYY, value: \"\(canaries.refused)\"}",
                        ]
                    )
                ),
            ]
            var heard: [String: String] = [:]
            for object in objects {
                // kubectl itself would quote what is applied: it is created.
                let answer = try await kubectl.run(["create", "-f", "-"], input: object.manifest)
                #expect(answer.status != 0, "\(object.what): \(answer.standardOutput)")
                #expect(answer.standardError.contains("is invalid"), "\(object.what): \(answer.standardError)")
                heard["the refusal of the \(object.what)"] = answer.standardError
            }
            return heard
        }

        private static func permitExec(_ kubectl: Kubectl) async throws {
            try await kubectl("create", "role", "exec", "--verb=get,create", "--resource=pods,pods/exec")
            let account = "\(ControllerBed.namespace):\(ControllerBed.release)"
            try await kubectl("create", "rolebinding", "exec", "--role=exec", "--serviceaccount=\(account)")
        }

        private static func status(_ words: [String], _ kubectl: Kubectl) async throws -> String {
            let answer = try await Subprocess.run(
                Repository.operatorExecutable.path,
                words + ["--kubeconfig", kubectl.kubeconfig, "--namespace", kubectl.namespace ?? ""]
            )
            #expect(answer.standardOutput.contains("vernemq-k8s"), "\(answer.standardError)")
            return answer.standardOutput + answer.standardError
        }

        private static func gather(
            _ heard: inout [String: String],
            _ bed: ControllerBed,
            _ kubectl: Kubectl
        ) async throws {
            heard["the log"] = try bed.replica.log
            heard["the metrics"] = try await bed.replica.observe("/metrics").standardOutput
            heard["the readiness"] = try await bed.replica.observe("/readyz").standardOutput
            heard["the events"] = try await kubectl("get", "events", "-o", "json")
            heard["the status"] = try await kubectl("get", "vernemq", "k8s", "-o", "jsonpath={.status}")
            // What the operator writes and everybody may read. The set has the user's own variables in it, so not the set.
            for name in WorkloadControllerTests.objects
            where !name.hasPrefix("secret") && !name.hasPrefix("statefulset") {
                heard[name] = try await kubectl("get", name, "-o", "json")
            }
            #expect(heard["the log"]?.contains("broker not configured") == true)
            #expect(heard["the status"]?.contains("ConfigurationApplied") == true)
            #expect(heard["the events"]?.contains("vernemq-operator") == true)
        }

        private static func search(_ heard: [String: String], for secrets: [String]) {
            for (place, text) in heard {
                for secret in secrets {
                    let forms = [secret, Data(secret.utf8).base64EncodedString()]
                    #expect(!forms.contains { text.contains($0) }, "\(place) tells \(secret)")
                }
            }
        }

        /// The operator's own token and its private key.
        private static func search(_ heard: [String: String], forKeysOf bed: ControllerBed) async throws {
            let kubeconfig = bed.plane.directory.appendingPathComponent("kubeconfig-operator-first")
            let text = try String(contentsOf: kubeconfig, encoding: .utf8)
            let token = try #require(text.firstMatch(of: #/token: ([^}\s]+)/#)?.output.1)
            var kubectl = bed.plane.kubectl
            kubectl.namespace = ControllerBed.namespace
            let data = try await kubectl.object("secret", ControllerBed.release + "-webhook-tls")["data"]
            let key = try #require(data?["tls.key"]?.stringValue)
            let pem = String(decoding: try #require(Data(base64Encoded: key)), as: UTF8.self)
            let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
            #expect(!lines.isEmpty)
            for (place, text) in heard {
                #expect(!text.contains(token) && !text.contains(key), "\(place)")
                #expect(!lines.contains { text.contains($0) }, "\(place)")
            }
        }
    }
}

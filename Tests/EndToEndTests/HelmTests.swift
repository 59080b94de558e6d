import Document
import Foundation
import Testing

extension EndToEnd {
    /// The charts, installed by Helm 4 itself.
    @Suite("Helm")
    struct HelmTests {
        @Test(
            "install, use, upgrade, roll back, uninstall: no template changes, and nothing is left but what is the users'",
            .needsControllerManager
        )
        func life() async throws {
            let bed = try TestBed.current
            let operatorSpace = try await bed.namespace("helm-operator")
            let users = try await bed.namespace("helm-users", servedAs: .marked("helm"))
            let operatorHelm = bed.helm(in: operatorSpace)
            let helm = bed.helm(in: users)
            var values = try bed.values(calling: bed.operatorProcess.url, namespaces: .marked("helm"))

            try await operatorHelm.install("life", Repository.chart, values: values)
            try await bed.awaitWebhooks(of: "life", in: users)
            var brokers: JSONValue = [
                "kind": "statefulset", "acceptEula": true, "config": ["max_inflight_messages": 50],
            ]
            try await helm.install("mqtt", Repository.clusterChart, values: brokers)
            try await helm.install("made", Repository.clusterChart, values: ["acceptEula": true])
            #expect(Injected.faults(in: try await users.statefulSet("mqtt")) == [])
            let template = try await users.template(of: "mqtt")
            let revisions = try await users.revisions(of: "mqtt")

            // What is wrong is refused as a whole, and says so; the release can be upgraded all the same.
            var wrong = brokers
            wrong["config"] = ["max_inflight_messages": "many"]
            let refusal = try await helm.refusal("mqtt", Repository.clusterChart, values: wrong)
            #expect(refusal.contains("max_inflight_messages"), "\(refusal)")

            brokers["size"] = 4
            brokers["config"] = ["max_inflight_messages": 60]
            brokers["service"] = ["annotations": ["example.com/note": "hello"]]
            brokers["commonLabels"] = ["team": "messaging"]
            try await helm.upgrade("mqtt", Repository.clusterChart, values: brokers)
            values["commonLabels"] = ["team": "messaging"]
            values["webhook"]?["excludeReleaseNamespace"] = false
            try await operatorHelm.upgrade("life", Repository.chart, values: values)
            #expect(try await users.statefulSet("mqtt")["spec"]?["replicas"] == 4)
            #expect(try await users.template(of: "mqtt") == template)

            try await operatorHelm.rollback("life", to: 1)
            try await helm.rollback("mqtt", to: 1)
            #expect(try await users.statefulSet("mqtt")["spec"]?["replicas"] == 3)
            #expect(try await users.template(of: "mqtt") == template)

            // Brokers go on without the operator.
            try await operatorHelm.uninstall("life")
            #expect(try await users.template(of: "mqtt") == template)
            #expect(try await users.revisions(of: "mqtt") == revisions)
            try await users("get", "vernemq", "made")
            #expect(try await bed.contents(of: operatorSpace) == [])
            #expect(try await bed.clusterObjects(ofRelease: "life") == [])

            try await helm.uninstall("mqtt")
            try await helm.uninstall("made")
            try await eventually("only volumes are left of the clusters", within: .seconds(60)) {
                let left = try await bed.contents(of: users).filter { !$0.hasPrefix("persistentvolumeclaim/") }
                return left.isEmpty ? true : nil
            }
        }

        @Test(
            "separate Deployments have the arguments and rights that they need; upgrades take no certificate and no Lease"
        )
        func inside() async throws {
            let bed = try TestBed.current
            let space = try await bed.namespace("helm-inside")
            let users = try await bed.namespace("helm-inside-users")
            let name = "inside-vernemq-operator"
            let helm = bed.helm(in: space)
            // Of one namespace: the other tests have this API server too.
            var values: JSONValue = [
                "webhook": ["separate": true, "namespaceSelector": ["matchLabels": ["e2e-operator": "inside"]]],
                "controllers": ["namespace": .string(users.namespace ?? "")],
                "networkPolicy": ["enabled": true],
                "dashboards": ["enabled": true],
            ]
            try await helm.install("inside", Repository.chart, values: values)
            let webhooks = try await InstalledOperator(name, account: name + "-webhooks", in: space, bed)
            try await finally {
                let controllers = try await InstalledOperator(name + "-controllers", account: name, in: space, bed)
                try await finally {
                    try await webhooks.awaitReadiness()
                    try await controllers.awaitReadiness()
                    try await expectAnswers(to: "inside", values, webhooks)
                    let before = try await State(name, in: space)
                    #expect(!before.bundles.isEmpty && !before.certificate.isEmpty)
                    for holder in before.holders { #expect(holder != "") }

                    values["logLevel"] = "debug"
                    try await helm.upgrade("inside", Repository.chart, values: values)
                    #expect(try await State(name, in: space) == before)
                    try await webhooks.expectNothingForbidden()
                    try await controllers.expectNothingForbidden()
                } do: {
                    try await controllers.stop()
                }
            } do: {
                try await webhooks.stop()
            }
            try await helm.uninstall("inside")
            try await eventually("nothing is left of the operator", within: .seconds(60)) {
                try await bed.contents(of: space).isEmpty ? true : nil
            }
            #expect(try await bed.contents(of: users) == [])
            #expect(try await bed.clusterObjects(ofRelease: "inside") == [])
        }

        /// What `helm test` runs in a pod, with the addresses that the operator has here.
        private func expectAnswers(to release: String, _ values: JSONValue, _ installed: InstalledOperator) async throws
        {
            let rendered = try await Chart.template(
                release,
                values: values,
                kubernetes: "1.30.0",
                showOnly: ["tests/answers.yaml"]
            )
            let pod = try #require(try Chart.documents(rendered).first)
            let containers = pod["spec"]?["containers"]?.arrayValue ?? []
            #expect(containers.count == 2)
            for container in containers {
                #expect(container["command"] == ["curl"])
                var arguments = (container["args"]?.arrayValue ?? []).compactMap(\.stringValue)
                let isWebhook = container["name"] == "webhooks"
                arguments[arguments.count - 1] = isWebhook ? installed.url + "/" : installed.observationURL + "/readyz"
                try await Subprocess.output("/usr/bin/env", ["curl"] + arguments)
            }
        }

        /// What the operator keeps in its namespace and in its webhook configurations.
        private struct State: Equatable {
            var bundles: [String] = []
            var certificate = ""
            var holders: [String] = []

            init(_ name: String, in kubectl: Kubectl) async throws {
                for kind in ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] {
                    let path = "/apis/admissionregistration.k8s.io/v1/\(kind)/\(name)"
                    bundles += (try await kubectl.raw(path)["webhooks"]?.arrayValue ?? []).map {
                        $0["clientConfig"]?["caBundle"]?.stringValue ?? ""
                    }
                }
                let namespace = kubectl.namespace ?? ""
                certificate =
                    try await kubectl.raw("/api/v1/namespaces/\(namespace)/secrets/\(name)-webhook-tls")["data"]?
                    .serializedString() ?? ""
                for lease in [name, name + "-webhooks"] {
                    let path = "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases/\(lease)"
                    holders.append(try await kubectl.raw(path)["spec"]?["holderIdentity"]?.stringValue ?? "")
                }
            }
        }
    }
}

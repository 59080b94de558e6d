import Document
import Testing

extension EndToEnd {
    /// The chart on a real API server.
    @Suite("Installation")
    struct InstallationTests {
        @Test("the API server accepts everything that the charts render, every field of it", arguments: ChartCase.all)
        func accepted(example: ChartCase) async throws {
            let bed = try TestBed.current
            let kubectl = try await bed.namespace("installation")
            let rendered = try await example.render(namespace: kubectl.namespace ?? "", kubernetes: bed.version)
            // What is other projects' is not known here.
            let documents = try Chart.documents(rendered).filter { document in
                let version = document["apiVersion"]?.stringValue ?? ""
                return !["monitoring.coreos.com/v1", "cert-manager.io/v1"].contains(version)
            }
            for case let name? in Set(documents.map { $0["metadata"]?["namespace"]?.stringValue }) {
                _ = try await bed.plane.kubectl.run(["create", "namespace", name])
            }
            let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(documents)]
            // Some objects are in other namespaces, and each says which.
            let answer = try await bed.plane.kubectl.run(
                ["apply", "--dry-run=server", "--validate=true", "-f", "-"],
                input: list.serializedString()
            )
            #expect(answer.status == 0, "\(answer.standardError)")
        }

        @Test("the stored webhook configurations are the rendered ones to the letter, nothing defaulted")
        func nothingDefaulted() async throws {
            let bed = try TestBed.current
            let rendered = try await Chart.template(
                "letter",
                values: try bed.values(calling: "https://127.0.0.1:1", namespaces: .marked("letter")),
                kubernetes: bed.version
            )
            try await bed.plane.kubectl("apply", "-f", "-", input: rendered)
            for document in try Chart.documents(rendered) {
                guard let webhooks = document["webhooks"], let name = document["metadata"]?["name"]?.stringValue else {
                    continue
                }
                let resource = document["kind"]?.stringValue?.lowercased() ?? ""
                let stored = try await bed.plane.kubectl.raw(
                    "/apis/admissionregistration.k8s.io/v1/\(resource)s/\(name)"
                )
                #expect(stored["webhooks"].map { $0.isEquivalent(to: webhooks) } == true, "\(name)")
            }
        }

        @Test(
            "who may edit a namespace may edit its VerneMQ resources, and who may view it may view them",
            .needsControllerManager
        )
        func aggregatedRoles() async throws {
            let bed = try TestBed.current
            for (role, verb) in [("edit", "update"), ("view", "list"), ("admin", "delete")] {
                let rules = try await eventually("ClusterRole \(role) knows VerneMQ resources") {
                    let role = try await bed.plane.kubectl.raw(
                        "/apis/rbac.authorization.k8s.io/v1/clusterroles/\(role)"
                    )
                    let rules = role["rules"]?.arrayValue?.filter { $0["apiGroups"] == ["vmq.k8s.vernemq.com"] } ?? []
                    return rules.isEmpty ? nil : rules
                }
                let verbs = rules.flatMap { $0["verbs"]?.arrayValue ?? [] }
                #expect(verbs.contains(.string(verb)))
            }
        }
    }
}

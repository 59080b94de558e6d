import Document
import Injection
import Testing

@Suite("The companions of an injected StatefulSet")
struct CompanionsTests {
    @Test("Role, RoleBinding and boot Secret, for the pods' service account in the set's namespace")
    func documents() throws {
        let set = Manifests.persistent.with { $0["spec"]?["template"]?["spec"]?["serviceAccountName"] = "broker" }
        let documents = Companions.documents(for: set)
        #expect(documents.map { $0["kind"] } == ["Role", "RoleBinding", "Secret"])
        #expect(documents.allSatisfy { $0["metadata"]?["namespace"] == "iot" })
        let rules = try #require(documents[0]["rules"]?.arrayValue)
        func verbs(_ resource: JSONValue) -> [JSONValue?] {
            rules.filter { $0["resources"] == [resource] }.map { $0["verbs"] }
        }
        #expect(verbs("pods") == [["get", "list"]])
        #expect(verbs("statefulsets") == [["get"]])
        #expect(verbs("namespaces") == [["get"]])
        #expect(rules.allSatisfy { $0["verbs"] != ["*"] && $0["resources"] != ["*"] })
        #expect(documents[1]["roleRef"]?["name"] == documents[0]["metadata"]?["name"])
        #expect(documents[1]["subjects"] == [["kind": "ServiceAccount", "name": "broker", "namespace": "iot"]])
        // The Secret is the one that the injected container reads.
        let injected = Injector(version: "1.0.0").inject(set).object
        #expect(injected.container()?["envFrom"]?[0]?["secretRef"]?["name"] == documents[2]["metadata"]?["name"])
        #expect(Companions.documents(for: injected) == documents)
    }

    @Test("a manifest without namespace and account gets those of kubectl's default")
    func defaults() {
        let set = Manifests.persistent.with { $0["metadata"]?["namespace"] = nil }
        let documents = Companions.documents(for: set)
        #expect(documents.allSatisfy { $0["metadata"]?["namespace"] == nil })
        #expect(documents[1]["subjects"] == [["kind": "ServiceAccount", "name": "default", "namespace": "default"]])
        #expect(Companions.documents(for: [:]).isEmpty)
    }
}

import Document
import Kubernetes
import Testing

@Suite("Reading what all objects have")
struct ObjectViewTests {
    @Test(
        "an apiVersion and a kind make a group, a version and a kind",
        arguments: [
            ("apps/v1", "StatefulSet", ResourceKind.statefulSet),
            ("v1", "ConfigMap", ResourceKind.configMap),
            ("vmq.k8s.vernemq.com/v1alpha1", "VerneMQ", ResourceKind.verneMQ),
            ("a/b/c", "Odd", ResourceKind(group: "a", version: "b/c", kind: "Odd")),
            ("", "Nothing", ResourceKind(group: "", version: "", kind: "Nothing")),
        ]
    )
    func kinds(apiVersion: String, kind: String, expected: ResourceKind) {
        let parsed = ResourceKind(apiVersion: apiVersion, kind: kind)
        #expect(parsed == expected)
        #expect(parsed.apiVersion == apiVersion)
        #expect(parsed.isSameKind(as: ResourceKind(group: expected.group, version: "v9", kind: kind)))
    }

    @Test("metadata is read where it is")
    func metadata() throws {
        let view = ObjectView(
            try JSONValue(
                parsing: """
                    {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"mqtt","namespace":"demo","uid":"u-1",
                     "resourceVersion":"7","labels":{"a/b":"c"},"annotations":{"d":"e"},"deletionTimestamp":null}}
                    """
            )
        )
        #expect(view.kind == .statefulSet)
        #expect(view.name == "mqtt")
        #expect(view.namespace == "demo")
        #expect(view.uid == "u-1")
        #expect(view.resourceVersion == "7")
        #expect(view.label("a/b") == "c")
        #expect(view.annotation("d") == "e")
        #expect(view.displayName == "demo/mqtt")
        #expect(!view.isBeingDeleted)
    }

    @Test(
        "an object of odd shape reads as an empty one",
        arguments: [
            "null", "[]", "{}", #"{"metadata":3}"#, #"{"metadata":{"name":1,"labels":[],"annotations":"x"}}"#,
            #"{"kind":"","apiVersion":"v1"}"#, #"{"kind":"Pod"}"#,
        ]
    )
    func oddShapes(text: String) throws {
        let view = ObjectView(try JSONValue(parsing: text))
        #expect(view.kind == nil)
        #expect(view.name == nil)
        #expect(view.label("x") == nil)
        #expect(view.annotation("x") == nil)
        #expect(view.displayName == "(unnamed)")
        #expect(!view.isBeingDeleted)
    }

    @Test("an object with a deletion timestamp is being deleted, and one to be named is shown by its prefix")
    func deletionAndNames() throws {
        let deleted = try JSONValue(parsing: #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}"#)
        #expect(ObjectView(deleted).isBeingDeleted)
        let generated = try JSONValue(parsing: #"{"metadata":{"generateName":"mqtt-","namespace":""}}"#)
        #expect(ObjectView(generated).displayName == "mqtt-…")
    }
}

import Document
import Testing

@testable import Command

@Suite("Following field paths")
struct FieldPathTests {
    @Test(
        "a path leads to the deepest value that is there",
        arguments: [
            ("spec.containers[1].env[0].name", ["spec", "containers", "1", "env", "0", "name"]),
            ("spec.containers[7].name", ["spec", "containers"]),
            ("spec.serviceName", ["spec"]),
            (
                "metadata.annotations[vmq.k8s.vernemq.com/plugins]",
                ["metadata", "annotations", "vmq.k8s.vernemq.com/plugins"]
            ),
            ("metadata.annotations[vmq.k8s.vernemq.com/absent]", ["metadata", "annotations"]),
            ("data[a[0].b]", ["data", "a[0].b"]),
            ("", []),
            ("nowhere", []),
            ("spec[containers][1]", ["spec", "containers", "1"]),
            ("spec.containers.x", ["spec", "containers"]),
            ("spec.]odd[", ["spec"]),
        ] as [(String, [String])]
    )
    func paths(path: String, tokens: [String]) throws {
        let value = try JSONValue(
            parsing: """
                {"metadata":{"annotations":{"vmq.k8s.vernemq.com/plugins":"x"}},"data":{"a[0].b":1},
                 "spec":{"containers":[{},{"env":[{"name":"A"}]}]}}
                """
        )
        #expect(FieldPath.deepest(path, in: value).tokens == tokens)
    }
}

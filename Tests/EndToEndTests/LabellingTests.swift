import Document
import Testing

extension EndToEnd {
    /// The label is the switch: on, off, and nothing without it.
    @Suite("Labelling")
    struct LabellingTests {
        @Test("labelling a StatefulSet injects it")
        func labelling() async throws {
            let kubectl = try await TestBed.current.namespace("labelling")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet())
            #expect(!Injected.isInjected(try await kubectl.statefulSet("mqtt")))

            try await kubectl("label", "statefulset", "mqtt", Manifest.label)
            let stored = try await kubectl.statefulSet("mqtt")
            #expect(Injected.faults(in: stored).isEmpty)
            #expect(
                Injected.environment(of: stored)["DOCKER_VERNEMQ_NODENAME"]
                    == "$(VMQ_OPERATOR_POD_NAME).mqtt.$(VMQ_OPERATOR_NAMESPACE).svc.cluster.local"
            )
        }

        @Test("a StatefulSet that is created with the label is injected at once")
        func creation() async throws {
            let kubectl = try await TestBed.current.namespace("creation")
            try await kubectl("create", "-f", "-", input: Manifest.statefulSet(labelled: true, claims: true))
            #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)
        }

        @Test("an unlabelled StatefulSet is stored byte for byte as it is without any webhook", arguments: Example.all)
        func unlabelled(example: Example) async throws {
            let served = try await TestBed.current.namespace("unlabelled")
            let unserved = try await TestBed.current.namespace("unlabelled", servedAs: TestBed.unserved)
            for kubectl in [served, unserved] {
                try await kubectl("apply", "-f", "-", input: example.manifest(labelled: false))
                try await kubectl("scale", "statefulset", "mqtt", "--replicas=3")
                try await kubectl("annotate", "statefulset", "mqtt", "example.com/note=1")
            }
            #expect(
                try await served.statefulSet("mqtt")["spec"]?.serializedString()
                    == unserved.statefulSet("mqtt")["spec"]?.serializedString()
            )
        }

        @Test("removing the label restores the original template, byte for byte", arguments: Example.all)
        func unlabelling(example: Example) async throws {
            let kubectl = try await TestBed.current.namespace("unlabelling")
            try await kubectl("apply", "-f", "-", input: example.manifest(labelled: false))
            let original = try await kubectl.template(of: "mqtt")
            try await kubectl("label", "statefulset", "mqtt", Manifest.label)
            #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)

            try await kubectl("label", "statefulset", "mqtt", "vmq.k8s.vernemq.com/inject-")
            #expect(try await kubectl.template(of: "mqtt") == original)
        }

        @Test("--dry-run=server shows the injection and stores nothing")
        func dryRun() async throws {
            let kubectl = try await TestBed.current.namespace("dry-run")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet())
            let original = try await kubectl.statefulSet("mqtt").serializedString()

            let manifest = Manifest.statefulSet(labelled: true)
            let shown = try await kubectl("apply", "--dry-run=server", "-o", "json", "-f", "-", input: manifest)
            #expect(Injected.faults(in: try JSONValue(parsing: shown)).isEmpty)
            #expect(try await kubectl.statefulSet("mqtt").serializedString() == original)
        }

        @Test("any other value of the label leaves a StatefulSet alone")
        func otherValue() async throws {
            let kubectl = try await TestBed.current.namespace("other-value")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet())
            let original = try await kubectl.template(of: "mqtt")
            try await kubectl("label", "statefulset", "mqtt", "vmq.k8s.vernemq.com/inject=disabled")
            #expect(try await kubectl.template(of: "mqtt") == original)
        }
    }
}

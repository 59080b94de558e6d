import Document
import Testing

extension EndToEnd {
    /// The VerneMQ resource, as far as this version goes: it is stored and validated.
    @Suite("VerneMQ resources")
    struct ResourceTests {
        @Test("a resource of the existing operator's form is accepted, and kept as it is")
        func accepted() async throws {
            let kubectl = try await TestBed.current.namespace("resource")
            try await kubectl("apply", "-f", "-", input: Manifest.resource(spec: "{size: 3}"))
            let path = "/apis/vmq.k8s.vernemq.com/v1alpha1/namespaces/\(kubectl.namespace ?? "")/vernemqs/mqtt"
            #expect(try await kubectl.raw(path)["spec"]?["size"] == 3)
        }

        @Test("an unknown field is refused with a suggestion")
        func unknownField() async throws {
            let kubectl = try await TestBed.current.namespace("resource")
            let refusal = try await kubectl.refusal(
                "create",
                "--validate=false",
                "-f",
                "-",
                input: Manifest.resource(spec: "{sice: 3}")
            )
            #expect(refusal.contains("spec.sice"), "\(refusal)")
            #expect(refusal.contains("size"), "\(refusal)")
        }
    }
}

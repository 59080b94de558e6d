import Document
import Testing

extension EndToEnd {
    /// What cannot be right is refused, with the reason and the way out, before anything is stored.
    @Suite("Refusals")
    struct RefusalTests {
        /// An annotation that cannot be followed, and what the answer has to name.
        struct BrokenAnnotation: Sendable, CustomTestStringConvertible {
            var name: String
            var value: String
            var mentions: [String]
            var testDescription: String { "\(name): \(value)" }

            static let all = [
                BrokenAnnotation(name: "join-timeout", value: "soon", mentions: ["join-timeout", "soon"]),
                BrokenAnnotation(name: "leave", value: "sometimes", mentions: ["leave", "sometimes", "scale-down"]),
                BrokenAnnotation(name: "container", value: "broker", mentions: ["container", "broker", "vernemq"]),
                BrokenAnnotation(name: "cluster-domain", value: "-.-", mentions: ["cluster-domain", "-.-"]),
                BrokenAnnotation(
                    name: "plugins",
                    value: "[{applicationName: Bad Name}]",
                    mentions: ["plugins", "repoURL"]
                ),
            ]
        }

        @Test("a broken annotation is refused with the reason", arguments: BrokenAnnotation.all)
        func annotation(broken: BrokenAnnotation) async throws {
            let kubectl = try await TestBed.current.namespace("annotation")
            let manifest = Manifest.statefulSet(
                labelled: true,
                annotations: ["vmq.k8s.vernemq.com/\(broken.name): '\(broken.value)'"]
            )
            let refusal = try await kubectl.refusal("create", "-f", "-", input: manifest)
            #expect(refusal.contains("is invalid"))
            for mention in broken.mentions { #expect(refusal.contains(mention), "\(refusal)") }
            #expect(try await kubectl("get", "statefulset", "-o", "name").isEmpty)
        }

        @Test("all faults are named at once")
        func allAtOnce() async throws {
            let kubectl = try await TestBed.current.namespace("all-at-once")
            let manifest = Manifest.statefulSet(
                labelled: true,
                annotations: ["vmq.k8s.vernemq.com/join-timeout: soon", "vmq.k8s.vernemq.com/leave: sometimes"]
            )
            let refusal = try await kubectl.refusal("create", "-f", "-", input: manifest)
            #expect(refusal.contains("soon") && refusal.contains("sometimes"), "\(refusal)")
        }

        @Test("labelling that would rename nodes on existing volumes is refused, with both schemes named")
        func renaming() async throws {
            let kubectl = try await TestBed.current.namespace("renaming")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(claims: true))
            let original = try await kubectl.template(of: "mqtt")
            let refusal = try await kubectl.refusal("label", "statefulset", "mqtt", Manifest.label)
            #expect(refusal.contains("is invalid"))
            #expect(refusal.contains("vmq.k8s.vernemq.com/adopt"), "\(refusal)")
            #expect(try await kubectl.template(of: "mqtt") == original)

            try await kubectl("annotate", "statefulset", "mqtt", "vmq.k8s.vernemq.com/adopt=fresh-state")
            try await kubectl("label", "statefulset", "mqtt", Manifest.label)
            #expect(Injected.faults(in: try await kubectl.statefulSet("mqtt")).isEmpty)
        }

        @Test("the cluster domain cannot change while there are replicas")
        func clusterDomain() async throws {
            let kubectl = try await TestBed.current.namespace("domain")
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true))
            let change = ["annotate", "statefulset", "mqtt", "vmq.k8s.vernemq.com/cluster-domain=example.org"]
            #expect(try await kubectl.run(change).status != 0)
            try await kubectl("scale", "statefulset", "mqtt", "--replicas=0")
            #expect(try await kubectl.run(change).status == 0)
            #expect(
                Injected.environment(of: try await kubectl.statefulSet("mqtt"))["DOCKER_VERNEMQ_NODENAME"]?
                    .hasSuffix(".svc.example.org") == true
            )
        }
    }
}

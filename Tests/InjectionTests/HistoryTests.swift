import Document
import Injection
import Testing

/// What users, clients and merges do to an injected object over time.
@Suite("Histories of a labelled StatefulSet")
struct HistoryTests {
    static let seeds = TestFiles.propertySeeds

    @Test("manifest X, then Y, then X gives the template of the first X", arguments: seeds)
    func thereAndBack(seed: UInt64) {
        for method in APIServer.Method.allCases {
            for round in 0..<12 {
                var manifests = StatefulSetGenerator(generator: SeededGenerator(seed: seed &* 1000 &+ UInt64(round)))
                let (x, y) = (manifests.manifest(), manifests.manifest())
                var server = APIServer(seed: seed)
                server.write(x)
                #expect(server.verdict == .injected, "seed \(seed): \(server.findings)")
                let first = server.template
                server.write(y, by: method)
                #expect(server.verdict == .injected || server.verdict == .kept, "seed \(seed): \(server.findings)")
                checkUserTemplate(server, y, seed, method)
                server.write(x, by: method)
                checkUserTemplate(server, x, seed, method)
                expectSame(server.template, first, "seed \(seed).\(round), \(method)")
            }
        }
    }

    @Test("writing a manifest again changes nothing, whatever a merge makes of it", arguments: seeds)
    func again(seed: UInt64) {
        for method in APIServer.Method.allCases {
            for round in 0..<12 {
                var manifests = StatefulSetGenerator(generator: SeededGenerator(seed: seed &* 7919 &+ UInt64(round)))
                let manifest = manifests.manifest()
                var server = APIServer(seed: seed)
                server.write(manifest)
                let first = server.template
                server.injector = Injector(version: "2.0.0")
                for _ in 0..<3 {
                    server.write(manifest, by: method)
                    #expect(server.verdict == .kept, "seed \(seed).\(round), \(method)")
                    expectSame(server.template, first, "seed \(seed).\(round), \(method)")
                }
            }
        }
    }

    @Test("over any history, strip gives the manifest's template and a rollback what it was", arguments: seeds)
    func walk(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var manifests = StatefulSetGenerator(generator: SeededGenerator(seed: seed &+ 5000))
        var server = APIServer(seed: seed)
        var revisions: [(manifest: JSONValue, template: JSONValue)] = []
        for step in 0..<25 {
            let manifest =
                generator.oneIn(3) && !revisions.isEmpty ? generator.pick(revisions).manifest : manifests.manifest()
            let method = generator.pick(APIServer.Method.allCases)
            server.write(manifest, by: method)
            #expect(server.verdict != .refused, "seed \(seed) step \(step): \(server.findings)")
            checkUserTemplate(server, manifest, seed, method)
            let stored = server.stored ?? .null
            #expect(server.injector.validate(stored, old: nil).isEmpty, "seed \(seed) step \(step)")
            revisions.append((manifest, server.template))
            guard generator.oneIn(4) else { continue }
            // kubectl rollout undo: template and ledger of the old revision, annotations of the present one.
            let revision = generator.pick(revisions)
            let annotations = server.stored?["metadata"]?["annotations"]
            server.rollBack(to: revision.template)
            if annotations?.isEquivalent(to: Defaults.fill(revision.manifest)["metadata"]?["annotations"] ?? .null)
                == true
            {
                expectSame(server.template, revision.template, "seed \(seed) step \(step)")
            }
            server.write(manifest, by: .replace)
        }
    }

    private func checkUserTemplate(
        _ server: APIServer,
        _ manifest: JSONValue,
        _ seed: UInt64,
        _ method: APIServer.Method
    ) {
        let expected = Defaults.fill(manifest)["spec"]?["template"] ?? .null
        expectSame(server.userTemplate, expected, "seed \(seed), \(method), strip")
    }

    /// Compares, and shows only what differs.
    private func expectSame(_ value: JSONValue, _ expected: JSONValue, _ what: String) {
        guard !value.isEquivalent(to: expected) else { return }
        Issue.record("\(what): \(difference(expected.sorted, value.sorted))")
    }
}

import Document
import Injection
import Testing
import VerneMQ

@Suite("What is decided about an object")
struct DecisionTests {
    let injector = Injector(version: "1.0.0")

    @Test(
        "what does not ask for an injection is left as it is",
        arguments: [
            Manifests.unlabelled(Manifests.persistent),
            Manifests.persistent.with { $0["metadata"]?["labels"]?[Manifests.label] = "disabled" },
            Manifests.persistent.with { $0["metadata"]?["labels"]?[Manifests.label] = "" },
            Manifests.persistent.with { $0["metadata"]?["labels"] = nil },
            Manifests.persistent.with { $0["kind"] = "Deployment" },
            Manifests.persistent.with { $0["apiVersion"] = "apps.example.org/v1" },
            ["kind": "StatefulSet"], [:], nil, "x", [1],
        ] as [JSONValue]
    )
    func notSelected(object: JSONValue) {
        for old in [nil, object] {
            let decision = injector.decide(object, old: old)
            #expect(decision.verdict == .notSelected)
            #expect(decision.object == object)
            #expect(decision.findings.isEmpty)
        }
        #expect(injector.inject(object).object == object)
        #expect(injector.strip(object).verdict == .notSelected)
        #expect(injector.validate(object, old: nil).isEmpty)
    }

    @Test("a label that was meant to opt in gets a hint", arguments: ["true", "enable", "Enabled", "enabeld", "yes"])
    func nearMiss(value: String) {
        let object = Manifests.persistent.with { $0["metadata"]?["labels"]?[Manifests.label] = .string(value) }
        let decision = injector.decide(object, old: nil)
        #expect(decision.verdict == .notSelected)
        #expect(decision.findings.map(\.severity) == [.warning])
        #expect(decision.findings.first?.remedy == "did you mean \"enabled\"?")
    }

    @Test("an object that is being deleted is left as it is, however broken")
    func deletion() {
        var object = injector.inject(Manifests.persistent).object
        object["metadata"]?["deletionTimestamp"] = "2026-11-23T00:00:00Z"
        object["spec"]?["template"] = "broken"
        let decision = injector.decide(object, old: Manifests.persistent)
        #expect(decision.verdict == .kept)
        #expect(decision.object == object)
        #expect(injector.validate(object, old: Manifests.persistent).isEmpty)
    }

    @Test("a copied live manifest carries a foreign injection, which CREATE replaces")
    func copied() {
        var copy = Injector(version: "0.0.1").inject(Manifests.persistent).object
        copy["metadata"]?["name"] = "other"
        let decision = injector.decide(copy, old: nil)
        #expect(decision.verdict == .injected)
        let fresh = injector.inject(Manifests.persistent.with { $0["metadata"]?["name"] = "other" })
        #expect(decision.object == fresh.object)
        let broker = decision.object.container()
        #expect(broker?["envFrom"] == [["secretRef": ["name": "other-vernemq-boot", "optional": true]]])
    }

    @Test("labelling injects, removing the label strips and warns of the node names")
    func labelling() {
        let plain = Manifests.unlabelled(Manifests.ephemeral)
        let labelled = injector.decide(Manifests.ephemeral, old: plain)
        #expect(labelled.verdict == .injected)
        let back = injector.decide(Manifests.unlabelled(labelled.object), old: labelled.object)
        #expect(back.verdict == .stripped)
        #expect(back.object == plain)
        #expect(back.findings.isEmpty)

        let stored = injector.inject(Manifests.persistent).object
        let stripped = injector.decide(Manifests.unlabelled(stored), old: stored)
        #expect(stripped.findings.map(\.severity) == [.warning])
        #expect(stripped.findings.first?.problem.contains("node names") == true)
        // The same by a manifest that replaces the object whole.
        let replaced = injector.decide(Manifests.unlabelled(Manifests.persistent), old: stored)
        #expect(replaced.verdict == .stripped)
        #expect(replaced.object == Manifests.unlabelled(Manifests.persistent))
        #expect(replaced.findings.count == 1)
    }

    @Test("labelled while nobody was there: kept as it runs, with a warning, until the user asks or nothing runs")
    func slippedThrough() {
        var server = APIServer()
        server.write(Manifests.unlabelled(Manifests.ephemeral))
        server.bypass { $0["metadata"]?["labels"] = [Manifests.label: "enabled"] }
        server.edit { $0["spec"]?["replicas"] = 4 }
        #expect(server.verdict == .kept)
        #expect(server.findings.first?.contains("vmq.k8s.vernemq.com/injection") == true)
        #expect(ledger(of: server.stored ?? .null) == .null)

        var asked = server
        asked.edit { $0["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/injection": "1"] }
        #expect(asked.verdict == .injected)

        var changed = server
        changed.edit { $0.editContainer { $0["image"] = "vernemq/vernemq:2.2.0" } }
        #expect(changed.verdict == .injected)

        var stopped = server
        stopped.bypass { $0["spec"]?["replicas"] = 0 }
        stopped.bypass { $0["status"] = ["replicas": 1] }
        stopped.edit { $0["metadata"]?["labels"]?["x"] = "y" }
        #expect(stopped.verdict == .kept, "a pod is still there")
        stopped.bypass { $0["status"] = ["replicas": 0] }
        stopped.edit { $0["spec"]?["replicas"] = 3 }
        #expect(stopped.verdict == .injected, "none runs, so none restarts")
    }

    @Test(
        "a change of an annotation that rendering reads renders anew",
        arguments: [
            ("join-timeout", "6m"), ("leave-timeout", "20m"), ("leave", "never"), ("injection", "2"),
            ("container", "vernemq"),
            (
                "plugins",
                "[{applicationName: p, repoURL: 'https://x.example/p', versionType: commit, version: abcdef1}]"
            ),
        ]
    )
    func annotations(name: String, value: String) {
        let stored = injector.inject(Manifests.persistent).object
        let newer = Injector(version: "2.0.0")
        let decision = newer.decide(stored.with { $0.annotate(name, value) }, old: stored)
        #expect(decision.verdict == .injected)
        #expect(ledger(of: decision.object)["renderer"] == "2.0.0")
        #expect(newer.strip(decision.object).object == Manifests.persistent.with { $0.annotate(name, value) })
    }

    @Test("other annotations do not", arguments: [("config", "cm"), ("pause", "true"), ("adopt", "fresh-state")])
    func otherAnnotations(name: String, value: String) {
        let stored = injector.inject(Manifests.persistent).object
        let update = stored.with { $0.annotate(name, value) }
        let decision = Injector(version: "2.0.0").decide(update, old: stored)
        #expect(decision.verdict == .kept)
        #expect(decision.object == update)
        #expect(decision.findings.isEmpty)
    }

    @Test("a wrong annotation is refused even where the template is kept, once it is new")
    func newFaults() {
        let stored = injector.inject(Manifests.persistent).object
        let wrong = stored.with { $0.annotate("leave-timeuot", "5m") }
        let refused = injector.decide(wrong, old: stored)
        #expect(refused.verdict == .refused)
        #expect(refused.findings.first?.remedy.contains("vmq.k8s.vernemq.com/leave-timeout") == true)
        // It slipped in once; it does not stand in the way of a change of replicas.
        #expect(injector.decide(wrong.with { $0["spec"]?["replicas"] = 9 }, old: wrong).verdict == .kept)
        let more = wrong.with { $0.annotate("pause", "maybe") }
        #expect(
            injector.decide(more, old: wrong).findings.map(\.path) == [
                "metadata.annotations[vmq.k8s.vernemq.com/pause]"
            ]
        )
    }

    @Test("entries of ours that somebody has edited are put back, with a warning that names them")
    func tampering() {
        let stored = injector.inject(Manifests.persistent).object
        let edited = stored.with { object in
            object.editContainer { container in
                container.editElements(["env"]) { if $0["name"] == "VMQ_OPERATOR_SERVICE" { $0["value"] = "evil" } }
            }
            object.editElements(["spec", "template", "spec", "initContainers"]) { $0["image"] = "other" }
        }
        let decision = injector.decide(edited, old: stored)
        #expect(decision.verdict == .kept)
        #expect(decision.object == stored)
        #expect(decision.findings.map(\.severity) == [.warning])
        #expect(decision.findings.first?.value == "initContainers vernemq-prepare, env VMQ_OPERATOR_SERVICE")
        // Removed entries come back as well.
        let removed = stored.with { $0["spec"]?["template"]?["spec"]?["initContainers"] = nil }
        #expect(injector.decide(removed, old: stored).object == stored)
        // A change of the user's beside it renders anew.
        let both = edited.with { $0.addVariable("B", "2") }
        let rendered = injector.decide(both, old: stored)
        #expect(rendered.object == injector.inject(Manifests.persistent.with { $0.addVariable("B", "2") }).object)
    }

    @Test("a manifest that replaces the object whole is the user's in every value, also where it is exactly ours")
    func replacedWithOurValues() {
        let stored = injector.inject(Manifests.persistent).object
        let manifest = Manifests.persistent.with { object in
            object["spec"]?["template"]?["spec"]?["terminationGracePeriodSeconds"] = 660
            object["spec"]?["template"]?["spec"]?["automountServiceAccountToken"] = false
            object.editContainer { container in
                container["livenessProbe"] = ["exec": ["command": ["a"]], "terminationGracePeriodSeconds": 60]
                container["startupProbe"] = ["exec": ["command": ["b"]], "periodSeconds": 5, "failureThreshold": 60]
            }
        }
        let decision = injector.decide(manifest, old: stored)
        #expect(decision.verdict == .injected)
        #expect(injector.strip(decision.object).object == manifest)
        let unlabelled = injector.decide(Manifests.unlabelled(manifest), old: stored)
        #expect(unlabelled.object == Manifests.unlabelled(manifest))
    }

    @Test("a manifest that was injected as a file means the same to a server as the plain one", arguments: Fixture.all)
    func injectedFile(fixture: Fixture) {
        let file = Injector(version: "0.9.0").inject(fixture.object).object
        for (first, second) in [(fixture.object, file), (file, fixture.object)] {
            // At its worst, server-side apply leaves empty handlers of a file that named ours: those are refused.
            for method in first == file ? [.apply, .replace] : APIServer.Method.allCases {
                var server = APIServer()
                server.write(first)
                #expect(server.verdict == .injected)
                let template = server.template
                server.write(second, by: method)
                #expect(server.verdict == .kept, "\(method): \(server.findings)")
                if !server.template.isEquivalent(to: template) { Issue.record("\(method): the template changed") }
            }
        }
    }

    @Test("a policy about plugins refuses new sources, changes no rendering, and leaves alone what is stored")
    func pluginPolicy() throws {
        let strict = Injector(
            version: "1.0.0",
            pluginPolicy: PluginPolicy(patterns: [try PluginSourcePattern("other.example/**")])
        )
        let lenient = Injector(
            version: "1.0.0",
            pluginPolicy: PluginPolicy(patterns: [try PluginSourcePattern("git.example.org/**")])
        )
        let manifest = try Fixture.named("plugins")
        let refused = strict.inject(manifest)
        #expect(refused.verdict == .refused)
        #expect(refused.findings.filter { $0.severity == .error }.count == 2)
        let stored = injector.inject(manifest).object
        #expect(lenient.inject(manifest).object == stored)
        // What was accepted before the policy came stands in nobody's way, until the template is rendered anew.
        let scaled = stored.with { $0["spec"]?["replicas"] = 5 }
        #expect(strict.decide(scaled, old: stored).verdict == .kept)
        #expect(strict.validate(scaled, old: stored).allSatisfy { $0.severity == .warning })
        let changed = stored.with { $0.addVariable("B", "2") }
        #expect(strict.decide(changed, old: stored).verdict == .refused)
        #expect(strict.validate(lenient.decide(changed, old: stored).object, old: stored).count == 2)
    }

    @Test("the annotation alone is dropped: the stored ledger tells what is ours")
    func droppedLedger() {
        let stored = injector.inject(Manifests.persistent).object
        let dropped = stored.with {
            $0["spec"]?["template"]?["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/injected"] = nil
        }
        #expect(injector.decide(dropped, old: stored).object.isEquivalent(to: stored))
        let changed = injector.decide(dropped.with { $0.addVariable("B", "2") }, old: stored)
        #expect(changed.verdict == .injected)
        let expected = injector.inject(Manifests.persistent.with { $0.addVariable("B", "2") }).object
        #expect(changed.object.isEquivalent(to: expected), "\(difference(expected, changed.object))")
        // With no stored object to tell, names that are ours are refused.
        let refused = injector.decide(dropped, old: nil)
        #expect(refused.verdict == .refused)
        #expect(refused.findings.contains { $0.path.hasSuffix("lifecycle.preStop.exec.command") })
        #expect(refused.findings.contains { $0.value == "vernemq-prepare" })
        #expect(refused.findings.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test("rolling back to a revision from before the label injects that revision")
    func rollBackToPlain() {
        var server = APIServer()
        server.write(Manifests.unlabelled(Manifests.ephemeral))
        let plain = server.template
        server.edit { $0["metadata"]?["labels"] = [Manifests.label: "enabled"] }
        let injected = server.template
        #expect(server.verdict == .injected)
        server.edit { $0.addVariable("B", "2") }
        #expect(server.template != injected)
        server.rollBack(to: plain)
        #expect(server.template.isEquivalent(to: injected))
    }

    @Test("an older operator keeps what a newer one has injected, and refuses to change it")
    func downgrade() throws {
        let stored = injector.inject(Manifests.persistent).object.with { object in
            object.edit(["spec", "template", "metadata", "annotations"]) { annotations in
                let text = annotations["vmq.k8s.vernemq.com/injected"]?.stringValue ?? ""
                let future = text.replacing("{\"contract\":1,", with: "{\"contract\":2,\"news\":[],")
                annotations["vmq.k8s.vernemq.com/injected"] = .string(future)
            }
        }
        #expect(injector.decide(stored.with { $0["spec"]?["replicas"] = 1 }, old: stored).verdict == .kept)
        #expect(
            injector.validate(stored.with { $0["spec"]?["replicas"] = 1 }, old: stored).allSatisfy {
                $0.severity == .warning
            }
        )
        let changed = injector.decide(stored.with { $0.addVariable("B", "2") }, old: stored)
        #expect(changed.verdict == .refused)
        #expect(changed.findings.first?.problem.contains("contract version 2") == true)
        #expect(injector.decide(Manifests.unlabelled(stored), old: stored).verdict == .refused)
        #expect(injector.strip(stored).verdict == .refused)
        #expect(injector.strip(stored).object == stored)
    }
}

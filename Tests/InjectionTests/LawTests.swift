import Document
import Injection
import Testing
import VerneMQ

/// The laws of injection, over every fixture.
@Suite("The laws of injection")
struct LawTests {
    let injector = Injector(version: "1.0.0")

    @Test("there are at least twenty varied StatefulSets, and all can be injected")
    func fixtures() {
        #expect(Fixture.all.count >= 20)
        for fixture in Fixture.all {
            let decision = injector.inject(fixture.object)
            #expect(decision.verdict == .injected, "\(fixture.name): \(decision.findings)")
        }
    }

    @Test("strip after inject gives the same bytes", arguments: Fixture.all)
    func invertible(fixture: Fixture) {
        let injected = injector.inject(fixture.object)
        let stripped = injector.strip(injected.object)
        #expect(stripped.verdict == .stripped)
        #expect(stripped.object == fixture.object, "\(difference(fixture.object, stripped.object))")
        #expect(stripped.object.serialized() == fixture.object.serialized())
        #expect(injector.strip(stripped.object).verdict == .notSelected)
    }

    @Test("a second pass has nothing to do, offline, on CREATE and on UPDATE", arguments: Fixture.all)
    func idempotent(fixture: Fixture) {
        let once = injector.inject(fixture.object).object
        #expect(JSONPatch.difference(from: once, to: injector.inject(once).object).operations.isEmpty)
        let update = injector.decide(once, old: once)
        #expect(update.verdict == .kept)
        #expect(update.object == once)
        #expect(update.findings.isEmpty)
        let again = injector.decide(injector.decide(fixture.object, old: nil).object, old: fixture.object)
        #expect(injector.decide(again.object, old: fixture.object).object == again.object)
    }

    @Test("the same input gives the same bytes", arguments: Fixture.all)
    func deterministic(fixture: Fixture) {
        let results = (0..<3).map { _ in Injector(version: "1.0.0").inject(fixture.object).object.serialized() }
        #expect(Set(results).count == 1)
    }

    @Test("only the template changes, and in it only what is ours", arguments: Fixture.all)
    func minimal(fixture: Fixture) throws {
        let decision = injector.inject(fixture.object)
        var outside = decision.object
        outside["spec"]?["template"] = fixture.object["spec"]?["template"]
        #expect(outside == fixture.object)

        let before = try #require(fixture.object["spec"]?["template"])
        let after = try #require(decision.object["spec"]?["template"])
        let broker = try #require(ledger(of: decision.object)["container"]?.stringValue)
        let touched = [
            "volumes", "initContainers", "containers", "terminationGracePeriodSeconds", "automountServiceAccountToken",
        ]
        for (name, value) in try #require(before["spec"]?.objectValue) where !touched.contains(name) {
            #expect(after["spec"]?[name] == value, "\(name)")
        }
        let inBroker = ["env", "envFrom", "volumeMounts", "lifecycle", "startupProbe", "livenessProbe"]
        let containers = zip(
            before["spec"]?["containers"]?.arrayValue ?? [],
            after["spec"]?["containers"]?.arrayValue ?? []
        )
        for (old, new) in containers {
            guard old["name"]?.stringValue == broker else {
                #expect(old == new)
                continue
            }
            for (name, value) in try #require(old.objectValue) where !inBroker.contains(name) {
                #expect(new[name] == value, "\(name)")
            }
            for list in ["env", "envFrom", "volumeMounts"] {
                let entries = old[list]?.arrayValue ?? []
                #expect((new[list]?.arrayValue ?? []).prefix(entries.count) == entries[...])
            }
        }
        for list in ["volumes", "initContainers"] {
            let entries = before["spec"]?[list]?.arrayValue ?? []
            #expect((after["spec"]?[list]?.arrayValue ?? []).prefix(entries.count) == entries[...])
        }
        for (name, value) in before["metadata"]?.objectValue ?? [:] where name != "annotations" {
            #expect(after["metadata"]?[name] == value)
        }
    }

    @Test("every $(X) in a value of ours is defined by an earlier entry of ours", arguments: Fixture.all)
    func references(fixture: Fixture) throws {
        let injected = injector.inject(fixture.object).object
        let broker = try #require(ledger(of: injected)["container"]?.stringValue)
        let pod = try #require(injected["spec"]?["template"]?["spec"])
        let ours = (pod["initContainers"]?.arrayValue ?? []).filter {
            let name = $0["name"]?.stringValue ?? ""
            return name == "vernemq-prepare" || name.hasPrefix("vernemq-plugin-")
        }
        #expect(!ours.isEmpty)
        for container in ours + [try #require(injected.container(broker))] {
            var defined: Set<String> = []
            for variable in container["env"]?.arrayValue ?? [] {
                let name = try #require(variable["name"]?.stringValue)
                guard name.hasPrefix("VMQ_OPERATOR_") || name == "DOCKER_VERNEMQ_NODENAME" else { continue }
                for reference in KubeletExpansion.references(in: variable["value"]?.stringValue ?? "") {
                    #expect(defined.contains(reference), "\(name) refers to \(reference)")
                }
                defined.insert(name)
            }
        }
    }

    @Test("what is stored is what was rendered: the API server has nothing to add", arguments: Fixture.all)
    func defaults(fixture: Fixture) throws {
        let object = Defaults.fill(fixture.object)
        let injected = injector.decide(object, old: nil).object
        #expect(Defaults.fill(injected).isEquivalent(to: injected), "\(difference(injected, Defaults.fill(injected)))")
    }

    @Test(
        "an unrelated update, a newer operator and a change of replicas change not a byte of the template",
        arguments: Fixture.all
    )
    func pinned(fixture: Fixture) throws {
        let stored = injector.inject(fixture.object).object
        let newer = Injector(version: "9.9.9")
        var update = stored
        update["spec"]?["replicas"] = 7
        update["metadata"]?["labels"]?["team"] = "x"
        update["metadata"]?["finalizers"] = ["example.org/x"]
        update["spec"]?["revisionHistoryLimit"] = 3
        for injector in [injector, newer] {
            let decision = injector.decide(update, old: stored)
            #expect(decision.verdict == .kept)
            #expect(decision.object == update)
        }
        // The whole object comes as the user's own manifest has it.
        var manifest = fixture.object
        manifest["spec"]?["replicas"] = 7
        let replaced = newer.decide(manifest, old: stored)
        #expect(replaced.verdict == .kept)
        #expect(replaced.object["spec"]?["template"] == stored["spec"]?["template"])
        // A change of the user's renders anew, with the newer renderer.
        manifest["spec"]?["template"]?["spec"]?["priorityClassName"] = "high"
        let changed = newer.decide(manifest, old: stored)
        #expect(changed.verdict == .injected)
        #expect(ledger(of: changed.object)["renderer"] == "9.9.9")
        #expect(newer.strip(changed.object).object == manifest)
    }

    @Test("removing the label gives back the original template", arguments: Fixture.all)
    func unlabelled(fixture: Fixture) {
        let stored = injector.inject(fixture.object).object
        var update = stored
        update["metadata"]?["labels"]?["vmq.k8s.vernemq.com/inject"] = nil
        let decision = injector.decide(update, old: stored)
        #expect(decision.verdict == .stripped)
        #expect(decision.object["spec"] == fixture.object["spec"])
    }
}

/// The ledger of an injected object.
func ledger(of object: JSONValue) -> JSONValue {
    let text = object["spec"]?["template"]?["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/injected"]?.stringValue
    do {
        return try JSONValue(parsing: text ?? "null")
    } catch {
        Issue.record(error)
        return .null
    }
}

/// What differs, for messages.
func difference(_ left: JSONValue, _ right: JSONValue) -> String {
    JSONPatch.difference(from: left, to: right).jsonValue.serializedString()
}

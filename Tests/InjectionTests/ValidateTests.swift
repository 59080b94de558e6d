import Document
import Injection
import Testing
import VerneMQ

@Suite("The validating webhook")
struct ValidateTests {
    let injector = Injector(version: "1.0.0")

    @Test("what was injected passes, on CREATE and on UPDATE", arguments: Fixture.all)
    func passes(fixture: Fixture) {
        let stored = injector.inject(fixture.object).object
        #expect(injector.validate(stored, old: nil) == [])
        #expect(injector.validate(stored, old: fixture.object).filter { !$0.problem.contains("node names") } == [])
        #expect(injector.validate(stored.with { $0["spec"]?["replicas"] = 9 }, old: stored) == [])
    }

    @Test("what slipped past the mutating webhook is refused, unless it was there before")
    func slippedThrough() {
        let object = Manifests.persistent
        #expect(injector.validate(object, old: nil).map(\.path) == ["spec.template"])
        #expect(injector.validate(object, old: Manifests.unlabelled(object)).count == 1)
        #expect(injector.validate(object.with { $0["spec"]?["replicas"] = 9 }, old: object) == [])
        #expect(injector.validate(object.with { $0.addVariable("B", "2") }, old: object).count == 1)
    }

    @Test("what another webhook has taken out or moved is an error, and only a warning once it is stored")
    func integrity() {
        let stored = injector.inject(Manifests.persistent).object
        let lost = stored.with { object in
            object.editElements(["spec", "template", "spec", "containers"]) { container in
                let variables = container["env"]?.arrayValue ?? []
                container["env"] = .array(variables.filter { $0["name"] != "VMQ_OPERATOR_SERVICE" })
                container["lifecycle"]?["preStop"]?["exec"]?["command"] = ["/bin/true"]
            }
        }
        let findings = injector.validate(lost, old: nil)
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.value?.contains("env VMQ_OPERATOR_SERVICE") == true)
        #expect(injector.validate(lost.with { $0["spec"]?["replicas"] = 9 }, old: lost).map(\.severity) == [.warning])

        let moved = stored.with { $0.editContainer { $0["env"] = .array(($0["env"]?.arrayValue ?? []).reversed()) } }
        let order = injector.validate(moved, old: nil)
        #expect(order.map(\.severity) == [.error])
        #expect(order.first?.value?.contains("VMQ_OPERATOR_POD_NAME") == true)
    }

    @Test("errors in the user's part are told here as well")
    func userPart() {
        let stored = injector.inject(Manifests.persistent).object
        let wrong = stored.with { $0["spec"]?["template"]?["spec"]?["hostPID"] = true }
        #expect(injector.validate(wrong, old: stored).map(\.path) == ["spec.template.spec.hostPID"])
        #expect(injector.validate(wrong.with { $0["spec"]?["replicas"] = 9 }, old: wrong) == [])
    }
}

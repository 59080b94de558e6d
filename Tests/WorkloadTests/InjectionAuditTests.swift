import Document
import Injection
import Kubernetes
import Testing
import Workload

@Suite("The injection audit")
struct InjectionAuditTests {
    let injector = Stored.injector

    private func assess(_ set: JSONValue, _ surroundings: InjectionSurroundings? = nil) -> InjectionAssessment {
        InjectionAudit.assess(set, surroundings ?? Stored.surroundings(of: set), injector: injector)
    }

    @Test("a whole set with all that it needs has no concern")
    func whole() {
        let result = assess(Stored.injected, Stored.surroundings(pods: [Stored.pod(0), Stored.pod(1)]))
        #expect(result.state == .injected)
        #expect(result.repair == .none && result.concerns.isEmpty && result.objects.isEmpty)
    }

    @Test("a set that slipped through and has no pod is repaired, and the webhook lets the repair stand")
    func repaired() throws {
        let result = assess(Stored.bare)
        #expect(result.state == .missing)
        #expect(result.concerns.map(\.reason) == [.injectionMissing])
        guard case .patch(let patch) = result.repair else {
            Issue.record("no patch: \(result.repair)")
            return
        }
        let repaired = try patch.apply(to: Stored.bare)
        #expect(InjectionState(of: repaired).isInjected)
        // Two replicas are wanted, so the webhook would keep an uninjected template; the token makes it render.
        let stored = injector.decide(repaired, old: Stored.bare)
        #expect(stored.verdict == .injected)
        #expect(assess(stored.object).state == .injected)
        var changed = Stored.bare
        changed["metadata"]?["resourceVersion"] = "78"
        #expect(throws: JSONPatchError.self) { try patch.apply(to: changed) }
    }

    @Test("with pods, the command is named that rolls them, and it does what it says")
    func command() throws {
        let result = assess(Stored.bare, Stored.surroundings(pods: [Stored.pod(0, injected: false)]))
        #expect(result.state == .missing)
        let command =
            "kubectl annotate statefulset mqtt --namespace iot vmq.k8s.vernemq.com/injection=repair-4 --overwrite"
        #expect(result.repair == .command(command))
        #expect(result.concerns.first?.remedy.contains(command) == true)
        var annotated = Stored.bare
        annotated["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/injection": "repair-4"]
        #expect(injector.decide(annotated, old: Stored.bare).verdict == .injected)
        // The same value again would change nothing.
        guard case .command(let second) = assess(annotated, Stored.surroundings(pods: [Stored.pod(0)])).repair else {
            Issue.record("no command")
            return
        }
        #expect(second.contains("injection=repair-4-again"))
    }

    @Test("pods that the status counts are pods, listed or not")
    func countedPods() {
        var set = Stored.bare
        set["status"] = ["replicas": 1]
        guard case .command = assess(set).repair else {
            Issue.record("repaired under a running pod")
            return
        }
    }

    @Test("an annotation that was changed while no webhook was there makes it stale; another renderer does not")
    func stale() {
        var set = Stored.injected
        #expect(
            InjectionAudit.assess(set, Stored.surroundings(), injector: Injector(version: "9.0.0")).state == .injected
        )
        set["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/leave-timeout": "20m"]
        let result = assess(set, Stored.surroundings(pods: [Stored.pod(0)]))
        #expect(result.state == .stale)
        #expect(result.concerns.map(\.reason) == [.injectionStale])
    }

    @Test("an injection of which parts are gone is damaged")
    func damaged() throws {
        var set = Stored.injected
        set["spec"]?["template"]?["spec"]?["initContainers"] = []
        let result = assess(set, Stored.surroundings(pods: [Stored.pod(0)]))
        #expect(result.state == .damaged)
        #expect(result.concerns.first?.message.contains("vernemq-prepare") == true)
    }

    @Test("what cannot be injected is said with the reason, and not repaired")
    func refused() {
        var set = Stored.bare
        set["spec"]?["template"]?["spec"]?["hostPID"] = true
        let result = assess(set)
        #expect(result.state == .refused)
        #expect(result.repair == .none)
        #expect(result.concerns.first?.message.contains("hostPID") == true)
    }

    @Test("an injection without a label is left over, and taken out where no pod runs on it")
    func leftOver() throws {
        var set = Stored.injected
        set["metadata"]?["labels"] = [:]
        let result = assess(set)
        #expect(result.state == .leftOver)
        guard case .patch(let patch) = result.repair else {
            Issue.record("no patch")
            return
        }
        #expect(!InjectionState(of: try patch.apply(to: set)).isInjected)
        guard case .command = assess(set, Stored.surroundings(pods: [Stored.pod(0)])).repair else {
            Issue.record("taken out under a running pod")
            return
        }
    }

    @Test("no label and no injection, a pause, a deletion: nothing", arguments: ["label", "pause", "deletion"])
    func nothing(what: String) {
        var set = Stored.bare
        switch what {
        case "label": set["metadata"]?["labels"] = [:]
        case "pause": set["metadata"]?["annotations"] = ["vmq.k8s.vernemq.com/pause": "true"]
        default: set["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        }
        let result = InjectionAudit.assess(set, InjectionSurroundings(), injector: injector)
        #expect(result.state == (what == "label" ? .notSelected : .leftAlone))
        #expect(result.concerns.isEmpty && result.objects.isEmpty && result.repair == .none)
    }

    @Test("pods from before the injection are named")
    func oldPods() {
        let result = assess(
            Stored.injected,
            Stored.surroundings(pods: [Stored.pod(0), Stored.pod(1, injected: false)])
        )
        #expect(result.concerns.map(\.reason) == [.podsNotInjected])
        #expect(result.concerns.first?.message.contains("mqtt-1") == true)
        #expect(result.concerns.first?.message.contains("mqtt-0") == false)
    }

    @Test("the governing Service is there, headless, names those that are not ready, and selects the pods")
    func service() {
        func reasons(_ change: (inout JSONValue) -> Void) -> [Concern.Reason] {
            var surroundings = Stored.surroundings()
            var service = Stored.service
            change(&service)
            surroundings.services = [service]
            return assess(Stored.injected, surroundings).concerns.map(\.reason)
        }
        #expect(reasons { $0["metadata"]?["name"] = "x" } == [.governingServiceMissing])
        #expect(reasons { $0["spec"]?["clusterIP"] = "10.0.0.1" } == [.governingServiceNotHeadless])
        #expect(reasons { $0["spec"]?["publishNotReadyAddresses"] = nil } == [.governingServiceHidesUnready])
        #expect(reasons { $0["spec"]?["selector"] = ["app": "other"] } == [.governingServiceSelectsOthers])
        #expect(reasons { $0["spec"]?["selector"] = nil } == [.governingServiceSelectsOthers])
        #expect(reasons { $0["spec"]?["selector"] = ["tier": "a"] } == [])
    }

    @Test("Role and binding that are missing are made for the set; those that somebody else has made are not touched")
    func permissions() throws {
        var surroundings = Stored.surroundings()
        surroundings.roles = []
        surroundings.roleBindings = []
        var result = assess(Stored.injected, surroundings)
        #expect(result.concerns.map(\.reason) == [.permissionsMissing])
        #expect(result.objects.map(\.kind.kind) == ["Role", "RoleBinding"])
        let owner = result.objects.first?.configuration["metadata"]?["ownerReferences"]?[0]
        #expect(owner?["uid"] == "set-uid")

        // Made by us once, and changed since: put right.
        var role = try #require(result.objects.first?.configuration)
        role["rules"] = []
        surroundings = Stored.surroundings()
        surroundings.roles = [role]
        result = assess(Stored.injected, surroundings)
        #expect(result.objects.map(\.kind.kind) == ["Role"])

        // Somebody else's: said, and left.
        role["metadata"]?["ownerReferences"] = nil
        surroundings.roles = [role]
        result = assess(Stored.injected, surroundings)
        #expect(result.concerns.map(\.reason) == [.permissionsInsufficient])
        #expect(result.objects.isEmpty)

        // More than needed is enough.
        role["rules"] = [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]]
        surroundings.roles = [role]
        #expect(assess(Stored.injected, surroundings).concerns == [])
    }

    @Test("the permissions of a set that a resource has made are the resource's to keep")
    func ofResource() {
        var set = Stored.injected
        set["metadata"]?["ownerReferences"] = [
            ["kind": "VerneMQ", "name": "x", "uid": "resource-uid", "controller": true]
        ]
        var surroundings = Stored.surroundings()
        surroundings.roles = []
        let result = assess(set, surroundings)
        #expect(result.concerns.map(\.reason) == [.permissionsMissing])
        #expect(result.objects.isEmpty)
    }

    @Test("the image's own discovery without a token is a concern")
    func token() {
        var set = Stored.bare
        set["spec"]?["template"]?["spec"]?["automountServiceAccountToken"] = false
        set["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"] = [
            ["name": "DOCKER_VERNEMQ_DISCOVERY_KUBERNETES", "value": "1"]
        ]
        let result = assess(injector.inject(set).object)
        #expect(result.concerns.map(\.reason) == [.tokenNotMounted])
    }
}
